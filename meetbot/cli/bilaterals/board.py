"""`meetbot bilaterals`: every pair with its state, age and next step."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from meetbot.cli import shell
from meetbot.cli.bilaterals.answer import answer
from meetbot.cli.bilaterals.answers import answers
from meetbot.cli.bilaterals.ask import ask
from meetbot.cli.bilaterals.cancel import cancel
from meetbot.cli.bilaterals.link import link
from meetbot.cli.bilaterals.move import move
from meetbot.cli.bilaterals.pair import pair
from meetbot.cli.bilaterals.series import series
from meetbot.core import times
from meetbot.core.bilaterals import State, overview

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from meetbot.bootstrap import App
    from meetbot.core.model import Programme


@click.group(invoke_without_command=True)
@click.option("--state", multiple=True, type=click.Choice([*map(str, State)]), help="Only these; repeatable.")
@click.option("--organisation", multiple=True, help="Key of an organisation; repeatable.")
@click.option("--excel", type=click.Path(path_type=Path), help="Write the board to this Excel file as well.")
@shell.as_json
@click.pass_context
def bilaterals(
    context: click.Context, state: tuple[str, ...], organisation: tuple[str, ...], excel: Path | None, json_: bool
) -> None:
    """Every pair: where it stands, since when, and what comes next; what needs somebody stands first.

    \b
    waiting    for an answer, or for a time to be found
    proposed   a time is offered to both sides
    agreed     its meeting is planned       created   its meeting stands at Zoom
    held       it has taken place           reported  its attendance report is final
    stuck      a person has to change something: the reason says what

    \b
    Example:  meetbot bilaterals --state stuck --state waiting
              meetbot bilaterals --excel board.xlsx
    """
    if context.invoked_subcommand is None:
        _board(state, organisation, excel, json_)


for _command in (pair, ask, answer, answers, cancel, link, move, series):
    bilaterals.add_command(_command)


@shell.in_loop
async def _board(states: Sequence[str], organisations: Sequence[str], excel: Path | None, json_: bool) -> None:
    async with shell.app() as app:
        programme, now = await app.needed_programme(), app.clock.now()
        rows = [
            one
            for one in await _rows(app, programme)
            if (not states or one.pair.state in states)
            and (not organisations or {one.pair.a, one.pair.b} & set(organisations))
        ]
    if excel:
        _export(rows, programme, excel, now)
    if json_:
        shell.answer(
            {"counts": {str(one): n for one, n in overview.counts(rows).items()}, "pairs": [*map(_plain, rows)]}
        )
    else:
        _print(rows, programme)


def _export(rows: Sequence[overview.Row], programme: Programme, excel: Path, now: datetime) -> None:
    from meetbot.files import board

    title = programme.bilaterals.title if programme.bilaterals else programme.title
    excel.write_bytes(board.xlsx(rows, title=title, zone=programme.zone, made_at=now))
    shell.say(f"{len(rows)} pairs written to {excel}.")


async def _rows(app: App, programme: Programme) -> tuple[overview.Row, ...]:
    from meetbot.store import bilaterals as store
    from meetbot.store import series

    async with app.store.reading() as tx:
        pairs, answers, further = await store.pairs(tx), await store.availabilities(tx), await series.proposals(tx)
    return overview.rows(programme, pairs, answers, further, now=app.clock.now())


def _print(rows: Sequence[overview.Row], programme: Programme) -> None:
    from rich.text import Text

    from meetbot.cli import shown

    console = shell.console()
    if not rows:
        console.print("No pair to show. Pairs come from the programme file, or: meetbot create-bilaterals PAIRS.xlsx")
        return
    table = shown.table(f"Bilaterals, times in {times.city(programme.zone)}")
    for heading in ("Pair", "State", "When", "For", "Why", "Next"):
        table.add_column(heading)
    for one in rows:
        cells = (one.pair.key, str(one.pair.state), when(one, programme.zone), age(one.age))
        table.add_row(*map(Text, map(shell.inert, (*cells, one.pair.reason, one.next_step))))
    console.print(table)
    console.print(", ".join(f"{count} {state}" for state, count in overview.counts(rows).items()))


def when(one: overview.Row, zone: str) -> str:
    """On the programme's clock and on those of the sides."""
    if one.interval is None:
        return ""
    span = times.span_text(one.interval, zone, one.a.zone, one.b.zone)
    return f"{times.date_text(one.interval.start, zone)} {span}"


def age(age: timedelta) -> str:
    """The larger unit: "3 d", "5 h", "12 min"."""
    for unit, name in ((timedelta(days=1), "d"), (timedelta(hours=1), "h")):
        if age >= unit:
            return f"{age // unit} {name}"
    return f"{max(age, timedelta()) // timedelta(minutes=1)} min"


def _plain(one: overview.Row) -> dict[str, Any]:
    pair = one.pair
    return {
        "key": pair.key,
        "organisations": [pair.a, pair.b],
        "state": str(pair.state),
        "reason": pair.reason,
        "since": pair.since.isoformat(),
        "starts_at": pair.starts_at.isoformat() if pair.starts_at else None,
        "language": one.language,
        "interpreter": pair.interpreter,
        "agreed_by": sorted(pair.agreed_by),
        "next": one.next_step,
    }
