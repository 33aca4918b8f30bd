"""The hooks: each question and announcement that a plugin may answer, and what happens if it fails.

``docs/plugins/hooks.md`` says the same with an example each; a test compares the two. Arguments
are only ever added. A hook stands here only while something that we ship uses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from flask import Blueprint

    from portal.api import (
        CallEvent,
        Command,
        Declaration,
        DeliveryReport,
        Deny,
        Health,
        Job,
        Level,
        Manifest,
        MessageText,
        NavigationEntry,
        PluginContext,
        PortalForm,
        Price,
        Receipt,
        Slot,
        SmsStatus,
        Statistic,
        Step,
        Task,
        TextMessage,
        VisitInfo,
    )

hookspec = pluggy.HookspecMarker("portal")

# A specification has words and no body: "empty-body" is what it is.


@hookspec
def plugin_manifest() -> Manifest:  # type: ignore[empty-body]
    """Say what the plugin is called and with which hosts it speaks.

    Called once at start, outside any organisation and transaction. Every plugin has one. If it
    raises, or its name is not that of the entry point, the portal starts without the plugin.

    :return: name, label, version and hosts.
    """


@hookspec
def register_privacy() -> Sequence[Declaration]:  # type: ignore[empty-body]
    """Declare the personal data that the plugin processes, or that there are none.

    Called once at start, outside any organisation and transaction. Every plugin has one. If it
    raises or answers nothing, the portal starts without the plugin. From the moment that an
    organisation switches the plugin on, its privacy notice says what stands here.

    :return: uses of data, or one ``NoPersonalData`` with its reason.
    """


@hookspec
def register_settings(level: Level) -> type[PortalForm] | None:
    """Name the form on which the plugin is set up: by an organisation, a company, or an account.

    Called at start, once for each level that the manifest names, outside any organisation and
    transaction. A hook that does not ask for the level names the organisation's form. If it
    raises, or has no form for a level that the manifest names, the portal starts without the
    plugin. What is typed into a ``PasswordField`` is never shown again; all settings are stored
    encrypted. Those of the organisation reach the other hooks as ``ctx.settings`` and
    ``ctx.secrets``, the others by ``ctx.company_settings()`` and ``ctx.account_settings(id)``.

    :param level: whose settings the form holds.
    :return: the class of the form.
    """


@hookspec
def register_blueprints() -> Sequence[Blueprint]:  # type: ignore[empty-body]
    """Bring pages of the plugin's own, under ``/p/<plugin>/``.

    Called once at start, outside any organisation and transaction. If it raises, or a view has no
    ``@policy``, the portal starts without the plugin. A page answers 404 where the plugin is not
    switched on; the views commit what they change.

    :return: blueprints that bear the plugin's name.
    """


@hookspec
def register_slots() -> Sequence[Slot]:  # type: ignore[empty-body]
    """Bring pieces of the portal's own pages, each in a place that has a name.

    Called once at start, outside any organisation and transaction. If it raises, the portal starts
    without the plugin. Each slot is filled by a request of its own, after its page is there, in
    the viewer's organisation, in a transaction that only reads; it has 3 s. A slot that raises,
    hangs or answers no text says so in its place, with a button to try again.

    :return: slots, perhaps several for one place.
    """


@hookspec
def register_navigation() -> Sequence[NavigationEntry]:  # type: ignore[empty-body]
    """Bring entries of the main menu that lead to the plugin's own pages.

    Called once at start, outside any organisation and transaction. If it raises, the portal starts
    without the plugin. An entry stands in the menu of its roles where the plugin is on; for a
    plugin that is switched on per account only in the menu of those who have it.

    :return: entries, each for one page.
    """


@hookspec
def register_jobs() -> Sequence[Job]:  # type: ignore[empty-body]
    """Bring work that comes round again: to count, to remind, to report.

    Called once at start, outside any organisation and transaction. If it raises, the portal starts
    without the plugin. Each job is run by the worker, in a process of its own that is ended after
    five minutes, once for each organisation where the plugin is on; it may use the network through
    ``ctx.http``. A job that raises or hangs is counted, what it wrote is taken back, and it runs
    again when its time comes round.

    :return: jobs with a name and a pause.
    """


@hookspec
def register_texts() -> Sequence[MessageText]:  # type: ignore[empty-body]
    """Bring the words of mails that the portal sends for the plugin.

    Called once at start, outside any organisation and transaction. If it raises, the portal starts
    without the plugin. ``ctx.notify`` sends them to an account of the organisation, through the
    portal's outbox; the plugin never sees the address.

    :return: texts, each with its occasion.
    """


@hookspec
def register_statistics() -> Sequence[Statistic]:  # type: ignore[empty-body]
    """Bring numbers that the portal shows to the project administrator, month by month.

    Called once at start, outside any organisation and transaction. If it raises, the portal starts
    without the plugin. A number is counted while the page of the plugin's settings is made, in a
    transaction that only reads, without the network; it has 50 ms. One that raises or hangs, or is
    no whole number from 0 on, is left out of the page.

    :return: numbers, each with a title.
    """


@hookspec
def register_commands() -> Sequence[Command]:  # type: ignore[empty-body]
    """Bring commands for the operator: ``portal plugin <plugin> <command>``.

    Called once at start, outside any organisation and transaction. If it raises, the portal starts
    without the plugin. A command runs once for each organisation where the plugin is on, or for the
    one that is named; it may use the network. What it writes is committed after it. One that
    raises is named, and the next organisation goes on.

    :return: commands, each with a line of help.
    """


@hookspec
def check_health(ctx: PluginContext, level: Level, account_id: str) -> Health:  # type: ignore[empty-body]
    """Say whether the plugin can do its work with one form's settings: test the connection.

    Called when somebody presses "Verbindung prüfen" beside that form, or the operator asks for all
    organisations, in a transaction that only reads; may use the network through ``ctx.http``, and
    has 10 s. A hook that raises or hangs is shown as not healthy. One that does not ask for the
    level is asked for organisations alone.

    :param ctx: the plugin's settings, secrets and way outside for this organisation; for a company
        there is no organisation, and ``ctx.company_settings()`` are what is tested.
    :param level: whose settings are tested.
    :param account_id: whose, of an account; otherwise empty.
    :return: yes or no, and a sentence that says what to do.
    """


@hookspec
def demo_settings(ctx: PluginContext, base_url: str) -> Mapping[str, Any]:  # type: ignore[empty-body]
    """Set the plugin up in the invented organisation of the demo.

    Called once while the demo's data are made, in the demo's organisation, before the portal runs.
    Rows that the hook adds through ``ctx.session`` are committed after it. If it raises or hangs,
    the demo starts with the plugin switched on and not set up.

    :param ctx: the plugin's rows in this organisation.
    :param base_url: the address of the demo, for what must lead back to it.
    :return: values for the fields of ``register_settings``.
    """


@hookspec(firstresult=True)
def send_sms(ctx: PluginContext, message: TextMessage) -> Receipt | None:
    """Hand one text message to a provider.

    Called by the worker, outside any request, in the message's organisation and in the order of
    providers that the organisation chose. May use the network through ``ctx.http``; has 30 s.
    A certain refusal lets the next provider try. A hook that raises, hangs or answers something
    else than a receipt leaves the message ``unknown``, and nobody sends it again.

    :param ctx: the plugin's settings, secrets and way outside for this organisation.
    :param message: recipient (E.164), text, occasion and sender; read it, do not keep it.
    :return: the provider's receipt, or ``None`` to let the next provider answer.
    """


@hookspec
def sms_quote(ctx: PluginContext, country: str, parts: int) -> Price | None:
    """Say what a text message would cost, before it is sent.

    Called while a page is made, in the organisation and in its order of providers, in a
    transaction that only reads, without the network; has 50 ms. A hook that raises or answers
    something else is passed over, and the next provider is asked.

    :param ctx: the plugin's settings for this organisation.
    :param country: where the message would go, two letters (ISO 3166).
    :param parts: in how many parts it would be sent.
    :return: the price of the whole message, or ``None`` when it is not known.
    """


@hookspec
def sms_delivery_report(  # type: ignore[empty-body]
    ctx: PluginContext, report: DeliveryReport
) -> list[SmsStatus]:
    """Read a provider's report of how far its messages came.

    Called by the worker after the report was stored and answered, in the organisation whose secret
    address it came to. Reports come twice, late and in any order; the portal sorts that out. A
    hook that raises is asked again after 1, 5 and 30 minutes; then the report is put aside.

    :param ctx: the plugin's settings for this organisation.
    :param report: the request as it arrived.
    :return: what it says of messages, perhaps nothing.
    """


@hookspec
def sms_poll(  # type: ignore[empty-body]
    ctx: PluginContext, references: Sequence[str]
) -> list[SmsStatus]:
    """Ask the provider about messages of which no report came.

    Called by the worker ten minutes after a message was taken, then every hour until 72 hours are
    over, in the message's organisation. May use the network through ``ctx.http``; has 30 s. A hook
    that raises or hangs is asked again an hour later.

    :param ctx: the plugin's settings, secrets and way outside for this organisation.
    :param references: the provider's own names of the messages, at most fifty.
    :return: what the provider says of them; those of which it says nothing are left out.
    """


@hookspec
def waiting_room_precheck(ctx: PluginContext, visit: VisitInfo) -> Deny | None:
    """Say whether a guest who waits can be let in now.

    Called when the doctor lets the guest in, in the organisation and in its order, in the
    transaction of the admission, without the network; has 300 ms. The first denial wins, and the
    doctor reads its sentence. A hook that raises, hangs or answers something else lets the guest
    through; with the scope ``gate.closed``, which the operator approves, it holds the guest back.

    :param ctx: the plugin's settings and rows in this organisation.
    :param visit: the guest's visit.
    :return: why not, or ``None`` when nothing is in the way.
    """


@hookspec
def after_call_steps(  # type: ignore[empty-body]
    ctx: PluginContext, call: CallEvent, account_id: str
) -> list[Step]:
    """Offer the doctor something to do after a call.

    Called while the page after hanging up is made, in the doctor's organisation, in a transaction
    that only reads, without the network; has 50 ms. A hook that raises or answers something else
    is left out of the page, and the page is shown.

    :param ctx: the plugin's settings and rows in this organisation.
    :param call: the call that ended.
    :param account_id: the doctor who looks at the page.
    :return: steps in the order in which they are shown, perhaps none.
    """


@hookspec
def call_event(ctx: PluginContext, event: CallEvent) -> None:
    """Hear that something happened to a call.

    Called by the worker after the commit, in the call's organisation. What the hook writes through
    ``ctx.session`` is committed together with the note that it has heard. A hook that raises or
    hangs hears it again after 1 min, 5 min, 30 min, 2 h and 12 h; so it must bear to hear an
    event twice, and can tell by ``event.event_id``. The call notices nothing.

    :param ctx: the plugin's settings and rows in this organisation.
    :param event: what happened; ids and times, no names.
    """


@hookspec
def run_task(ctx: PluginContext, task: Task) -> None:
    """Do what the plugin itself left for the worker by ``ctx.enqueue``.

    Called by the worker after the commit of whoever enqueued it, in that organisation. May use the
    network through ``ctx.http``, and ``ctx.session.commit()`` before it does; has 30 s. A hook that
    raises or hangs is called again after 1 min, 5 min, 30 min, 2 h and 12 h; so it must bear to do
    a task twice, and can tell by ``task.event_id``. Then the operator sees it among what could not
    be told.

    :param ctx: the plugin's settings, secrets, rows and way outside for this organisation.
    :param task: its name and values, as they were given.
    """


@hookspec
def forget(ctx: PluginContext, now: datetime) -> int:  # type: ignore[empty-body]
    """Delete what the plugin's declaration says is over.

    Called by the worker once a day, in each organisation that ever had the plugin switched on,
    also where it is switched off now (``ctx.is_on``). What the hook writes is committed after it.
    A hook that raises is called again the next day.

    :param ctx: the plugin's settings and rows in this organisation.
    :param now: the time that the deletion counts from.
    :return: how many rows were deleted.
    """


@hookspec
def fill_demo(ctx: PluginContext, now: datetime) -> None:
    """Make invented rows, so that the demo shows the plugin at work.

    Called once, when the demo's data are made, in each organisation of the demo that has the
    plugin switched on; never outside the demo. What the hook writes is committed after it. If it
    raises, the demo starts without its rows.

    :param ctx: the plugin's settings, members and rows in this organisation.
    :param now: the time of the demo's beginning.
    """
