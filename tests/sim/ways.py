"""The ways out of a process, with the faults that can happen on them: Zoom's API, the mail server, the clock."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message
from urllib.parse import parse_qs, urlsplit

import httpx

from meetbot import errors
from meetbot.sandbox import Sandbox
from tests.sim import oracle
from tests.sim.stops import Process, Stops, acting

_LINK = re.compile(r"https?://[^\s\"'<>\\]+/w/[^\s\"'<>\\]+")


class Clock:
    """The clock of one machine: the world's, put forward or back by `wrong`."""

    def __init__(self, sandbox: Sandbox, stops: Stops, leap: Callable[[datetime], Awaitable[None]]) -> None:
        self.wrong = timedelta()
        self._sandbox = sandbox
        self._stops = stops
        self._leap = leap

    def now(self) -> datetime:
        return self._sandbox.clock.now() + self.wrong

    def steady(self) -> float:
        """Seconds that nobody can put forward or back."""
        return (self._sandbox.clock.now() - self._sandbox.clock.started).total_seconds()

    async def sleep_until(self, at: datetime) -> None:
        await self._stops.reach("sleeps")
        await self._leap(at - self.wrong)

    def real_delay(self, until: datetime) -> timedelta:
        return max(until - self.now(), timedelta())


class ToZoom(httpx.AsyncBaseTransport):
    """Zoom's API in this process: refuses, breaks before a call, loses the answer after it."""

    _BEFORE = ("busy", "too fast", "unreachable", "down")

    def __init__(self, sandbox: Sandbox, stops: Stops, history: oracle.History) -> None:
        self._inner = httpx.ASGITransport(sandbox.app)
        self._stops = stops
        self._history = history

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        what = f"{request.method} {request.url.path}"
        changes = request.method != "GET" and "oauth" not in what
        match await self._stops.reach("asks Zoom", what, self._BEFORE):
            case "busy":
                self._stops.happened("Zoom answers 503")
                return httpx.Response(503)
            case "too fast":
                self._stops.happened("Zoom answers 429")
                return httpx.Response(429, headers={"Retry-After": "2", "X-RateLimit-Type": "QPS"})
            case "unreachable":
                self._stops.happened("Zoom cannot be reached")
                raise httpx.ConnectError("unreachable")
            case "down":
                self._stops.happened("the line breaks before Zoom has acted")
                raise httpx.ReadError("broken")
        if "/live_meetings/" in what and (method := json.loads(request.content)["method"]).startswith("recording"):
            self._history.recordings.append(oracle.Told(self._stops.step, f"{method} {request.url.path}"))
        answer = await self._inner.handle_async_request(request)
        if await self._stops.reach("has Zoom's answer", what, ("lost",)) == "lost":
            self._stops.happened(f"{_deed(what)} and the answer lost" if changes else "an answer of Zoom's lost")
            raise httpx.ReadError("lost")
        return answer


def _deed(what: str) -> str:
    method, path = what.split()
    if path.endswith("/registrants"):
        return "registrant added"
    if path.endswith("/registrants/status"):
        return "status changed"
    return {"POST": "meeting created", "PATCH": "meeting changed", "DELETE": "meeting deleted"}.get(method, "a call")


@dataclass(frozen=True)
class About:
    """What the store says of a message."""

    kind: str
    meeting: str | None
    revision: int
    not_before: datetime | None  #: None: it may leave at any time


class Post:
    """A way out for messages that keeps what it takes: refuses for a while or for ever, loses its 250."""

    _BEFORE = ("greylisted", "server down", "mailbox unknown")

    def __init__(self, sandbox: Sandbox, stops: Stops, history: oracle.History, about: Callable[[str], About]) -> None:
        self._sandbox = sandbox
        self._stops = stops
        self._history = history
        self._about = about
        self._greylisted: set[str] = set()

    async def deliver(self, message_id: str, sender: str, recipient: str, content: bytes) -> str:
        actor = acting()
        assert actor is not None, "only a pass delivers letters"
        begun = actor.committed
        self._stops.note(f"{actor.name} DATA to {recipient}")
        happens = await self._stops.reach("before the final dot", recipient, self._BEFORE)
        if happens:
            self._refuse(happens, message_id)
        if message_id in self._greylisted:
            self._stops.happened("greylisted, then accepted")
        copy = self._take(message_id, recipient, content, begun=begun, process=actor.process)
        if await self._stops.reach("has the 250", recipient, ("lost",)) == "lost":
            self._stops.happened("the 250 lost")
            self._history.doubts.append(oracle.Doubt(self._stops.step, message_id=message_id))
            raise errors.MailUnknownOutcome("the answer was lost")
        copy.answered = True
        return "250 2.0.0 accepted"

    def _refuse(self, why: str, message_id: str) -> None:
        self._stops.happened(f"a letter refused: {why}")
        if why == "greylisted":
            self._greylisted.add(message_id)
        if why == "mailbox unknown":
            self._history.refused.add(message_id)
            raise errors.MailError("550 5.1.1 no such mailbox", permanent=True)
        raise errors.MailError("451 4.7.1 come again later", permanent=False)

    def _take(self, message_id: str, to: str, content: bytes, *, begun: int, process: Process) -> oracle.Letter:
        self._stops.step += 1
        about = self._about(message_id)
        parts = {
            part.get_content_type(): part for part in message_from_bytes(content).walk() if not part.is_multipart()
        }
        words = [_text(part).replace("\r\n ", "") for kind, part in parts.items() if kind.startswith("text/")]
        calendar = _text(parts["text/calendar"]) if "text/calendar" in parts else ""
        links = frozenset(link for text in words for link in _LINK.findall(text.replace("&amp;", "&")))
        for link in links:
            owner = self._sandbox.account.registrant_by_tk.get(parse_qs(urlsplit(link).query).get("tk", [""])[0])
            self._history.link_owner[link] = owner.email if owner else "nobody"
        letter = oracle.Letter(
            step=self._stops.step,
            at=self._sandbox.clock.now(),
            message_id=message_id,
            to=to.lower(),
            kind=about.kind,
            meeting=about.meeting,
            revision=about.revision,
            links=links,
            entry=_entry(calendar) if calendar else None,
            digest=hashlib.sha256(_text(parts["text/plain"]).encode()).hexdigest()[:12],
            begun=begun,
            process=process.name,
            not_before=about.not_before,
        )
        if any(former.message_id == message_id for former in self._history.letters):
            self._stops.happened("a letter came twice under one Message-ID")
        self._history.letters.append(letter)
        return letter

    async def check(self) -> str:
        return "a mail server of the simulation"

    async def aclose(self) -> None:
        """Nothing is open."""


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


def _entry(calendar: str) -> oracle.Entry:
    unfolded = calendar.replace("\r\n ", "")

    def field(name: str) -> str:
        found = re.search(rf"^{name}[^:\r\n]*:(.+?)\r?$", unfolded, re.M)
        return found[1] if found else ""

    return oracle.Entry(field("UID"), int(field("SEQUENCE") or 0), field("METHOD"), field("DTSTART"))
