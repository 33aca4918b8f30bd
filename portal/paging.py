"""One page of a list that grows: fetched by its number, counted only as far as needed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import request, url_for

from portal.extensions import db

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Flask
    from sqlalchemy import Select

PER_PAGE = 25
LAST_PAGE = 4_000
MAX_QUERY = 100


@dataclass(frozen=True)
class PageOf:
    """The rows of one page, and where it stands."""

    items: Sequence[Any]
    number: int
    has_next: bool
    q: str
    total: int | None = None
    shown: dict[str, str] = field(default_factory=dict)

    @property
    def has_previous(self) -> bool:
        """Tell whether there is a page before this one."""
        return self.number > 1


def asked() -> tuple[int, str]:
    """Return the number of the page and the text searched for, from the address."""
    number = request.args.get("page", 1, type=int)
    return min(max(number, 1), LAST_PAGE), request.args.get("q", "")[:MAX_QUERY].strip()


def fetch(query: Select[Any], turn: Callable[[Any], Any] = lambda row: row) -> PageOf:
    """Return the page of a query that the address asks for; one row more tells of the next page."""
    number, q = asked()
    rows = db.session.scalars(query.limit(PER_PAGE + 1).offset((number - 1) * PER_PAGE)).all()
    return PageOf([turn(row) for row in rows[:PER_PAGE]], number, len(rows) > PER_PAGE, q)


def page_url(**changes: Any) -> str:  # noqa: ANN401  query parameters
    """Return the address of this list with another page or search."""
    values = {**(request.view_args or {}), **request.args.to_dict(), **changes}
    return url_for(str(request.endpoint), **{key: value for key, value in values.items() if value})


def install(app: Flask) -> None:
    """Give templates the addresses of other pages."""
    app.jinja_env.globals["page_url"] = page_url
