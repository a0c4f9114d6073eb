"""`meetbot hold` and `meetbot resume`: stop what leaves, look at what waits, and let it go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from meetbot.cli import shell

if TYPE_CHECKING:
    from meetbot.bootstrap import App
    from meetbot.core.restored import Comparison
    from meetbot.flows.hold import Outlook

#: What stops while it is held, and what goes on.
_STOPS = {
    "mail": "no letter leaves; they are still written, and wait",
    "zoom": "nothing is changed at Zoom and nobody is registered there; Zoom's pages and reports are still read",
    "cues": "no cue is given; those that pass meanwhile are recorded as missed",
}
_GOES_ON = "Everything else goes on: the clock, Zoom's live events, the reading of Zoom, the commands."


def _scopes(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option("--cues", is_flag=True, help="Cues of the rundown.")(command)
    command = click.option("--zoom", is_flag=True, help="Changes at Zoom.")(command)
    return click.option("--mail", is_flag=True, help="Letters.")(command)


@click.command()
@_scopes
@click.option("--reason", default="", help="Kept with the hold, for whoever finds it.")
@shell.as_json
@shell.in_loop
async def hold(mail: bool, zoom: bool, cues: bool, reason: str, json_: bool) -> None:
    """Stop mail, changes at Zoom and cues at once; all of them where none is named. Nothing is lost.

    \b
    Example:  meetbot hold --mail --reason "wrong list imported"
    """
    from meetbot.flows import hold as flow
    from meetbot.store import holds

    async with shell.app() as app:
        chosen = _chosen(mail, zoom, cues)
        why = reason or "no reason was given"
        fresh = await flow.put(app.store, chosen, now=app.clock.now(), by=shell.person(), reason=why)
        async with app.store.reading() as tx:
            held = await holds.all_(tx)
        zone = await _zone(app)
    if json_:
        shell.answer({"held": _held(held), "anew": sorted(fresh)})
        return
    for scope in chosen:
        one = held[scope]
        before = "" if scope in fresh else f" already, since {_moment(one.since, zone)} by {one.who}: {one.reason}"
        click.echo(shell.inert(f"{scope}: held{before}; {_STOPS[scope]}."))
    click.echo(f"{_GOES_ON}\nLet it go on with: meetbot resume")


@click.command()
@_scopes
@click.option("--send-again", is_flag=True, help="After a restore: send also what went out before, by the journal.")
@shell.yes
@shell.dry_run
@shell.as_json
@shell.in_loop
async def resume(mail: bool, zoom: bool, cues: bool, send_again: bool, yes: bool, dry_run: bool, json_: bool) -> None:
    """Let what is held go on; all of it where nothing is named. Shows first what would leave at once, and asks.

    \b
    Example:  meetbot resume --dry-run
              meetbot resume --mail
    """
    from meetbot.flows import hold as flow
    from meetbot.flows import restored

    async with shell.app() as app:
        now, chosen, programme = app.clock.now(), _chosen(mail, zoom, cues), await app.programme()
        async with app.store.reading() as tx:
            outlook = await flow.outlook(tx, chosen, programme, now=now)
            was_restored = "mail" in outlook.held and await restored.waiting(tx) is not None
        compared = None
        if was_restored:
            compared = await restored.compare(app.store, programme, app.zoom, app.journal, now=now)
        elif send_again:
            raise click.UsageError("--send-again is for after a restore, and no restored backup waits.")
        if not json_:
            for line in _in_words(outlook, compared, await _zone(app)):
                click.echo(shell.inert(line))
        going_on = bool(outlook.held) and not dry_run and shell.agreed("Let it go on?", already=yes)
        if going_on:
            if was_restored:
                await restored.resume(app.store, app.journal, send_again=send_again, now=now, by=shell.person())
            outlook = await flow.resume(app.store, chosen, programme, now=app.clock.now(), by=shell.person())
    if json_:
        shell.answer({"resumed": going_on, **_document(outlook, compared)})
    elif going_on:
        click.echo(f"Goes on: {', '.join(sorted(outlook.held))}.")


def _chosen(mail: bool, zoom: bool, cues: bool) -> list[Any]:
    """The scopes that were named; all of them where none was."""
    from meetbot.store.due import Scope

    named = {Scope.MAIL: mail, Scope.ZOOM: zoom, Scope.CUES: cues}
    return [scope for scope in Scope if named[scope] or not any(named.values())]


async def _zone(app: App) -> str:
    """On whose clock times are shown."""
    programme = await app.programme()
    return programme.zone if programme else "UTC"


def _moment(at: datetime, zone: str) -> str:
    from meetbot.core import times

    return f"{times.date_text(at, zone)} {times.clock_text(at, zone)}"


def _held(held: Mapping[Any, Any]) -> list[dict[str, str]]:
    return [
        {"scope": str(scope), "since": one.since.isoformat(), "who": one.who, "why": one.reason}
        for scope, one in sorted(held.items())
    ]


def _in_words(outlook: Outlook, compared: Comparison | None, zone: str) -> Iterator[str]:
    """What is held and why, and what follows when it goes on."""
    from meetbot.store.due import Kind

    if not outlook.held:
        yield "Nothing of this is held."
        return
    for scope, one in sorted(outlook.held.items()):
        yield f"{scope}: held since {_moment(one.since, zone)} by {one.who}: {one.reason}"
    if compared is not None:
        yield from compared.text(zone).splitlines()
    if "mail" in outlook.held:
        yield from _letters(outlook, zone)
    if outlook.at_zoom is not None:
        people = _count(outlook.at_zoom.get(Kind.PUSH, 0), "registrant")
        yield f"Zoom would be told of {people}, and its meetings brought in line with the programme."
    if "cues" in outlook.held:
        yield f"Passed meanwhile, to be recorded as missed and not given: {_count(len(outlook.missed), 'cue')}."
        yield from (f"  {one.row.subject}, due {_moment(one.row.due_at, zone)}" for one in outlook.missed)


def _letters(outlook: Outlook, zone: str) -> Iterator[str]:
    total = sum(one.count for one in outlook.letters)
    yield f"{_count(total, 'letter')} would leave at once{':' if total else '.'}"
    for one in outlook.letters:
        yield f"  {one.count} {one.kind}, the oldest waits since {_moment(one.oldest, zone)}"
    if outlook.of_no_use:
        yield f"Of no more use, to expire instead: {_count(outlook.of_no_use, 'letter')}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _document(outlook: Outlook, compared: Comparison | None) -> dict[str, Any]:
    return {
        "held": _held(outlook.held),
        "letters": [
            {"kind": one.kind, "count": one.count, "oldest_at": one.oldest.isoformat()} for one in outlook.letters
        ],
        "expiring": outlook.of_no_use,
        "at_zoom": {str(kind): count for kind, count in (outlook.at_zoom or {}).items()},
        "missed": [
            {"cue": one.row.subject, "due_at": one.row.due_at.isoformat(), "why": one.reason} for one in outlook.missed
        ],
        "restored": compared.document() if compared else None,
    }
