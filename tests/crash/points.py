"""The durable steps at which a process can be killed. The program knows nothing of them: they are wrapped from outside.

A step is named by what stands before or after it. Whatever is passed is also written to a file, so that whoever
looks at the run afterwards knows how far it came.
"""

from __future__ import annotations

import os
import pathlib
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import aiosmtplib.protocol
import httpx
from sqlalchemy import Engine, event
from starlette.background import BackgroundTask

from meetbot.store import engine
from meetbot.web import zoom_webhook
from meetbot.zoom import line

#: The first byte of a message leaves, and what became of it is on disk: between the two nobody knows the outcome.
FIRST_BYTE = "smtp message: before the first byte"
OUTCOME = "flows.outbox.deliver._record: committed"


_OF_PATHS = ("replace", "rename", "unlink")


@dataclass(frozen=True, order=True)
class Point:
    """The `nth` time that a process comes to the step, from 1."""

    name: str
    nth: int

    def __str__(self) -> str:
        return f"{self.name} ({self.nth})"


class Points:
    """Counts the steps of one process, and ends it where it is told to."""

    def __init__(self, kill_at: Point | None, written_to: pathlib.Path) -> None:
        self._kill_at = kill_at
        self._passed: Counter[str] = Counter()
        self._file = os.open(written_to, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def passed(self, name: str) -> None:
        """The process has come to this step, and no further if it is the one."""
        self._passed[name] += 1
        os.write(self._file, f"{name}\n".encode())
        if self._kill_at == Point(name, self._passed[name]):
            os.kill(os.getpid(), signal.SIGKILL)

    def watch_everything(self) -> None:
        """Wrap every step of this process, once and for all."""
        self._watch_transactions()
        self._watch_migrations()
        self._watch_files()
        self._watch_zoom()
        self._watch_mail_server()
        self._watch_webhooks()

    def _watch_transactions(self) -> None:
        begin = engine.Store.transaction

        @asynccontextmanager
        async def watched(store: engine.Store, name: str) -> AsyncIterator[engine.Transaction]:
            async with begin(store) as tx:
                yield tx
                self.passed(f"{name}: before commit")
            self.passed(f"{name}: committed")

        def transaction(store: engine.Store) -> AbstractAsyncContextManager[engine.Transaction]:
            return watched(store, _caller())

        _put(engine.Store, "transaction", transaction)

    def _watch_migrations(self) -> None:
        def what(statement: str) -> str | None:
            words = statement.split()
            if words[0] in ("CREATE", "ALTER", "DROP"):
                return f"migration: {words[0]} {words[1]}"
            return "migration: the version" if words[0] in ("INSERT", "UPDATE") and "alembic_v" in statement else None

        @event.listens_for(Engine, "before_cursor_execute")
        def before(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if name := what(statement):
                self.passed(f"{name}: before")

        @event.listens_for(Engine, "after_cursor_execute")
        def after(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if name := what(statement):
                self.passed(f"{name}: done")

    def _watch_files(self) -> None:
        for owner, names in ((os, ("fsync", "replace", "rename", "link", "unlink")), (pathlib.Path, _OF_PATHS)):
            for name in names:
                _put(owner, name, self._around(getattr(owner, name), name))

    def _around(self, step: Callable[..., Any], name: str) -> Callable[..., Any]:
        def watched(*arguments: Any, **named: Any) -> Any:
            caller = _caller(strict=True)
            if caller:
                self.passed(f"{caller}: before {name}")
            done = step(*arguments, **named)
            if caller:
                self.passed(f"{caller}: after {name}")
            return done

        return watched

    def _watch_zoom(self) -> None:
        send, hand_over = line.Line._send, httpx.AsyncHTTPTransport.handle_async_request

        async def watched_send(self_: line.Line, request: Any, *more: Any) -> Any:
            answer = await send(self_, request, *more)
            if request.method != "GET":
                self.passed(f"zoom {_call(request.method, request.path)}: answered")
            return answer

        async def watched_hand_over(self_: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
            name = f"zoom {_call(request.method, request.url.path)}"

            async def trace(what: str, _info: Any) -> None:
                if what == "http11.receive_response_headers.started":
                    self.passed(f"{name}: sent")

            if request.method == "GET":  # changes nothing, and is in other steps' way
                return await hand_over(self_, request)
            self.passed(f"{name}: before")
            request.extensions = {**request.extensions, "trace": trace}
            return await hand_over(self_, request)

        _put(line.Line, "_send", watched_send)
        _put(httpx.AsyncHTTPTransport, "handle_async_request", watched_hand_over)

    def _watch_mail_server(self) -> None:
        protocol = aiosmtplib.protocol.SMTPProtocol
        execute, write, read = protocol.execute_command, protocol.write, protocol.read_response
        commands = (b"EHLO", b"MAIL", b"RCPT", b"DATA")

        async def watched_execute(self_: Any, *arguments: bytes, **named: Any) -> Any:
            verb = arguments[0].split(b" ")[0].upper()
            if verb in commands:
                self.passed(f"smtp {verb.decode()}: before")
            reply = await execute(self_, *arguments, **named)
            if verb in commands:
                self.passed(f"smtp {verb.decode()}: answered")
            return reply

        def watched_write(self_: Any, data: bytes) -> None:
            if not data.endswith(b"\r\n.\r\n"):
                return write(self_, data)
            self.passed(FIRST_BYTE)
            write(self_, data[: len(data) // 2])
            self.passed("smtp message: half of it sent")
            write(self_, data[len(data) // 2 :])
            self_.meetbot_message_sent = True
            self.passed("smtp message: sent with its final dot")
            return None

        async def watched_read(self_: Any, **named: Any) -> Any:
            reply = await read(self_, **named)
            if getattr(self_, "meetbot_message_sent", False):
                self_.meetbot_message_sent = False
                self.passed("smtp message: answered")
            return reply

        _put(protocol, "execute_command", watched_execute)
        _put(protocol, "write", watched_write)
        _put(protocol, "read_response", watched_read)

    def _watch_webhooks(self) -> None:
        post = zoom_webhook.ZoomWebhook.post

        async def watched(self_: zoom_webhook.ZoomWebhook, request: Any) -> Any:
            self.passed("webhook: arrived")
            response = await post(self_, request)
            self.passed("webhook: before the answer")
            response.background = BackgroundTask(self.passed, "webhook: answered")
            return response

        _put(zoom_webhook.ZoomWebhook, "post", watched)


def in_doubt(passed: Sequence[str]) -> int:
    """Of how many messages, at the end of these steps, the first byte had left and no outcome was on disk."""
    return max(0, passed.count(FIRST_BYTE) - passed.count(OUTCOME))


def _put(owner: object, name: str, watched: Callable[..., Any]) -> None:
    """In place of what the program would call."""
    setattr(owner, name, watched)


def _caller(*, strict: bool = False) -> str:
    """The function of the program that asks for the step, such as `flows.outbox._accepted`; "" when it is another's."""
    frame: FrameType | None = sys._getframe(2)
    if strict and frame is not None and not _of_program(frame):
        return ""
    while frame is not None and not _of_program(frame):
        frame = frame.f_back
    if frame is None:
        return "outside"
    return f"{frame.f_globals['__name__'].removeprefix('meetbot.')}.{frame.f_code.co_qualname}"


def _of_program(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).startswith("meetbot.")


def _call(method: str, path: str) -> str:
    """A call without the ids in its path: `POST /users/*/meetings`."""
    words = {"users", "meetings", "registrants", "status", "oauth", "token", "report", "participants", "past_meetings"}
    words |= {"instances", "live_meetings", "events", "settings", "webinars", "panelists"}
    parts = [part if part in words else "*" for part in path.removeprefix("/v2").strip("/").split("/")]
    return f"{method} /{'/'.join(parts)}"
