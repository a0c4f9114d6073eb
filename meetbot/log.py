"""structlog set up once: console on a terminal, JSON elsewhere, and nothing secret in either."""

from __future__ import annotations

import logging
import os
import queue
import re
import sys
import threading
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from meetbot import metrics
from meetbot.redaction import strike

_STANDARD_ERROR = 2  # file descriptor
_MOST_WAITING = 10_000  # lines
_PATIENCE_AT_THE_END = 2  # seconds

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


class _Sink(logging.Handler):
    """Writes to standard error from a thread of its own: a reader who stalls holds up nothing.

    Past the file object too: its lock would be held all the while by the write that waits. What nobody takes is lost,
    and counted.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lost = 0
        self._waiting: queue.Queue[bytes] = queue.Queue(_MOST_WAITING)
        threading.Thread(target=self._write, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._waiting.put_nowait(f"{self.format(record)}\n".encode(errors="backslashreplace"))
        except queue.Full:
            self._lost += 1
            metrics.LOG_LINES_LOST.inc()
        except Exception:
            self.handleError(record)

    def settle(self) -> None:
        """Let what waits be written, if somebody takes it soon."""
        with self._waiting.all_tasks_done:
            self._waiting.all_tasks_done.wait_for(lambda: not self._waiting.unfinished_tasks, _PATIENCE_AT_THE_END)

    def _write(self) -> None:
        while True:
            line = self._waiting.get()
            try:
                while line:
                    line = line[os.write(_STANDARD_ERROR, line) :]
            except OSError:  # closed: nobody will ever read it
                metrics.LOG_LINES_LOST.inc()
            if self._lost and not self._waiting.full():
                lost, self._lost = self._lost, 0
                get("log").warning("log.lines_lost", count=lost)
            self._waiting.task_done()


def settle() -> None:
    """Before the process says its last word on standard error itself: let the log come first."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, _Sink):
            handler.settle()


def configure(*, level: str = "INFO", console: bool | None = None, waits: bool = True) -> None:
    """Send structlog and the libraries' own logging to standard error, once for the process.

    `console` None: readable lines where standard error is a terminal, JSON lines elsewhere. `waits` False: for a
    service, which must not be held up by whoever reads its log; its last lines need `settle`.
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
    sink = logging.StreamHandler(sys.stderr) if waits else _Sink()
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
