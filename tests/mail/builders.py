"""Small builders: a letter of each kind with sensible facts, of which a test names only what it is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from meetbot.core.model import LINK_KINDS, Contact, JoinLink, Letter, LetterKind, Message
from meetbot.mail import compose, letters

TITLE = "Launching Ceremony of South-South Cooperation Skills Development Network"
ORGANISER = Contact("ILO-China Partnership Project", "launch@project.example.org")
URL = "https://us06web.zoom.us/w/85123456789?tk=AbCdEf0123.DQMAAAAT&uuid=WN_123"
LINK = JoinLink(URL)
UID = "launch-7@project.example.org"
MADE_AT = datetime(2021, 11, 8, 1, 0, tzinfo=UTC)

COMMON = {
    "programme": "ILO/China Partnership Project",
    "meeting": TITLE,
    "starts_at": "2021-11-10T07:00:00+00:00",
    "ends_at": "2021-11-10T10:00:00+00:00",
    "opens_at": "2021-11-10T06:30:00+00:00",
    "zone": "Asia/Bangkok",
}
BEFORE = {
    "title": TITLE,
    "starts_at": "2021-11-09T07:00:00+00:00",
    "ends_at": "2021-11-09T10:00:00+00:00",
    "zone": "Asia/Bangkok",
}
SEGMENT = {
    "title": "Session 1: Power of Networking",
    "starts_at": "2021-11-10T07:40:00+00:00",
    "ends_at": "2021-11-10T08:10:00+00:00",
    "planned_starts_at": "2021-11-10T07:30:00+00:00",
    "text": "Introduction to peer skills training centres",
}
GROUP = {"name": "Champasak Center", "registered": 4, "approved": 4, "attended": 3, "minutes": 480}
REPORT: dict[str, Any] = {
    "state": "final",
    "final": True,
    "meetings": [],
    "changes": [],
    "remarks": [],
    "invited": 70,
    "proven": 45,
    "declared": 2,
    "stayed": 41,
    "late": 6,
    "presence": [
        ["2021-11-10T07:00:00+00:00", 40],
        ["2021-11-10T07:35:00+00:00", 45],
        ["2021-11-10T10:00:00+00:00", 0],
    ],
    "reason": "unchanged in two readings",
    "registered": 64,
    "approved": 58,
    "attended": 47,
    "open": 1,
    "organisations": [GROUP],
    "countries": [{**GROUP, "name": "Lao PDR"}],
    "constituents": [{**GROUP, "name": "training institution"}],
    "segments": [
        {
            "key": "closing",
            "title": "Closing session",
            "planned_start": "2021-11-10T09:30:00+00:00",
            "planned_end": "2021-11-10T10:00:00+00:00",
            "real_start": "2021-11-10T09:41:00+00:00",
            "real_end": "2021-11-10T10:12:00+00:00",
            "present": 44,
        }
    ],
    "lines": [],
    "open_lines": [
        {"name": "iPhone 12", "hint": "s…@npic.example.org", "minutes": 33, "reason": "two share this address"}
    ],
    "absent": [{"name": "ຄຳໝັ້ນ ສີສຸກ", "organisation": "Lao Women Union"}],
    "peak": {"present": 45, "at": "2021-11-10T07:35:00+00:00"},
    "median_minutes": 151,
}
SIDE = {"organisation": "CVT", "until": "2021-11-12T10:00:00+00:00"}
BILATERAL: dict[str, Any] = {
    "peer": "Yunnan Technician College",
    "country": "China",
    "zone": "Asia/Shanghai",
    "starts_at": "2021-11-15T03:00:00+00:00",
    "ends_at": "2021-11-15T04:00:00+00:00",
}
INTERPRETING: dict[str, Any] = {
    "sides": [
        {"name": "CVT", "country": "Myanmar", "zone": "Asia/Yangon"},
        {"name": "Yunnan Technician College", "country": "China", "zone": "Asia/Shanghai"},
    ],
    "languages": ["Burmese", "Chinese"],
    "sign": False,
    "address": "li@interpreters.example.org",
}
OWN: Mapping[LetterKind, Mapping[str, Any]] = {
    LetterKind.RECEIVED: {"waits": True},
    LetterKind.LINK: {"segments": [{**SEGMENT, "timed": True, "people": ["Mr Ma Hezu, MOHRSS"]}]},
    LetterKind.REMINDER: {"before_minutes": 60},
    LetterKind.MOVED: {"change": {"before": BEFORE, "after": {**BEFORE, **COMMON}}},
    LetterKind.CANCELLED: {},
    LetterKind.DENIED: {"reason": "all places of your organisation are taken"},
    LetterKind.CUE: {
        "cue": "next",
        "segment": SEGMENT,
        "role": "presenter",
        "others": ["Mr Ma Hezu, MOHRSS"],
        "slip_minutes": 10,
        "for": None,
    },
    LetterKind.REPORT: {"report": REPORT, "version": 1},
    LetterKind.AVAILABILITY: {
        **SIDE,
        "first_on": "2021-11-15",
        "last_on": "2021-11-19",
        "minutes": 60,
        "peers": [{"name": "Yunnan Technician College", "country": "China"}],
        "nudge": False,
    },
    LetterKind.PROPOSAL: {**SIDE, "meetings": [BILATERAL]},
    LetterKind.BILATERALS: {**SIDE, "agreed": [BILATERAL], "moved": [], "cancelled": []},
    LetterKind.CONFIRMATION: {"confirmation": 1},
    LetterKind.SERIES: {
        **SIDE,
        "peer": "Yunnan Technician College",
        "subject": "Curriculum workshop",
        "meetings": [BILATERAL],
        "declined": False,
        "reason": "",
    },
    LetterKind.SILENT: {
        "until": "2021-11-12T10:00:00+00:00",
        "now": "2021-11-12T10:05:00+00:00",
        "sides": [
            {
                "organisation": "Lao Women Union",
                "zone": "Asia/Vientiane",
                "opens": "08:30",
                "closes": "17:00",
                "person": "Ms Keo",
                "address": "keo@lwu.example.org",
                "telephone": "+856 21 000 000",
                "waiting_for": ["Yunnan Technician College", "Hangzhou College"],
            }
        ],
    },
}


def message(
    kind: LetterKind,
    *,
    name: str = "Kyaw Zaw",
    address: str = "kyaw@cvt.example.org",
    zone: str = "Asia/Yangon",
    language: str = "en",
    sequence: int | None = None,
    **facts: Any,
) -> Message:
    letter = Letter(kind, {**COMMON, "name": name, **OWN[kind], **facts}, language, zone)
    return Message(letter, Contact(name, address), dedupe="one", sequence=sequence)


def link_for(kind: LetterKind) -> JoinLink | None:
    return LINK if kind in LINK_KINDS else None


def rendered(kind: LetterKind, **about: Any) -> letters.Rendered:
    """The letter with the link where its kind may carry one."""
    written = message(kind, **about)
    return letters.render(written, organiser=ORGANISER, link=link_for(kind), uid=UID, made_at=MADE_AT)


def composed(kind: LetterKind, *, organiser: Contact = ORGANISER, **about: Any) -> bytes:
    """The whole message, as it goes over the wire."""
    written = message(kind, **about)
    words = letters.render(written, organiser=organiser, link=link_for(kind), uid=UID, made_at=MADE_AT)
    return compose.compose(written, words, message_id="<m1@project.example.org>", organiser=organiser, made_at=MADE_AT)


def words_of(html: str) -> str:
    """What a reader sees of a page, in one line."""
    seen: list[str] = []
    reader = HTMLParser()
    reader.handle_data = seen.append  # type: ignore[assignment]
    reader.feed(re.sub(r"<style.*?</style>", "", html, flags=re.S))
    return " ".join(" ".join(seen).split())
