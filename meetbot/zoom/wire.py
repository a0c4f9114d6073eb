"""A request to Zoom and its answer as plain values, without I/O; `calls` and `answers` know the single calls."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from meetbot.errors import ZoomError, ZoomUnknownOutcome, ZoomUnreachable
from meetbot.zoom.limits import Label

#: A JSON object as Zoom sent it: nothing about its fields is certain.
Row = Mapping[str, object]


def _scopes(*names: str) -> frozenset[str]:
    return frozenset(f"{name}:admin" for name in names)


#: What the app must be allowed for what every programme needs (Zoom API, granular scopes of a Server-to-Server app).
SCOPES = _scopes(
    "meeting:delete:meeting",
    "meeting:read:list_meetings",
    "meeting:read:list_past_instances",
    "meeting:read:list_past_participants",
    "meeting:read:list_registrants",
    "meeting:read:meeting",
    "meeting:update:meeting",
    "meeting:update:registrant_status",
    "meeting:write:meeting",
    "meeting:write:registrant",
    "report:read:list_meeting_participants",
    "user:read:settings",
    "user:read:user",
)
#: What it must be allowed besides for what only some programmes use, by feature.
OPTIONAL_SCOPES: Mapping[str, frozenset[str]] = {
    "recording": _scopes("meeting:update:in_meeting_controls"),
    "waiting_room": _scopes("meeting:update:in_meeting_controls"),
    "interpretation": _scopes(),
    "questions": _scopes("meeting:read:list_registration_questions", "meeting:update:registration_question"),
    "webinar_questions": _scopes("webinar:read:list_registration_questions", "webinar:update:registration_question"),
    "chat": _scopes("team_chat:write:members", "team_chat:write:user_message"),
    "dashboard": _scopes("dashboard:read:list_meeting_participants", "dashboard:read:list_meetings"),
    "webinar": _scopes(
        "report:read:list_webinar_participants",
        "webinar:delete:panelist",
        "webinar:delete:webinar",
        "webinar:read:list_absentees",
        "webinar:read:list_panelists",
        "webinar:read:list_past_instances",
        "webinar:read:list_past_participants",
        "webinar:read:list_registrants",
        "webinar:read:list_webinars",
        "webinar:read:webinar",
        "webinar:update:registrant_status",
        "webinar:update:webinar",
        "webinar:write:panelist",
        "webinar:write:registrant",
        "webinar:write:webinar",
    ),
}

_MOST_PAGES = 100


class Unreadable(ValueError):
    """Zoom's answer is not what its call promises."""


class BrokenOff(Unreadable):
    """The pages of a list do not lead to its end: they come round again, or one of them has expired."""


@dataclass(frozen=True)
class Request:
    """One call, ready to be sent."""

    what: str  #: for messages: "create meeting"
    method: str
    path: str  #: below the API's address, already encoded
    label: Label = Label.LIGHT
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    urgent: bool = False  #: goes before other calls that wait for their turn

    @property
    def changes(self) -> bool:
        """Whether Zoom holds something else after it."""
        return self.method != "GET"

    def lost(self, why: str) -> ZoomError:
        """The error for a request that was sent and got no answer that can be read."""
        kind = ZoomUnknownOutcome if self.changes else ZoomUnreachable
        return kind(f"{self.what}: {why}")

    def page(self, token: str) -> Request:
        """The same request for the page that `token` names; "" is the first one."""
        if not token:
            return self
        return replace(self, query={**self.query, "next_page_token": token})


@dataclass(frozen=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def row(self) -> Row:
        """The JSON object in the body, an empty one for an empty body. Unreadable for anything else."""
        if not self.content.strip():
            return {}
        try:
            row = json.loads(self.content)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            kind = self.headers.get("content-type", "no content type").partition(";")[0]
            raise Unreadable(f"Zoom gave an unreadable answer ({self.status}, {plain(kind)})")
        return row


class Listing:
    """All rows of a list that comes in pages (Zoom API, Pagination)."""

    def __init__(self, name: str) -> None:
        self.rows: list[Row] = []
        self.total: int | None = None  #: how many rows Zoom says there are; None: it does not say
        self._name = name
        self._tokens = {""}

    def add(self, page: Row) -> str:
        """Keep the rows of a page and name the next one; "" when it was the last. BrokenOff for pages in a circle."""
        rows, total, token = page.get(self._name), page.get("total_records"), page.get("next_page_token") or ""
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or not isinstance(token, str):
            raise Unreadable(f"Zoom gave a page without {self._name}")
        self.rows += rows
        self.total = total if isinstance(total, int) else self.total
        if token and (token in self._tokens or len(self._tokens) >= _MOST_PAGES):
            raise BrokenOff("Zoom's pages run in a loop")
        self._tokens.add(token)
        return token


def segment(name: str) -> str:
    """A name as one segment of a path: an id, an address."""
    return quote(name, safe="")


def uuid_segment(uuid: str) -> str:
    """An instance's uuid as one segment of a path: encoded twice where Zoom's gateway would read a slash in it.

    Source: Zoom API, Using Zoom APIs, "Meeting ID and UUID".
    """
    return segment(segment(uuid)) if uuid.startswith("/") or "//" in uuid else segment(uuid)


def plain(text: object) -> str:
    """Foreign text, fit for a message: on one line, short, and without addresses, which may open a door."""
    return re.sub(r"\w+://\S+", "…", " ".join(str(text).split()))[:300]
