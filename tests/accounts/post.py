"""What was put into the outbox for an organisation, and the links in it."""

from __future__ import annotations

import json
import re

from sqlalchemy import select

from portal.accounts.models import Account
from portal.extensions import db
from portal.outbox import Outbox
from portal.tenants.scope import tenant_scope

KEY = re.compile(r"/link#([\w-]+)")


def mails(org):
    """Return address, subject and text of each mail that waits, the oldest first."""
    with tenant_scope(org.id):
        rows = db.session.scalars(
            select(Outbox).where(Outbox.kind == "mail").order_by(Outbox.created_at, Outbox.id)
        ).all()
        found = [json.loads(row.payload) for row in rows]
    db.session.rollback()
    return found


def keys(org):
    """Return the secrets of all links in the mails that wait."""
    return [key for mail in mails(org) for key in KEY.findall(mail["text"])]


def act(org, who, what, *values, **named):
    """Do something with an account of an organisation and commit it."""
    with tenant_scope(org.id):
        account = db.session.get_one(Account, (org.id, org.ids[who]))
        what(account, *values, **named)
        db.session.commit()
    db.session.remove()


def read_account(org, who, field):
    """Return one field of an account."""
    with tenant_scope(org.id):
        value = getattr(db.session.get_one(Account, (org.id, org.ids[who])), field)
    db.session.remove()
    return value
