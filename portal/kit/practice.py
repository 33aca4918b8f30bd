"""One practice of the trial: its people, its guests, its calls, and the plugin's rows in it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from portal import clock
from portal.accounts import tokens
from portal.accounts.models import Account
from portal.accounts.tokens import Owner
from portal.calls import service as calls
from portal.extensions import db
from portal.kit.callers import Caller
from portal.messages import service as messages
from portal.outbox import Outbox
from portal.permissions import Role
from portal.pluginhost import asking, switches
from portal.pluginhost.levels import company_here
from portal.pluginhost.manifest import Level
from portal.pluginhost.settings import Whose, store_settings
from portal.tenants.scope import new_id, tenant_scope
from portal.tenants.service import get_switch
from portal.waitingroom import access, guests
from portal.waitingroom.models import Room, RoomMember

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from portal.api import PluginContext


@dataclass(frozen=True)
class Waiting:
    """A row of the outbox that has not left yet."""

    kind: str
    occasion: str
    plugin: str
    payload: dict[str, Any]


class Practice:
    """One organisation of the trial.

    :param plugin: the plugin that is meant where none is named.
    """

    def __init__(self, app: Flask, organisation_id: str, plugin: str) -> None:
        self.id = organisation_id
        self.plugin = plugin
        self._app = app

    @contextmanager
    def open(self, plugin: str = "") -> Iterator[PluginContext]:
        """Put the practice in force and lend the plugin's context; what was written is kept.

        Send no request inside: the database lets one write at a time.
        """
        name = plugin or self.plugin
        with self._app.app_context(), tenant_scope(self.id):
            switch = switches.here().get(name, switches.NEVER_SET)
            yield asking.make_context(name, switch)
            db.session.commit()

    def set_up(
        self,
        plugin: str = "",
        *,
        level: Level = Level.ORGANISATION,
        account_id: str = "",
        **settings: Any,  # noqa: ANN401  of its form
    ) -> None:
        """Store the plugin's settings, as if its form of a level had been filled in.

        :param account_id: whose they are, for those of an account.
        """
        with self.open():
            whose = account_id if level is Level.ACCOUNT else ""
            if level is Level.COMPANY:
                whose = company_here()
            store_settings(plugin or self.plugin, settings, Whose(level, whose))

    def switch(self, plugin: str = "", *, on: bool) -> None:
        """Switch the plugin on or off here."""
        with self.open():
            get_switch(plugin or self.plugin).is_on = on

    def account_ids(self, role: str) -> list[str]:
        """Return the active accounts of a role: doctor, assistant or projectadmin."""
        query = select(Account.id).where(Account.role == role, Account.state == "active")
        with self.open():
            return list(db.session.scalars(query.order_by(Account.last_name)))

    def caller(self, role: str, number: int = 0) -> Caller:
        """Return somebody of the practice who is signed in; ``number`` tells colleagues apart.

        :raise LookupError: nobody here has this role.
        """
        found = self.account_ids(role)
        if number >= len(found):
            message = f"There is no {role} number {number} in this practice."
            raise LookupError(message)
        with self.open():
            owner = Owner(Role(role), found[number], organisation_id=self.id)
            token = tokens.issue(owner, now=clock.now())
        return Caller(self._app, token, role, found[number])

    @property
    def doctor(self) -> Caller:
        """Return a doctor."""
        return self.caller(Role.DOCTOR)

    @property
    def assistant(self) -> Caller:
        """Return an assistant."""
        return self.caller(Role.ASSISTANT)

    @property
    def projectadmin(self) -> Caller:
        """Return the project administrator."""
        return self.caller(Role.PROJECTADMIN)

    def guest(self, name: str = "Erika Muster", *, language: str = "de") -> Caller:
        """Return a guest who has come in with a code of the first doctor's, and waits.

        It is a room of this doctor's alone: assistants see the guest, colleagues do not.
        """
        doctor = self.account_ids(Role.DOCTOR)[0]
        now = clock.now()
        with self.open():
            query = select(Room.id).join(RoomMember, RoomMember.room_id == Room.id)
            query = query.where(RoomMember.account_id == doctor)
            room = db.session.scalars(query.order_by(Room.kind == "shared", Room.name)).first()
            order = access.CodeOrder(str(room), name)
            code = access.make_code(order, account_id=doctor, now=now)
            entered = guests.enter(code.id, guests.Arrival(name, language), now=now)
            return Caller(self._app, entered.token, Role.GUEST, entered.visit_id)

    def call(self, guest: Caller | None = None, *, connected: bool = True) -> str:
        """Let a guest in to the first doctor and return the call; ``hang_up`` ends it.

        :param connected: whether picture or sound arrived.
        """
        visit_id = (guest or self.guest()).subject_id
        doctor, now = self.account_ids(Role.DOCTOR)[0], clock.now()
        with self.open():
            call_id = calls.admit(visit_id, doctor, new_id(), now=now).call.id
            if connected:
                calls.connect(call_id, doctor, now=now)
        return call_id

    def hang_up(self, call_id: str) -> None:
        """End a call; the plugins are told when the worker works."""
        with self.open():
            calls.end(call_id, "ended", now=clock.now())

    def send_sms(self, to: str = "+491713920012", text: str = "Ihr Code: 123") -> str:
        """Put a text message into the outbox and return its key for ``sms_state``."""
        key = new_id()
        with self.open():
            messages.queue_sms(to, "access_code", text, subject_id=key, now=clock.now())
        return key

    def sms_state(self, key: str) -> str:
        """Return what is known of a text message: queued, accepted, sent, rejected, unknown, ..."""
        with self.open():
            return messages.states([key]).get(key, "")

    def waiting(self) -> list[Waiting]:
        """Return what is in the outbox and has not left yet, in the order in which it came."""
        with self.open():
            rows = db.session.scalars(select(Outbox).order_by(Outbox.created_at)).all()
            return [
                Waiting(row.kind, row.occasion, row.provider, json.loads(row.payload))
                for row in rows
            ]
