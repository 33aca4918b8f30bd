"""A plugin that misbehaves in one way, everywhere: the test says which."""

from __future__ import annotations

import time
from datetime import timedelta

from flask import after_this_request
from sqlalchemy import select

from portal.api import (
    Command,
    Job,
    Manifest,
    NoPersonalData,
    Place,
    Slot,
    Statistic,
    Text,
    hookimpl,
)
from portal.pluginhost.exam import HOOKS
from portal.tenants.models import Organisation, PluginSwitch
from portal.tenants.scope import tenant_scope

LABEL = Text("hostile", "hostile")
other = {"organisation": ""}
pause = time.sleep
leaked = []


def raises(_ctx):
    message = "Erika Muster +491713920012"
    raise ValueError(message)


def quits(_ctx):
    raise SystemExit(1)


def hangs(_ctx):
    pause(60)


def leaks(_ctx):
    leaked.append(bytearray(1_000_000))
    raise MemoryError


def nonsense(_ctx):
    return object()


def sets_a_cookie(_ctx):
    @after_this_request
    def bake(response):
        response.set_cookie("portal", "x")
        return response

    message = "and fails"
    raise ValueError(message)


def calls_a_foreign_host(ctx):
    ctx.http.post_json("http://127.0.0.1:9/", {"a": 1})


def reads_another_organisation(ctx):
    with tenant_scope(other["organisation"]):
        return list(ctx.session.scalars(select(PluginSwitch)))


def reads_without_a_tenant(ctx):
    ctx.session.execute(select(PluginSwitch.__table__))


def writes_another_organisation(ctx):
    ctx.session.add(PluginSwitch(organisation_id=other["organisation"], plugin="x"))
    ctx.session.flush()


def commits(ctx):
    ctx.session.commit()


def breaks_the_transaction(ctx):
    ctx.session.add(Organisation(name=None))
    ctx.session.flush()


def swallows_what_the_database_says(ctx):
    try:
        breaks_the_transaction(ctx)
    except Exception:  # noqa: BLE001  that is the mistake
        return []


WAYS = {
    each.__name__: each
    for each in (
        raises,
        quits,
        hangs,
        leaks,
        nonsense,
        sets_a_cookie,
        calls_a_foreign_host,
        reads_another_organisation,
        reads_without_a_tenant,
        writes_another_organisation,
        commits,
        breaks_the_transaction,
        swallows_what_the_database_says,
    )
}
way = [raises]


def misbehave(ctx):
    return way[0](ctx)


@hookimpl
def plugin_manifest():
    return Manifest("hostile", LABEL, "0.1")


@hookimpl
def register_privacy():
    return NoPersonalData("A plugin of the tests.")


@hookimpl
def register_slots():
    return [Slot(place, f"in_{place}", lambda ctx, _view: misbehave(ctx)) for place in Place]


@hookimpl
def register_statistics():
    return [Statistic("number", LABEL, lambda ctx, _begin, _end: misbehave(ctx))]


@hookimpl
def register_jobs():
    return [Job("work", lambda ctx, _now: misbehave(ctx), timedelta(hours=1))]


@hookimpl
def register_commands():
    return [Command("go", "Go.", lambda ctx, _words: misbehave(ctx))]


@hookimpl
def after_call_steps(ctx):
    return misbehave(ctx)


@hookimpl
def send_sms(ctx):
    return misbehave(ctx)


@hookimpl
def call_event(ctx):
    return misbehave(ctx)


@hookimpl
def check_health(ctx):
    return misbehave(ctx)


@hookimpl
def demo_settings(ctx):
    return misbehave(ctx)


@hookimpl
def forget(ctx):
    return misbehave(ctx)


def _also(hook):
    def misbehaves(ctx):
        return misbehave(ctx)

    misbehaves.__name__ = hook
    return hookimpl(misbehaves)


# Each hook that is not at the start, also one that is added later.
ALSO = [
    hook
    for hook in HOOKS
    if not hook.startswith(("plugin_", "register_")) and hook not in globals()
]
globals().update({hook: _also(hook) for hook in ALSO})
