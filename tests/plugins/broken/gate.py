"""A plugin that holds guests back, or fails while it is asked; the test says which."""

from __future__ import annotations

from portal.api import Deny, Manifest, NoPersonalData, Scope, Text, hookimpl

answers: list[object] = [None]
seen: list[str] = []
tasks: list[tuple[str, dict, str]] = []
failing: list[bool] = [False]
enqueues: list[bool] = []


@hookimpl
def plugin_manifest():
    scopes = (Scope.GATE_CLOSED,)
    return Manifest("gate", Text("Schranke", "Gate"), "0.1", scopes=scopes, api_version="1.2")


@hookimpl
def register_privacy():
    return NoPersonalData("A plugin of the tests.")


@hookimpl
def waiting_room_precheck(ctx, visit):
    seen.append(visit.visit_id)
    if enqueues:
        ctx.enqueue("one")
    answer = answers[-1]
    if isinstance(answer, Exception):
        raise answer
    return Deny(answer) if isinstance(answer, str) else answer


@hookimpl
def run_task(ctx, task):
    tasks.append((task.name, dict(task.values), task.event_id))
    if failing[-1]:
        raise ValueError
