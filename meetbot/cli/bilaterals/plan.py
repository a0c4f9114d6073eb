"""How found times look on a terminal: by day, on every clock involved, and why a pair has none."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from rich.text import Text

from meetbot.cli import shell, shown
from meetbot.core import budget, times
from meetbot.core.times import Interval

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from meetbot.core.model import Programme
    from meetbot.flows.bilaterals import Found


def show(found: Found, programme: Programme) -> None:
    """The whole plan; nothing has been done yet."""
    console = shell.console()
    for _, keys in groupby(_in_order(found), key=lambda key: _day(found, programme, key)):
        console.print(_table(found, programme, list(keys)))
    if not found.schedule.placed and not found.reasons:
        console.print("No pairs. Name them in the programme file, or in a list: meetbot create-bilaterals PAIRS.xlsx")
    for key, reason in found.reasons.items():
        console.print(Text(f"! {key}: {shell.inert(reason)}", style="yellow"))
    _figures(console, found, programme)


def _in_order(found: Found) -> list[str]:
    return sorted(found.schedule.placed, key=lambda key: (found.schedule.placed[key].step, key))


def _day(found: Found, programme: Programme, key: str) -> date:
    at = found.problem.grid.at(found.schedule.placed[key].step)
    return at.astimezone(times.zone(programme.zone)).date()


def _table(found: Found, programme: Programme, keys: list[str]) -> Table:
    first = found.problem.grid.at(found.schedule.placed[keys[0]].step)
    table = shown.table(f"\n{times.date_text(first, programme.zone)}")
    for heading in ("", "Pair", "When", "Interpreter"):
        table.add_column(heading)
    for key in keys:
        placed = found.schedule.placed[key]
        sign = "+" if key in found.fresh else " "
        table.add_row(sign, key, _when(found, programme, key), shell.inert(placed.interpreter or ""))
    return table


def _when(found: Found, programme: Programme, key: str) -> str:
    """On the programme's clock and on that of each side."""
    start = found.problem.grid.at(found.schedule.placed[key].step)
    pair = found.pairs[key]
    zones = [programme.organisations[side].zone for side in (pair.a, pair.b)]
    length = found.problem.length * found.problem.grid.step
    return times.span_text(Interval(start, start + length), programme.zone, *zones)


def _figures(console: Console, found: Found, programme: Programme) -> None:
    schedule, new = found.schedule, len(found.fresh)
    best = "; no better plan exists" if schedule.proven else f"; at most {schedule.gap:.1%} below the best possible"
    have = f"{len(schedule.placed)} of {len(schedule.placed) + len(found.reasons)} pairs have a time"
    console.print(f"\n{have}{best if schedule.placed else ''}.")
    if schedule.reluctant:
        console.print(f'{schedule.reluctant} at a time at which a side said "if needed".')
    if new:
        meetings = "1 meeting" if new == 1 else f"{new} meetings"
        calls = budget.WRITES_A_DAY * sum(not one.backup for one in programme.hosts)
        console.print(f"{meetings} to create: as many of the {calls} calls that meetbot lets the hosts make in a day.")
    else:
        console.print(Text("Nothing to create.", style="bold"))
