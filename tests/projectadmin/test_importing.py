"""An import: checked by line, shown, written at once or not at all, and taken back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from flask import current_app

from portal import clock, jobs, sheets
from portal.accounts.models import Account
from portal.accounts.passwords import hash_password
from portal.accounts.service import give_credential
from portal.extensions import db
from portal.outbox import Outbox
from portal.projectadmin import importing
from portal.projectadmin.models import AccountImport
from portal.tenants.models import Organisation
from portal.tenants.scope import tenant_scope
from tests.deleting import deleted
from tests.world import CANARY

PAGE = {"Accept": "text/html", "X-Portal-Request": "content"}
HEAD = "Rolle;Vorname;Nachname;E-Mail;Arztnummer;Abteilung"
GOOD = (
    f"{HEAD}\nArzt;Nele;Neumann;nele@neu.example;123456601;Kardiologie\n;Jan;Ünal;jan@neu.example;;"
)


@pytest.fixture
def admin(world):
    db.session.get(Organisation, world.ash.id).seats = 50
    db.session.commit()
    db.session.remove()
    return world.caller("projectadmin")


def work(org):
    """Let the worker do what is in the outbox for imports, until nothing is left."""
    app = current_app._get_current_object()  # noqa: SLF001  the worker takes the application
    while True:
        with tenant_scope(org.id):
            query = db.select(Outbox.id).where(Outbox.kind == "import", Outbox.state == "queued")
            rows = db.session.scalars(query).all()
        db.session.remove()
        if not rows:
            return
        for row_id in rows:
            jobs.deliver(app, org.id, row_id)


def upload(admin, org, text):
    data = text if isinstance(text, bytes) else text.encode()
    answer = admin.send("POST", "/admin/imports", data=data, content_type="text/csv")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    work(org)
    with tenant_scope(org.id):
        query = db.select(AccountImport.id).order_by(AccountImport.created_at.desc())
        import_id = db.session.scalars(query.limit(1)).one()
    db.session.remove()
    return import_id


def shown(admin, import_id):
    return admin.get(f"/admin/imports/{import_id}", headers=PAGE).get_data(as_text=True)


def confirmed(admin, org, import_id, **options):
    assert admin.post(f"/admin/imports/{import_id}/confirm", **options).status_code == 200
    work(org)


def accounts(org):
    with tenant_scope(org.id):
        found = {
            row.email: (row.role, row.first_name, row.last_name, row.physician_number, row.state)
            for row in db.session.scalars(db.select(Account))
        }
    db.session.remove()
    return found


@pytest.mark.requirement("ADM-3")
@pytest.mark.parametrize("kind", ["csv", "xlsx", "cp1252"])
def test_a_file_is_checked_shown_written_and_taken_back(world, admin, kind):
    before = accounts(world.ash)
    rows = [line.split(";") for line in GOOD.split("\n")]
    data = {
        "csv": GOOD.encode("utf-8-sig"),
        "xlsx": sheets.write_xlsx(rows[0], rows[1:]),
        "cp1252": GOOD.encode("cp1252"),
    }[kind]
    import_id = upload(admin, world.ash, data)
    preview = shown(admin, import_id)
    assert "wartet auf Ihre Zustimmung" in preview
    assert "Zeile 2: Nele Neumann" in preview
    assert accounts(world.ash) == before
    confirmed(admin, world.ash, import_id)
    written = accounts(world.ash)
    assert written["nele@neu.example"] == ("doctor", "Nele", "Neumann", "123456601", "applied")
    assert written["jan@neu.example"] == ("doctor", "Jan", "Ünal", "", "applied")
    found = admin.get("/admin?q=unal", headers=PAGE).get_data(as_text=True)
    assert "Ünal, Jan" in found
    assert admin.post(f"/admin/imports/{import_id}/undo").status_code == 200
    work(world.ash)
    assert accounts(world.ash) == before
    assert "zurückgenommen" in shown(admin, import_id)
    assert admin.post(f"/admin/imports/{import_id}/undo").status_code == 422


@pytest.mark.requirement("ADM-3")
@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        (";Nele;;a@b.example;;", 2, "Nachname fehlt"),
        (";Nele;N;no address;;", 2, "keine E-Mail-Adresse"),
        ("König;Nele;N;a@b.example;;", 2, "Rolle ist unbekannt"),
        (f";{'x' * 101};N;a@b.example;;", 2, "Vorname ist zu lang"),
        (";A;B;a@b.example;;\n;C;D;A@B.example;;", 3, "steht schon in Zeile 2"),
        (";A;B;a@b.example;123456601;\n;C;D;c@b.example;123456601;", 3, "steht schon in Zeile 2"),
        (";A;B;a@b.example;838382202;", 2, "schon ein anderes Konto"),
        ("Assistenz;A;B;doctor@ash.example;;", 2, "Rolle eines Kontos"),
        (";A;B;=cmd();;", 2, "Formel"),
    ],
)
def test_each_wrong_line_is_named_and_nothing_is_written(world, admin, rows, line, words):
    before = accounts(world.ash)
    import_id = upload(admin, world.ash, f"{HEAD}\n{rows}")
    text = shown(admin, import_id)
    assert f"Zeile {line}" in text
    assert words in text
    assert "nichts geschrieben" in text
    assert admin.post(f"/admin/imports/{import_id}/confirm").status_code == 422
    assert accounts(world.ash) == before
    # What was wrong is not kept a second longer than it is needed.
    with tenant_scope(world.ash.id):
        assert importing.get(import_id).payload is None
    db.session.remove()


@pytest.mark.requirement("ADM-3")
def test_columns_that_nobody_knows_are_named_before_anything_is_written(world, admin):
    import_id = upload(admin, world.ash, "Vorname;Nachname;E-Mail;Schuhgröße\nA;B;a@b.example;44")
    assert "Diese Spalten wurden nicht übernommen: Schuhgröße." in shown(admin, import_id)
    import_id = upload(admin, world.ash, "Vorname;Nachname;E-Mail\nA;B;a@b.example")
    assert "nicht übernommen" not in shown(admin, import_id)


@pytest.mark.requirement("TEN-4")
def test_a_number_whose_digits_do_not_fit_is_a_hint_and_hinders_nothing(world, admin):
    import_id = upload(admin, world.ash, f"{HEAD}\n;Nele;N;a@b.example;838382302;")
    text = shown(admin, import_id)
    assert "Zeile 2: Die Prüfziffer der LANR passt nicht" in text
    confirmed(admin, world.ash, import_id)
    assert accounts(world.ash)["a@b.example"][3:] == ("838382302", "applied")


@pytest.mark.requirement("ADM-3")
def test_a_file_that_cannot_be_read_says_why(world, admin):
    for data, words in ((b"PK\x03\x04half", "beschädigt"), (b"Vorname\nx", "Es fehlt eine Spalte")):
        assert words in shown(admin, upload(admin, world.ash, data))
    assert admin.send("POST", "/admin/imports", data=b"").status_code == 422
    huge = admin.send("POST", "/admin/imports", data=b"x" * (sheets.MAX_BYTES + 1))
    assert huge.status_code == 413


@pytest.mark.requirement("ADM-3", "ADM-1")
def test_an_address_of_another_organisation_is_neither_refused_nor_revealed(world, admin):
    with tenant_scope(world.birch.id):
        theirs = db.session.get(Account, (world.birch.id, world.birch.ids["doctor"])).email
    db.session.remove()
    before = accounts(world.birch)
    texts = []
    for email in (theirs, "nobody@knows.example"):
        import_id = upload(admin, world.ash, f"{HEAD}\n;Nele;Neumann;{email};;")
        texts.append(shown(admin, import_id).replace(import_id, ""))
        assert CANARY not in texts[-1]
    assert texts[0] == texts[1]
    confirmed(admin, world.ash, import_id)
    assert accounts(world.birch) == before


@pytest.mark.requirement("ADM-3")
def test_what_exists_is_changed_shown_as_a_difference_and_restored(world, admin):
    account_id = world.ash.ids["assistant"]
    with tenant_scope(world.ash.id):
        email = db.session.get(Account, (world.ash.id, account_id)).email
    db.session.remove()
    before = accounts(world.ash)
    rows = f";Neu;Name;{email};;Empfang\n;Ash;Doctor;doctor@ash.example;838382202;"
    import_id = upload(admin, world.ash, f"{HEAD}\n{rows}")
    text = shown(admin, import_id)
    assert "(Vorname, Nachname, Abteilung)" in text
    confirmed(admin, world.ash, import_id)
    assert accounts(world.ash)[email][1:3] == ("Neu", "Name")
    admin.post(f"/admin/imports/{import_id}/undo")
    work(world.ash)
    assert accounts(world.ash) == before


@pytest.mark.requirement("ADM-3")
def test_an_import_beyond_the_seats_or_outdated_by_a_change_writes_nothing(world, admin):
    import_id = upload(admin, world.ash, GOOD)
    db.session.get(Organisation, world.ash.id).seats = 6
    db.session.commit()
    db.session.remove()
    before = accounts(world.ash)
    confirmed(admin, world.ash, import_id)
    assert accounts(world.ash) == before
    text = shown(admin, import_id)
    assert "nur 1 Plätze frei" in text
    assert "Seit der Prüfung hat sich etwas geändert" in text
    assert "nur 1 Plätze frei" in shown(admin, upload(admin, world.ash, GOOD))


@pytest.mark.requirement("ADM-3")
def test_an_account_that_was_used_is_suspended_when_its_import_is_undone(world, admin):
    import_id = upload(admin, world.ash, GOOD)
    confirmed(admin, world.ash, import_id)
    with tenant_scope(world.ash.id):
        row = db.session.scalar(db.select(Account).where(Account.email == "nele@neu.example"))
        give_credential(row, "nele", hash_password("a long enough password"))
        db.session.commit()
    db.session.remove()
    admin.post(f"/admin/imports/{import_id}/undo")
    work(world.ash)
    left = accounts(world.ash)
    assert left["nele@neu.example"][-1] == "suspended"
    assert "jan@neu.example" not in left
    assert "1 Konto wurde schon benutzt" in shown(admin, import_id)


@pytest.mark.requirement("ADM-3", "ADM-2")
def test_new_accounts_are_invited_if_that_was_wished(world, admin):
    import_id = upload(admin, world.ash, GOOD)
    confirmed(admin, world.ash, import_id, invite="1")
    with tenant_scope(world.ash.id):
        mails = db.session.scalars(db.select(Outbox.occasion).where(Outbox.kind == "mail")).all()
    db.session.remove()
    assert mails == ["invitation", "invitation"]


@pytest.mark.requirement("ADM-3")
def test_a_worker_that_dies_while_writing_leaves_nothing_half(world, admin, monkeypatch):
    import_id = upload(admin, world.ash, GOOD)
    before = accounts(world.ash)
    assert admin.post(f"/admin/imports/{import_id}/confirm").status_code == 200
    app = current_app._get_current_object()  # noqa: SLF001  the worker takes the application

    def die(*_args, **_options):
        raise SystemExit  # as a kill would: nothing after this line runs

    with tenant_scope(world.ash.id):
        row_id = db.session.scalars(db.select(Outbox.id).where(Outbox.kind == "import")).one()
    db.session.remove()
    with monkeypatch.context() as patch:
        patch.setattr(importing.writing, "write", die)
        with pytest.raises(SystemExit):
            jobs.deliver(app, world.ash.id, row_id)
    assert accounts(world.ash) == before
    clock.move(timedelta(minutes=10))
    for _again in range(2):
        for organisation_id, due in jobs.sweep(app):
            jobs.deliver(app, organisation_id, due)
        clock.move(timedelta(minutes=10))
    assert "nele@neu.example" in accounts(world.ash)


def test_the_staged_rows_are_encrypted_and_go_after_thirty_days(world, admin):
    import_id = upload(admin, world.ash, GOOD)
    from portal.tenants.scope import across_tenants

    with across_tenants("The test reads what is really stored."):
        stored = db.session.execute(
            db.text("SELECT payload, report FROM account_import WHERE id = :id"),
            {"id": import_id},
        ).one()
    assert "Neumann" not in json.dumps(list(stored))
    db.session.remove()
    assert deleted("account_import", clock.now() + timedelta(days=29)) == 0
    assert deleted("account_import", clock.now() + timedelta(days=31)) == 3
    db.session.rollback()


@pytest.mark.requirement("ADM-3", "ADM-4")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_holds_the_visible_columns_without_formulas_and_imports_again(world, admin, kind):
    with tenant_scope(world.ash.id):
        row = db.session.get(Account, (world.ash.id, world.ash.ids["doctor"]))
        row.first_name, row.phone = "=HYPERLINK(1)", "+49 40 1"
        db.session.commit()
    db.session.remove()
    made = admin.post("/tickets", path=f"/admin/accounts.{kind}").get_json()["url"]
    from tests.world import Caller

    answer = Caller().get(f"{made}&role=doctor&q=838382202")
    assert answer.status_code == 200
    sheet = sheets.read(answer.data.replace(b"'=HYPERLINK(1)", b"Ash")) if kind == "csv" else None
    if sheet is None:
        assert b"<f>" not in answer.data
        return
    assert sheet.head[:4] == ("Rolle", "Vorname", "Nachname", "E-mail")
    assert len(sheet.rows) == 3
    assert CANARY not in answer.get_data(as_text=True)
    assert Caller().get(made).status_code == 401


@pytest.mark.requirement("PRIV-5", "ADM-3")
def test_undoing_an_import_leaves_alone_whose_data_may_only_be_kept(world, admin):
    with tenant_scope(world.ash.id):
        row = db.session.get(Account, (world.ash.id, world.ash.ids["doctor"]))
        line = f"{row.first_name};Anders;{row.email}"
    db.session.remove()
    import_id = upload(admin, world.ash, f"Vorname;Nachname;E-Mail\n{line}")
    confirmed(admin, world.ash, import_id)
    with tenant_scope(world.ash.id):
        row = db.session.get(Account, (world.ash.id, world.ash.ids["doctor"]))
        assert row.last_name == "Anders"
        row.restricted_at = clock.now()
        db.session.commit()
    db.session.remove()
    admin.post(f"/admin/imports/{import_id}/undo")
    work(world.ash)
    with tenant_scope(world.ash.id):
        row = db.session.get(Account, (world.ash.id, world.ash.ids["doctor"]))
        assert row.last_name == "Anders"
    db.session.remove()


@pytest.mark.requirement("PRIV-5")
def test_no_file_changes_an_account_whose_data_may_only_be_kept(world, admin):
    with tenant_scope(world.ash.id):
        row = db.session.get(Account, (world.ash.id, world.ash.ids["doctor"]))
        line = f"{row.first_name};Anders;{row.email}"
        row.restricted_at = clock.now()
        db.session.commit()
    db.session.remove()
    import_id = upload(admin, world.ash, f"Vorname;Nachname;E-Mail\n{line}")
    confirmed(admin, world.ash, import_id)
    with tenant_scope(world.ash.id):
        row = db.session.get(Account, (world.ash.id, world.ash.ids["doctor"]))
        assert row.last_name == "Doctor"
    db.session.remove()
