"""A plugin whose slots and job do what the test tells them."""

from __future__ import annotations

from datetime import timedelta

from portal.api import (
    Job,
    Manifest,
    NavigationEntry,
    NoPersonalData,
    Place,
    Role,
    Slot,
    Text,
    hookimpl,
)

manifest = {"per_account": False}
answers = {}
seen = []


@hookimpl
def plugin_manifest():
    return Manifest("slots", Text("Fächer", "slots"), "0.1", **manifest)


@hookimpl
def register_privacy():
    return NoPersonalData("A plugin of the tests.")


def answer(ctx, view):
    seen.append(view)
    said = answers.get(view.place, view.place.upper())
    return said(ctx) if callable(said) else said


@hookimpl
def register_slots():
    return [Slot(place, f"in_{place}", answer) for place in Place]


@hookimpl
def register_navigation():
    return [NavigationEntry(Text("Fach", "slot"), "/p/slots/", (Role.DOCTOR,))]


@hookimpl
def call_event(event):
    seen.append(event)


def work(ctx, now):
    seen.append(now)
    answers["job"](ctx)


@hookimpl
def register_jobs():
    return [Job("work", work, timedelta(hours=1))]
