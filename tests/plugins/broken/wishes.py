"""A plugin that wants to see names and numbers and to speak with hosts."""

from __future__ import annotations

from portal.api import (
    ForbiddenHostError,
    Manifest,
    NoPersonalData,
    Place,
    Receipt,
    Scope,
    SendState,
    Slot,
    Text,
    hookimpl,
)

manifest = {"scopes": (*Scope,), "hosts": ("127.0.0.1",)}
seen = []


@hookimpl
def plugin_manifest():
    return Manifest("wishes", Text("Wünsche", "wishes"), "0.1", **manifest)


@hookimpl
def register_privacy():
    return NoPersonalData("A plugin of the tests.")


def answer(ctx, view):
    seen.append(view.visit.guest_name)
    seen.extend(person.name for person in ctx.people())
    return "ok"


@hookimpl
def register_slots():
    return [Slot(Place.WAITING, "one", answer)]


@hookimpl
def send_sms(ctx, message):
    seen.append((message.to, message.text))
    try:
        ctx.http.post_json("http://127.0.0.1:9/", {})
    except ForbiddenHostError:
        seen.append("forbidden")
    except OSError:
        seen.append("asked")
    except Exception as error:  # noqa: BLE001  the test says which
        seen.append(type(error).__name__)
    return Receipt(SendState.SENT)
