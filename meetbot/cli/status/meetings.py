"""Of the status: each meeting with its people, and how it runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from meetbot.cli.status.look import Look
from meetbot.core import live
from meetbot.flows import inbox
from meetbot.store import figures, meetings

if TYPE_CHECKING:
    from meetbot.core.live import LiveInstance
    from meetbot.flows.inbox import Picture
    from meetbot.store.meetings import Stored

#: Of a meeting that Zoom's events do not show.
_UNSEEN = {"live": None, "events": None}


async def part(look: Look, *, hears: bool) -> list[dict[str, Any]]:
    """`hears`: Zoom's events are taken in."""
    stored = await meetings.all_(look.tx)
    people = await figures.people(look.tx)
    seen = await _live(look, stored) if hears else {}
    return [{**_meeting(one, people.get(key, {})), **seen.get(key, _UNSEEN)} for key, one in stored.items()]


def _meeting(one: Stored, people: Mapping[str, int]) -> dict[str, Any]:
    known = one.known
    place = {"key": known.key, "state": known.state, "reason": one.reason, "zoom_id": known.zoom_id}
    return {**place, "registrants": dict(people)}


async def _live(look: Look, stored: Mapping[str, Stored]) -> dict[str, dict[str, Any]]:
    """By meeting, what Zoom's events show."""
    planned = look.programme.meetings if look.programme else {}
    return {
        key: _seen(await inbox.picture(look.tx, meeting, stored[key], now=look.now), look.zone, look.now)
        for key, meeting in planned.items()
        if key in stored
    }


def _seen(picture: Picture, zone: str, now: datetime) -> dict[str, Any]:
    return {"live": _run(picture.instance, zone, now) if picture.instance else None, "events": picture.silent}


def _run(one: LiveInstance, zone: str, now: datetime) -> dict[str, Any]:
    return {
        "shown": live.summary(one, now, zone),
        "since": one.started_at.isoformat() if one.started_at else None,
        "inside": len(one.inside),
        "waiting": len(one.waiting),
        "recording_since": one.recording_since.isoformat() if one.recording_since else None,
        "last_event_at": one.last_at.isoformat(),
    }
