"""Tasks: work that a plugin leaves for the worker, in the transaction of its cause."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flask import current_app

from portal import outbox
from portal.outbox import Letter
from portal.pluginhost.values import Task
from portal.tenants.scope import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

HOOK = "run_task"
LARGEST = 8 * 1024


def enqueue(plugin: str, name: str, values: Mapping[str, Any], *, now: datetime) -> None:
    """Put a task of a plugin into the outbox; see ``PluginContext.enqueue``.

    :raise LookupError: the plugin has no hook ``run_task``, so nobody would do it.
    :raise TypeError: the values are no JSON.
    :raise ValueError: they are larger than 8 KiB.
    """
    if plugin not in current_app.extensions["portal_plugins"].functions[HOOK]:
        message = f"{plugin} enqueues {name!r} and has no hook {HOOK}."
        raise LookupError(message)
    if len(json.dumps(values)) > LARGEST:
        message = f"{plugin} enqueues {name!r} with more than 8 KiB; give ids, and read rows."
        raise ValueError(message)
    task = Task(name, dict(values), new_id())
    outbox.put(Letter("announcement", HOOK, asdict(task), task.event_id, plugin), now=now)
