"""Puts the application together: settings, database, fences, rooms, plugins, in this order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import (
    assets,
    database,
    errors,
    jobs,
    language,
    paging,
    permissions,
    security,
    sockets,
)
from portal.accounts import account_views, factor_views, link_views, signing_in
from portal.accounts import views as accounts
from portal.calls import check_views, direct_events, file_views, group_events, rehearsal
from portal.calls import events as call_events
from portal.calls import views as calls
from portal.extensions import db
from portal.messages import plugin_texts
from portal.messages import service as message_service
from portal.messages import views as messages
from portal.operations import logs, metrics
from portal.operations import views as operations
from portal.pluginhost import level_views as plugin_level_views
from portal.pluginhost import notices as plugin_notices
from portal.pluginhost import service as pluginhost
from portal.pluginhost import views as plugin_views
from portal.privacy import marketing_views, record_views
from portal.privacy import views as privacy
from portal.profiles import contact_views as contacts
from portal.profiles import events as profile_events
from portal.profiles import views as profiles
from portal.projectadmin import (
    audit_views,
    bank_views,
    certificate_views,
    department_views,
    import_views,
    verification_views,
)
from portal.projectadmin import views as projectadmin
from portal.rights import answer_views, guest_data_views
from portal.rights import views as rights
from portal.sales import (
    company_views,
    ending_views,
    processor_views,
    undertakings,
    wizard_views,
)
from portal.sales import import_views as organisation_imports
from portal.sales import (
    views as sales,
)
from portal.statistics import views as statistics
from portal.support import desk_views as support_desk
from portal.support import own_views as own_support
from portal.support import views as support
from portal.tenants import scope
from portal.waitingroom import (
    delivery_views,
    desk_views,
    easy_views,
    guest_views,
    queue_views,
    room_views,
    showroom,
)
from portal.waitingroom import events as waitingroom_events

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import EntryPoint
    from pathlib import Path

    from portal.config import Config

# The largest form; a view that takes a file sets a limit of its own.
MAX_FORM_BYTES = 256 * 1024
ROOMS = (
    accounts,
    link_views,
    account_views,
    factor_views,
    company_views,
    sales,
    wizard_views,
    ending_views,
    processor_views,
    organisation_imports,
    projectadmin,
    messages,
    audit_views,
    department_views,
    import_views,
    verification_views,
    bank_views,
    certificate_views,
    privacy,
    marketing_views,
    record_views,
    profiles,
    contacts,
    operations,
    desk_views,
    delivery_views,
    queue_views,
    guest_views,
    easy_views,
    room_views,
    calls,
    check_views,
    file_views,
    rights,
    answer_views,
    guest_data_views,
    statistics,
    plugin_views,
    plugin_level_views,
    support,
    own_support,
    support_desk,
)


def build(config: Config, root: Path, found: Iterable[EntryPoint] | None = None) -> Flask:
    """Return the application for these settings; see ``portal.create_app``."""
    app = Flask("portal", template_folder=str(root / "templates"), static_folder=None)
    app.extensions["portal_config"] = config
    app.config.update(
        ROOT=str(root),
        BASE_URL=config.base_url,
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        SQLALCHEMY_DATABASE_URI=config.sqlalchemy_url,
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(config.sqlalchemy_url),
        WTF_CSRF_ENABLED=False,
    )
    app.jinja_env.globals["demo"] = config.demo
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if config.proxies:
        hops = config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops)  # type: ignore[method-assign]
    _open_database(app)
    for part in (
        logs,
        metrics,
        errors,
        security,
        language,
        paging,
        signing_in,
        permissions,
        undertakings,
    ):
        part.install(app)
    for room in ROOMS:
        app.register_blueprint(room.bp)
    sockets.install(app)
    profile_events.install()
    waitingroom_events.install()
    call_events.install()
    rehearsal.install()
    group_events.install()
    direct_events.install()
    showroom.install(app)
    jobs.install(app)
    pluginhost.install(app, found)
    plugin_notices.install(
        app, message_service.queue_mail, plugin_texts.written, plugin_views.tell_desks
    )
    assets.install(app)
    permissions.check_declared(app)
    return app


def _open_database(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        database.prepare(db.engine)
        scope.guard(db.engine)
