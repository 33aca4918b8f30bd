"""Checks that ask a running plugin: each page with each role, each slot, each hook."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from portal import clock
from portal.api import CallEvent
from portal.kit import foreign
from portal.language import LANGUAGES
from portal.permissions import Role, policy_of
from portal.pluginhost import service as pluginhost
from portal.pluginhost.asking import COLLECT, SLOT
from portal.pluginhost.values import Place
from portal.pluginhost.views import VIEWERS
from portal.security import add_headers
from portal.tenants.scope import new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flask import Response
    from werkzeug.routing import Rule
    from werkzeug.test import TestResponse

    from portal.kit.callers import Caller
    from portal.kit.findings import Subject
    from portal.pluginhost.values import Slot

OF_A_PRACTICE = (Role.DOCTOR, Role.ASSISTANT, Role.PROJECTADMIN, Role.GUEST)
OF_STAFF = (Role.OPERATOR, Role.SALES, Role.SUPPORT)
TIMES = 11
REFUSED = {401, 404, 405}
SERVER_ERROR = 500


class Asking:
    """A plugin in its trial, with somebody of each role, and an eye on each answer."""

    def __init__(self, plugin: Subject) -> None:
        self.plugin = plugin
        plugin.trial.begin()
        self.practice = plugin.trial.practice
        self.callers = {role: self.practice.caller(role) for role in OF_A_PRACTICE[:3]}
        self.callers[Role.GUEST] = self.practice.guest()
        self.callers |= {role: plugin.trial.staff(role) for role in OF_STAFF}
        self.said: list[str] = []

    def look(self, response: Response) -> Response:
        """Note a cookie before the portal takes it away."""
        if "Set-Cookie" in response.headers:
            name = response.headers["Set-Cookie"].partition("=")[0]
            self.said.append(
                f"an answer sets the cookie {name}: the portal takes it away, and has no cookies."
            )
        return response

    def judge(self, where: str, answer: TestResponse) -> None:
        """Note what is wrong with one answer."""
        failures = self.plugin.trial.failures
        for failure in failures:
            error = failure.error
            self.said.append(f"{where} raises {type(error).__name__}: {error}. Answer 4xx instead.")
        if answer.status_code >= SERVER_ERROR and not failures:
            self.said.append(f"{where} answers {answer.status_code}.")
        failures.clear()
        if answer.mimetype == "text/html":
            for host in foreign.in_page(answer.text):
                self.said.append(f"{where} makes the browser ask {host}: serve it yourself.")


def pages(plugin: Subject) -> Iterator[str]:
    """Ask for each page of the plugin with each role, and where the plugin is off."""
    asking = Asking(plugin)
    with _watched(plugin, asking.look):
        nobody = plugin.trial.nobody()
        elsewhere = plugin.trial.without
        strangers = {role: elsewhere.caller(role) for role in (Role.DOCTOR, Role.PROJECTADMIN)}
        strangers[Role.GUEST] = elsewhere.guest()
        for rule in plugin.trial.app.url_map.iter_rules():
            if rule.endpoint.partition(".")[0] == plugin.name:
                _one_page(asking, rule, nobody, strangers)
    plugin.trial.begin()
    yield from asking.said


def _one_page(asking: Asking, rule: Rule, nobody: Caller, strangers: dict[Role, Caller]) -> None:
    declared = policy_of(asking.plugin.trial.app, rule.endpoint)
    roles = declared.roles if declared else frozenset()
    if not roles:
        asking.said.append(
            f"{rule} names no role in @policy, so that nobody can ever open it: name who may."
        )
    for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}):
        path, where = _path(rule), f"{method} {rule}"
        for role, caller in asking.callers.items():
            answer = caller.send(method, path)
            asking.judge(f"{where} as {role}", answer)
            if role not in roles and answer.status_code not in REFUSED:
                asking.said.append(f"{where} lets {role} in, whom @policy does not name.")
        if method != "GET" and nobody.send(method, path).status_code not in REFUSED:
            asking.said.append(f"{where} lets people in who are not signed in.")
        for role, stranger in strangers.items():
            answer = stranger.send(method, path)
            if role in roles and answer.status_code not in REFUSED:
                asking.said.append(f"{where} answers where the plugin is switched off.")


def _path(rule: Rule) -> str:
    """Return an address of a page, with something plausible for each of its parts."""
    values: dict[str, Any] = {}
    for name in rule.arguments:
        converter = type(rule._converters[name]).__name__  # noqa: SLF001  nothing public says so
        values[name] = 1 if converter in {"IntegerConverter", "FloatConverter"} else "x" * 32
    _domain, path = rule.build(values, append_unknown=False) or ("", str(rule))
    return path


def slots(plugin: Subject) -> Iterator[str]:
    """Fill each place with each slot that the plugin brings to it, in both languages."""
    asking = Asking(plugin)
    with _watched(plugin, asking.look):
        for slot in plugin.loaded.slots:
            for answer in _shown(asking, slot, LANGUAGES):
                asking.judge(f"the slot {slot.name} in {slot.place}", answer)
    plugin.trial.begin()
    yield from asking.said


def _shown(asking: Asking, slot: Slot, languages: Iterable[str]) -> Iterator[TestResponse]:
    """Ask for a slot once in each of these languages."""
    call, visit = _call_for(asking, slot.place), asking.callers[Role.GUEST].subject_id
    viewer = next(caller for role, caller in asking.callers.items() if role in VIEWERS[slot.place])
    path = f"/slots/{slot.place}/{asking.plugin.name}/{slot.name}?call={call}&visit={visit}"
    for language in languages:
        yield viewer.get(path, language=language)


def _call_for(asking: Asking, place: Place) -> str:
    """Let a call run, or end, for the places that speak of one."""
    if place not in {Place.CALL, Place.AFTER_CALL}:
        return ""
    call_id = asking.practice.call(asking.practice.guest("Paul Probe"))
    if place is Place.AFTER_CALL:
        asking.practice.hang_up(call_id)
    return call_id


def hooks(plugin: Subject) -> Iterator[str]:
    """Call what a page waits for several times, tell of an event, run each job; take the times."""
    asking, trial = Asking(plugin), plugin.trial
    doctor, now = asking.callers[Role.DOCTOR].subject_id, clock.now()
    event = CallEvent("ended", new_id(), new_id(), doctor, now, now, now)
    for _ in range(TIMES):
        with asking.practice.open(), trial.app.test_request_context():
            pluginhost.collect("after_call_steps", call=event, account_id=doctor)
    with asking.practice.open():
        pluginhost.announce("call_event", event)
    trial.work()
    for failure in trial.failures:
        yield (
            f"{failure.where.partition(': ')[2]} raises {type(failure.error).__name__}: "
            f"{failure.error}. In a practice it would be left alone after five times."
        )
    for slot in plugin.loaded.slots:
        list(_shown(asking, slot, ["de"] * TIMES))
    yield from _slow(plugin)
    trial.begin()


def _slow(plugin: Subject) -> Iterator[str]:
    """Compare the middle one of several times with what the guard calls slow."""
    for (name, hook), count in plugin.trial.host.guard.counts.items():
        limit = _limit(hook)
        if name == plugin.name and limit and count.seconds:
            middle = statistics.median(count.seconds)
            if middle > limit:
                yield (
                    f"{hook} takes {middle * 1000:.0f} ms, and may take {limit * 1000:.0f} ms: "
                    "look up less, or let a job do the work."
                )


def _limit(hook: str) -> float | None:
    if hook == "after_call_steps":
        return COLLECT.slow
    return SLOT.slow if hook.startswith("slot") else None


class _watched:  # noqa: N801  reads as a word in a with statement
    """Looks at each answer as the plugin gave it, before the portal's own headers."""

    def __init__(self, plugin: Subject, look: Callable[[Response], Response]) -> None:
        self._functions = plugin.trial.app.after_request_funcs.setdefault(None, [])
        self._look = look

    def __enter__(self) -> None:
        # They run backwards: what stands behind the portal's headers runs just before them.
        self._functions.insert(self._functions.index(add_headers) + 1, self._look)

    def __exit__(self, *_: object) -> None:
        self._functions.remove(self._look)
