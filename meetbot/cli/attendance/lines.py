"""`meetbot attendance`: the figure, and the lines that prove nothing, each with who it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from meetbot.cli import shell
from meetbot.cli.attendance.link import link
from meetbot.cli.attendance.settle import declare, match, unmatch
from meetbot.cli.rundown import the_meeting, which
from meetbot.core import times
from meetbot.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meetbot.bootstrap import App
    from meetbot.flows.attendance.looking import Look


@click.group(invoke_without_command=True)
@which
@shell.as_json
@click.pass_context
def attendance(context: click.Context, meeting: str | None, json_: bool) -> None:
    """Who attended, by which proof, and the lines of Zoom's report that prove nobody: each with who it may be.

    \b
    N   the name is that of one registrant alone: likely, and still for you to say
    ~   only alike, or the name of several

    \b
    Example:  meetbot attendance --meeting launch
              meetbot attendance match 72b9 sok.dara@npic.example
    """
    if context.invoked_subcommand is None:
        _show(meeting, json_)


for _command in (match, declare, unmatch, link):
    attendance.add_command(_command)


@shell.in_loop
async def _show(key: str | None, json_: bool) -> None:
    async with shell.app() as app:
        looks = await _looks(app, key)
    if json_:
        shell.answer([_document(one) for one in looks])
        return
    for one in looks:
        _print(one)


async def _looks(app: App, key: str | None) -> Sequence[Look]:
    """Of the meeting, or of all that there is a report of."""
    from meetbot.flows.attendance import looking
    from meetbot.store import attendance as store

    programme = await app.needed_programme()
    if key is not None:
        return [await looking.look(app.store, programme, the_meeting(programme, key))]
    async with app.store.reading() as tx:
        reported = [one for one in programme.meetings.values() if await store.reports(tx, one.key)]
    if not reported:
        raise UserError("There is no attendance report yet: it comes when a meeting is over.")
    return [await looking.look(app.store, programme, one) for one in reported]


def _document(look: Look) -> dict[str, Any]:
    document = look.document
    return {
        "meeting": look.meeting.key,
        "version": look.report.version,
        "figure": look.figure(),
        **{what: document[what] for what in ("state", "attended", "proven", "declared")},
        "open": [
            {**line, "candidates": [vars(one) for one in look.candidates.get(line["key"], ())]} for line in look.open
        ],
        "declared_lines": [vars(one) for one in look.said],
    }


def _print(look: Look) -> None:
    from rich.text import Text

    from meetbot.cli import shown

    console = shell.console()
    console.print(Text(f"{shell.inert(look.meeting.title)} ({look.meeting.key}), {look.document['state']}", "bold"))
    console.print(look.figure())
    table = shown.table()
    for column in ("Line", "Shown at Zoom", "There", "May be", "Why"):
        table.add_column(column)
    for line in look.open:
        likely = look.candidates.get(line["key"], ())
        first, *others = likely or [None]
        table.add_row(line["key"][:8], shell.inert(line["name"]), _stay(look, line), *_likely(look, first))
        for one in others:
            table.add_row("", "", "", *_likely(look, one))
    if look.open:
        console.print(table)
    for said in look.said:
        console.print(Text(f"{said.line[:8]}  {shell.inert(said.name)}: said by {shell.inert(said.said_by)}"))


def _stay(look: Look, line: Any) -> str:
    from datetime import datetime

    joined, left = (datetime.fromisoformat(line[what]) for what in ("joined_at", "left_at"))
    zone = times.zone(look.meeting.zone)
    return f"{joined.astimezone(zone):%H:%M}–{left.astimezone(zone):%H:%M}, {line['minutes']} min"


def _likely(look: Look, one: Any) -> tuple[str, str]:
    if one is None:
        return "", "nobody registered under a name like it"
    counted = ", is counted already" if one.registrant in look.counted else ""
    return f"{one.proof} {one.registrant} {shell.inert(one.name)}", f"{one.why}{counted}"
