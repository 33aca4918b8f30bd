"""Writes the log as lines of JSON, one for each thing that happened, without personal values.

Every logger of every library ends here, because it is put on the root of Python's logging. An
error is told by its kind, by where it was raised, and by its words as far as they name nobody.
"""

from __future__ import annotations

import logging
import secrets
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from flask import request
from structlog.contextvars import bind_contextvars, clear_contextvars, merge_contextvars
from structlog.stdlib import ProcessorFormatter, add_log_level, add_logger_name

import portal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from structlog.typing import EventDict

ROOT = str(Path(portal.__file__).parent.parent)
# So many places of an error are told, the last ones.
FRAMES = 12


def formatter() -> logging.Formatter:
    """Return what makes a line out of a record of Python's logging."""
    return ProcessorFormatter(
        foreign_pre_chain=[
            merge_contextvars,
            add_log_level,
            add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        ],
        processors=[
            _http,
            ProcessorFormatter.remove_processors_meta,
            _errors,
            _mask,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


class Lines(logging.StreamHandler[Any]):
    """Writes lines to whatever standard error is at that moment."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)
        self.setFormatter(formatter())

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        self.stream = sys.stderr
        super().emit(record)


def configure(*, told: int = logging.WARNING) -> None:
    """Send everything that is logged in this process to standard error; twice does nothing new.

    :param told: from which level the portal and its plugins are heard; libraries from WARNING.
    """
    root = logging.getLogger()
    if not any(isinstance(each, Lines) for each in root.handlers):
        root.addHandler(Lines())
    for own in ("portal", "plugins"):
        logging.getLogger(own).setLevel(told)


def install(app: Flask) -> None:
    """Give each request a number that stands in all of its lines, and in its answer."""

    @app.before_request
    def _number() -> None:
        clear_contextvars()
        number = secrets.token_hex(8)
        bind_contextvars(request=number, page=request.endpoint or "-")

    @app.after_request
    def _tell(response: Any) -> Any:  # noqa: ANN401  a Flask answer
        number = structlog.contextvars.get_contextvars().get("request")
        if number:
            response.headers["X-Request-Id"] = number
        return response


def _http(_logger: object, _name: str, line: EventDict) -> EventDict:
    """Add what the access log says of a request (``portal.operations.serve``)."""
    line.update(getattr(line["_record"], "http", {}))
    return line


def _errors(_logger: object, _name: str, line: EventDict) -> EventDict:
    told = line.pop("exc_info", None)
    line.pop("stack_info", None)
    error = told[1] if isinstance(told, tuple) else told
    if isinstance(error, BaseException):
        line["errors"] = list(_chain(error))
    return line


def _chain(error: BaseException | None) -> Iterator[dict[str, Any]]:
    """Yield an error and what it came from, the last first."""
    from portal.operations import masking

    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        yield {
            "type": f"{type(error).__module__}.{type(error).__qualname__}",
            "words": masking.masked_words(error),
            "places": [
                f"{each.filename.removeprefix(ROOT).lstrip('/')}:{each.lineno} {each.name}"
                for each in frames
            ],
        }
        error = error.__cause__ or error.__context__


def _mask(_logger: object, _name: str, line: EventDict) -> EventDict:
    """Take personal values out of what was said; the rest of a line is made by the program."""
    # Late: it stands on the whole portal, and the web process has to be patched before that.
    from portal.operations import masking

    line["event"] = masking.masked(str(line["event"]))
    return line
