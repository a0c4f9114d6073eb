"""`meetbot status`: what waits, what failed and why, and the next duty."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from meetbot.cli import shell
from meetbot.core import times

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from meetbot.bootstrap import App
    from meetbot.core.live import LiveInstance
    from meetbot.core.model import Programme
    from meetbot.flows.inbox import Picture
    from meetbot.store.due import Due
    from meetbot.store.engine import Transaction
    from meetbot.store.meetings import Stored
    from meetbot.store.outbox import Outgoing


@click.command()
@shell.as_json
@shell.in_loop
async def status(json_: bool) -> None:
    """What waits, what failed and why, and what is due next.

    \b
    Example:  meetbot status --json | jq .failed
    """
    async with shell.app() as app:
        document = await _document(app)
    if json_:
        shell.answer(document)
    else:
        _print(document)


async def _document(app: App) -> dict[str, Any]:
    from meetbot.store import due, meetings, outbox, registration

    programme = await app.programme()
    async with app.store.reading() as tx:
        live = await _live(app, tx, programme)
        waiting = await due.waiting(tx)
        troubled = await due.ended(tx, list(due.Kind), ["failed", "missed"])
        stored = await meetings.all_(tx)
        messages = await outbox.listing(tx)
        people = {key: Counter(str(one.status) for one in await registration.listing(tx, key)) for key in stored}
    return {
        "programme": programme.key if programme else None,
        "meetings": [{**_meeting(one, people[key]), **live.get(key, _UNSEEN)} for key, one in stored.items()],
        "letters": dict(Counter(one.state for one in messages)),
        "next": _next(waiting[0], programme) if waiting else None,
        "waiting": dict(Counter(str(one.kind) for one in waiting)),
        "held_up": _held_up(waiting, programme),
        "failed": [
            {"what": f"{row.kind} {row.subject}", "state": row.state, "at": row.done_at.isoformat(), "why": row.reason}
            for row in troubled
        ],
        "letters_in_doubt": [_letter(one) for one in messages if one.state in ("failed", "unknown", "deferred")],
    }


#: Of a meeting that Zoom's events do not show.
_UNSEEN = {"live": None, "events": None}


async def _live(app: App, tx: Transaction, programme: Programme | None) -> dict[str, dict[str, Any]]:
    """By meeting, what Zoom's events show; nothing where none are taken in."""
    from meetbot.flows import inbox
    from meetbot.store import meetings

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
    from meetbot.core import live

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


def _held_up(waiting: Sequence[Due], programme: Programme | None) -> list[dict[str, Any]]:
    """What was tried and put off, alike ones together, with its reason and when the first of them is tried again."""
    alike: dict[tuple[str, str], list[Due]] = {}
    for one in waiting:
        if one.reason:
            alike.setdefault((one.kind, one.reason), []).append(one)
    return [
        {"what": str(kind), "count": len(those), **_moment(those[0].due_at, programme), "why": why}
        for (kind, why), those in alike.items()
    ]


def _letter(one: Outgoing) -> dict[str, Any]:
    kind, to = one.message.letter.kind, one.message.to.address
    return {"id": one.id, "kind": kind, "to": to, "state": one.state, "why": one.reason}


def _next(one: Due, programme: Programme | None) -> dict[str, str]:
    """The next duty."""
    return {**_moment(one.due_at, programme), "what": f"{one.kind} {one.subject}"}


def _moment(at: datetime, programme: Programme | None) -> dict[str, str]:
    """A moment in UTC and as the organiser's clock shows it."""
    zone = programme.zone if programme else "UTC"
    return {"at": at.isoformat(), "shown": f"{times.date_text(at, zone)} {times.clock_text(at, zone)}"}


def _print(document: dict[str, Any]) -> None:
    click.echo(f"Programme: {document['programme'] or 'none applied yet (meetbot apply FILE)'}")
    for one in document["meetings"]:
        people = ", ".join(f"{count} {word}" for word, count in one["registrants"].items()) or "nobody registered"
        click.echo(f"  {one['key']}: {one['state']} - {shell.inert(one['reason'])}; {people}")
        if one["live"]:
            click.echo(f"    {one['live']['shown']}")
        if one["events"]:
            click.echo(f"    {one['events']}")
    click.echo(f"Letters: {_counted(document['letters'])}")
    click.echo(f"Waiting: {_counted(document['waiting'])}")
    for one in document["held_up"]:
        click.echo(f"  {one['count']} {one['what']} put off until {one['shown']}: {shell.inert(one['why'])}")
    if document["next"]:
        click.echo(f"Next:    {document['next']['what']}, {document['next']['shown']}")
    for one in document["letters_in_doubt"]:
        click.echo(f"  letter {one['id']} ({one['kind']} to {one['to']}) {one['state']}: {shell.inert(one['why'])}")
    for one in document["failed"]:
        click.echo(f"  {one['what']} {one['state']} at {one['at']}: {shell.inert(one['why'])}")


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {word}" for word, count in counts.items()) or "none"
