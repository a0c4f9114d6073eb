"""structlog set up once: console on a terminal, JSON elsewhere, and nothing secret in either."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from meetbot.redaction import strike

_SECRET_KEY = re.compile(r"token|secret|password|passcode|authorization|join_?(url|link)|start_?url|cookie", re.I)


def _strike_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if not key.startswith("_"):  # those are structlog's own
            event[key] = _struck(key, value)
    return event


def _struck(key: str, value: Any) -> Any:
    """The value without what is secret in it, however deep; what JSON does not know becomes text."""
    if _SECRET_KEY.search(key):
        return "***"
    match value:
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {str(name): _struck(str(name), one) for name, one in value.items()}
        case list() | tuple():
            return [_struck(key, one) for one in value]
        case _:
            return strike(str(value))


def configure(*, level: str = "INFO", console: bool | None = None) -> None:
    """Send structlog and the libraries' own logging to standard error, once for the process.

    `console` None: readable lines where standard error is a terminal, JSON lines elsewhere.
    """
    on_terminal = sys.stderr.isatty() if console is None else console
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # Tracebacks as text and without local variables: those hold client secrets and links.
        structlog.processors.format_exc_info,
        _strike_secrets,
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if on_terminal
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    sink = logging.StreamHandler(sys.stderr)
    sink.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [sink]
    root.setLevel(level)
    # httpx logs whole addresses at INFO, with whatever is in their query.
    for noisy in ("httpx", "httpcore", "apscheduler", "aiosqlite", "uvicorn.access", "uvicorn.error", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def get(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a room, such as "registration"; event names are constants, data goes into keys."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger
