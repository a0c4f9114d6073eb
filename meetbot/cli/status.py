"""`meetbot status`: what waits, what failed and why, and the next duty."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from meetbot.cli import shell
from meetbot.core import times

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meetbot.bootstrap import App
    from meetbot.core.model import Programme
    from meetbot.store.due import Due
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
        waiting = await due.waiting(tx)
        troubled = await due.ended(tx, list(due.Kind), ["failed", "missed"])
        stored = await meetings.all_(tx)
        messages = await outbox.listing(tx)
        people = {key: Counter(str(one.status) for one in await registration.listing(tx, key)) for key in stored}
    return {
        "programme": programme.key if programme else None,
        "meetings": [_meeting(one, people[key]) for key, one in stored.items()],
        "letters": dict(Counter(one.state for one in messages)),
        "next": _next(waiting[0], programme) if waiting else None,
        "waiting": dict(Counter(str(one.kind) for one in waiting)),
        "failed": [
            {"what": f"{row.kind} {row.subject}", "state": row.state, "at": row.done_at.isoformat(), "why": row.reason}
            for row in troubled
        ],
        "letters_in_doubt": [_letter(one) for one in messages if one.state in ("failed", "unknown", "deferred")],
    }


def _meeting(one: Stored, people: Mapping[str, int]) -> dict[str, Any]:
    known = one.known
    place = {"key": known.key, "state": known.state, "reason": one.reason, "zoom_id": known.zoom_id}
    return {**place, "registrants": dict(people)}


def _letter(one: Outgoing) -> dict[str, Any]:
    kind, to = one.message.letter.kind, one.message.to.address
    return {"id": one.id, "kind": kind, "to": to, "state": one.state, "why": one.reason}


def _next(one: Due, programme: Programme | None) -> dict[str, str]:
    """The next duty, in UTC and as the organiser's clock shows it."""
    zone = programme.zone if programme else "UTC"
    shown = f"{times.date_text(one.due_at, zone)} {times.clock_text(one.due_at, zone)}"
    return {"at": one.due_at.isoformat(), "shown": shown, "what": f"{one.kind} {one.subject}"}


def _print(document: dict[str, Any]) -> None:
    click.echo(f"Programme: {document['programme'] or 'none applied yet (meetbot apply FILE)'}")
    for one in document["meetings"]:
        people = ", ".join(f"{count} {word}" for word, count in one["registrants"].items()) or "nobody registered"
        click.echo(f"  {one['key']}: {one['state']} - {shell.inert(one['reason'])}; {people}")
    click.echo(f"Letters: {_counted(document['letters'])}")
    click.echo(f"Waiting: {_counted(document['waiting'])}")
    if document["next"]:
        click.echo(f"Next:    {document['next']['what']}, {document['next']['shown']}")
    for one in document["letters_in_doubt"]:
        click.echo(f"  letter {one['id']} ({one['kind']} to {one['to']}) {one['state']}: {shell.inert(one['why'])}")
    for one in document["failed"]:
        click.echo(f"  {one['what']} {one['state']} at {one['at']}: {shell.inert(one['why'])}")


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {word}" for word, count in counts.items()) or "none"
