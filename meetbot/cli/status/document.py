"""The state of everything as one document. Counted by the database, and no list in it is longer than 20 lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from meetbot.core import live, pace, times
from meetbot.core.meetings import MeetingState
from meetbot.core.outbox import LetterState
from meetbot.flows import inbox
from meetbot.store import figures, holds, meetings, nodes
from meetbot.store.due import Scope

if TYPE_CHECKING:
    from meetbot.bootstrap import App
    from meetbot.core.live import LiveInstance
    from meetbot.core.model import Programme
    from meetbot.flows.inbox import Picture
    from meetbot.store.engine import Transaction
    from meetbot.store.meetings import Stored

MOST = 20
#: Letters that a person should know of, in the order of their weight.
IN_DOUBT = (LetterState.REFUSED, LetterState.BOUNCED, LetterState.UNKNOWN, LetterState.DEFERRED)
#: What stops while a scope is held.
_STOPS = {
    Scope.MAIL: "No letter leaves",
    Scope.ZOOM: "Nothing is changed at Zoom and nobody is registered there",
    Scope.CUES: "No cue is given",
}
#: Of a meeting that Zoom's events do not show.
_UNSEEN = {"live": None, "events": None}
_RECENT = timedelta(days=1)
#: The pace of the mail server is judged by this.
_LATELY = timedelta(minutes=5)
#: What should have been done for so long, a person should hear of.
_LATE = timedelta(minutes=15)


async def made(app: App) -> dict[str, Any]:
    """Instants in UTC, and beside them as the organiser's clock shows them."""
    programme, now = await app.programme(), app.clock.now()
    moment = _Moment(programme.zone if programme else "UTC")
    async with app.store.reading() as tx:
        seen = await _live(app, tx, programme)
        stored = await meetings.all_(tx)
        people = await figures.people(tx)
        waiting = await figures.waiting(tx, now=now)
        letters = await figures.letters(tx)
        next_ = await figures.next_due(tx)
        failures, failed = await figures.troubled(tx, most=MOST)
        doubled, twice = await figures.maybe_twice(tx, most=MOST)
        in_doubt = await figures.letters_in(tx, IN_DOUBT, most=MOST)
        put_off = await figures.put_off(tx, most=MOST)
        return {
            "programme": programme.key if programme else None,
            "zone": moment.zone,
            "holds": [_hold(scope, one, moment) for scope, one in sorted((await holds.all_(tx)).items())],
            "nodes": await _nodes(tx, moment),
            "being_checked": await figures.letters_unknown(tx) + _creations_unknown(stored.values()),
            "clock": [
                {**moment(row.at), "said": row.detail}
                for row in await figures.noted(tx, "clock", since=now - _RECENT, most=5)
            ],
            "meetings": [
                {**_meeting(one, people.get(key, {})), **seen.get(key, _UNSEEN)} for key, one in stored.items()
            ],
            "letters": dict(letters),
            "outlook": pace.outlook(
                await figures.letters_due(tx, now=now), await figures.letters_accepted(tx, since=now - _LATELY), _LATELY
            ),
            "next": {**moment(next_.due_at), "what": f"{next_.kind} {next_.subject}"} if next_ else None,
            "waiting": {str(kind): one.count for kind, one in waiting.items()},
            "overdue": {
                str(kind): moment(one.oldest)
                for kind, one in waiting.items()
                if one.oldest and now - one.oldest > _LATE
            },
            "held_up": [
                {"what": str(one.kind), "count": one.count, **moment(one.next_at), "why": one.reason} for one in put_off
            ],
            "failed": [
                {"what": f"{row.kind} {row.subject}", "state": row.state, **moment(row.done_at), "why": row.reason}
                for row in failed
            ],
            "letters_in_doubt": [_letter(row) for row in in_doubt],
            "letters_maybe_twice": [_letter(row) for row in twice],
            "more": {
                "failed": failures - len(failed),
                "letters_in_doubt": sum(letters.get(state, 0) for state in IN_DOUBT) - len(in_doubt),
                "letters_maybe_twice": doubled - len(twice),
            },
        }


class _Moment:
    """Shows instants on the organiser's clock."""

    def __init__(self, zone: str) -> None:
        self.zone = zone

    def __call__(self, at: datetime) -> dict[str, str]:
        return {"at": at.isoformat(), "shown": f"{times.date_text(at, self.zone)} {times.clock_text(at, self.zone)}"}


def _hold(scope: Scope, one: holds.Hold, moment: _Moment) -> dict[str, Any]:
    return {
        "scope": str(scope),
        **moment(one.since),
        "who": one.who,
        "why": one.reason,
        "stops": _STOPS[scope],
        "remedy": f"meetbot resume --{scope}",
    }


async def _nodes(tx: Transaction, moment: _Moment) -> list[dict[str, Any]]:
    """The processes that serve this store or did last; whether they live is judged by the database's clock."""
    now = await nodes.clock(tx)
    return [
        {
            "name": one.life.node,
            "alive": one.alive(now),
            "lease_until": one.lease_until.isoformat(),
            "since": moment(one.since) if one.since else None,
            "resumed": one.resumed,
        }
        for one in await nodes.listing(tx)
    ]


def _creations_unknown(stored: Iterable[Stored]) -> int:
    """Meetings of which nobody knows yet whether Zoom made them."""
    return sum(one.known.state is MeetingState.CREATING for one in stored)


async def _live(app: App, tx: Transaction, programme: Programme | None) -> dict[str, dict[str, Any]]:
    """By meeting, what Zoom's events show; nothing where none are taken in."""
    if programme is None or not app.settings.webhook_secrets:
        return {}
    now, stored = app.clock.now(), await meetings.all_(tx)
    return {
        key: _seen(await inbox.picture(tx, meeting, stored[key], now=now), meeting.zone, now)
        for key, meeting in programme.meetings.items()
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


def _meeting(one: Stored, people: Mapping[str, int]) -> dict[str, Any]:
    known = one.known
    place = {"key": known.key, "state": known.state, "reason": one.reason, "zoom_id": known.zoom_id}
    return {**place, "registrants": dict(people)}


def _letter(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "name": row.to_name,
        "to": row.to_address,
        "state": row.state,
        "why": row.reason,
    }
