"""Small builders: every noun with sensible values, of which a test names only what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from meetbot.core import times
from meetbot.core.meetings import KnownMeeting, MeetingState
from meetbot.core.model import (
    Contact,
    Form,
    Meeting,
    Organisation,
    Part,
    Person,
    Programme,
    Registrant,
    ReportReader,
    Role,
    Segment,
    Status,
)
from meetbot.core.remote import PlannedMeeting, Reading, RemoteMeeting, Session
from meetbot.core.rundown import Rundown
from meetbot.core.times import Interval

BANGKOK = "Asia/Bangkok"


def bkk(clock: str, date: str = "2021-11-10") -> datetime:
    """The instant at which clocks in Bangkok show this; "14:00:30" gives seconds too."""
    return times.at(f"{date} {clock[:5]}", BANGKOK) + timedelta(seconds=int(clock[6:] or 0))


def span(start: str, end: str) -> Interval:
    return Interval(bkk(start), bkk(end))


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def organisation(key: str = "npic", **other: Any) -> Organisation:
    values: dict[str, Any] = {
        "name": "National Polytechnic Institute of Cambodia (NPIC)",
        "country": "Cambodia",
        "constituent": "training institution",
        "zone": "Asia/Phnom_Penh",
        "quota": 5,
    }
    return Organisation(key=key, **{**values, **other})


def segment(key: str, start: str, end: str, *people: str, **other: Any) -> Segment:
    """A timed segment in which these people speak."""
    parts = tuple(Part(Role.SPEAKER, person=one) for one in people)
    return Segment(
        **{"key": key, "title": key.title(), "interval": span(start, end), "timed": True, "parts": parts, **other}
    )


RUNDOWN = (
    segment("registration", "13:30", "14:00"),
    segment("welcome", "14:00", "14:30", "panudda", "tang"),
    segment("photo", "14:30", "14:30", timed=False),
    segment("networking", "14:30", "15:00", "liu"),
    segment("workplan", "15:00", "15:30", "magnat"),
    segment("discussion", "15:30", "16:30", "li"),
    segment("closing", "16:30", "17:00", "hao"),
)


def meeting(**other: Any) -> Meeting:
    values: dict[str, Any] = {
        "key": "launch",
        "title": "Launching Ceremony",
        "text": "Skills Development Network",
        "interval": span("14:00", "17:00"),
        "opens_at": bkk("13:30"),
        "zone": BANGKOK,
        "host": "host@ilo.example",
        "rundown": RUNDOWN,
    }
    return Meeting(**{**values, **other})


def person(key: str, **other: Any) -> Person:
    return Person(**{"key": key, "name": f"Ms {key.title()} Speaker", "office": "ILO", **other})


def programme(*meetings: Meeting, **other: Any) -> Programme:
    standing = meetings or (meeting(),)
    keys = {part.person for one in standing for each in one.rundown for part in each.parts if part.person}
    values: dict[str, Any] = {
        "key": "network",
        "title": "South-South Cooperation",
        "zone": BANGKOK,
        "language": "en",
        "organiser": Contact("Organiser", "office@ilo.example"),
        "reports_to": (ReportReader("Donor", "donor@ilo.example"),),
        "organisations": {"npic": organisation()},
        "people": {key: person(key) for key in sorted(keys)},
        "meetings": {one.key: one for one in standing},
    }
    return Programme(**{**values, **other})


def form(name: str = "Sok Dara", **other: Any) -> Form:
    address = f"{name.split()[-1].lower()}@npic.example"
    return Form(**{"meeting": "launch", "address": address, "name": name, "organisation": "NPIC", **other})


def registrant(id_: int = 1, name: str = "Sok Dara", **other: Any) -> Registrant:
    """An approved registrant, known at Zoom as "z1" for id 1; `address` and the like go into the form."""
    of_form = {key: other.pop(key) for key in ("address", "country", "source") if key in other}
    values: dict[str, Any] = {
        "form": form(name, **of_form),
        "organisation": "npic",
        "status": Status.APPROVED,
        "reason": "invited",
        "zone": "Asia/Phnom_Penh",
        "language": "en",
        "zoom_id": f"z{id_}",
        "pushed": True,
    }
    return Registrant(id=id_, **{**values, **other})


def planned(key: str = "launch", **other: Any) -> PlannedMeeting:
    values: dict[str, Any] = {
        "ref": f"ref-{key}",
        "host": "host@ilo.example",
        "topic": key.title(),
        "text": "",
        "starts_at": bkk("14:00"),
        "minutes": 180,
        "zone": BANGKOK,
    }
    return PlannedMeeting(key=key, **{**values, **other})


def known(plan: PlannedMeeting, state: MeetingState = MeetingState.CREATED, **other: Any) -> KnownMeeting:
    """What the store knows; a created one stands at Zoom as "id-launch" exactly as planned."""
    stands = state not in (MeetingState.PLANNED, MeetingState.CREATING, MeetingState.CANCELLED)
    values: dict[str, Any] = {
        "key": plan.key,
        "ref": plan.ref,
        "state": state,
        "zoom_id": f"id-{plan.key}" if stands else None,
        "planned": plan if stands else None,
    }
    return KnownMeeting(**{**values, **other})


def listed(plan: PlannedMeeting, **other: Any) -> RemoteMeeting:
    """The meeting as a row of Zoom's list, which has no settings."""
    values: dict[str, Any] = {
        "id": f"id-{plan.key}",
        "uuid": f"uuid-{plan.key}",
        "host": "KDcuGIm1QgePTO8WbOqwIQ",
        "ref": plan.ref,
        "topic": plan.topic,
        "starts_at": plan.starts_at,
        "minutes": plan.minutes,
    }
    return RemoteMeeting(**{**values, **other})


def whole(plan: PlannedMeeting, **other: Any) -> RemoteMeeting:
    """The meeting as Zoom reports it alone, with every setting kept."""
    kept = replace(
        listed(plan),
        approval_type=1,
        waiting_room=plan.waiting_room,
        silent=True,
        alternative_hosts=plan.alternative_hosts,
    )
    return replace(kept, **other)


def rundown(**other: Any) -> Rundown:
    """The launch before anybody has started it."""
    values: dict[str, Any] = {
        "meeting": "launch",
        "segments": RUNDOWN,
        "started": {},
        "ended": {},
        "slip": timedelta(),
        "held_at": None,
    }
    return Rundown(**{**values, **other})


def session(
    start: str, end: str, registrant_id: str = "", address: str = "", name: str = "iPhone", **other: Any
) -> Session:
    return Session(name, address, registrant_id, span(start, end), **other)


def reading(*sessions: Session, uuid: str = "uuid-1", being_built: bool = False) -> Reading:
    return Reading(uuid, sessions, being_built)
