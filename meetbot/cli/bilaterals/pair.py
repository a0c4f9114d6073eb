"""`meetbot bilaterals pair`: who is to meet whom, from what the organisations wish."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from meetbot.cli import shell
from meetbot.cli.bilaterals import lists

if TYPE_CHECKING:
    from meetbot.core.bilaterals.pairing import Proposals
    from meetbot.core.model import Programme

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("preferences", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--at-least", default=0, show_default=True, type=click.IntRange(0, 50), help="Peers for each.")
@click.option("--at-most", default=4, show_default=True, type=click.IntRange(1, 50), help="Peers for each.")
@click.option("--out", type=_FILE, help="Write the pairs to this Excel file, for create-bilaterals.")
@click.option("--template", type=_FILE, help="Write an empty list of preferences to this file, and nothing else.")
@shell.as_json
@shell.in_loop
async def pair(
    preferences: Path | None, at_least: int, at_most: int, out: Path | None, template: Path | None, json_: bool
) -> None:
    """Propose pairs from PREFERENCES, an Excel or CSV list of what the organisations wish, each with its reason.

    Columns: Organisation, Wish (must, like or no), then Peer, or Country or Sector of the peers, and Rank (1 is the
    first choice); in Own sectors stand the organisation's own. Nothing is kept: the list of pairs is yours to change.

    \b
    Example:  meetbot bilaterals pair --template preferences.xlsx
              meetbot bilaterals pair preferences.xlsx --at-least 1 --out pairs.xlsx
    Exit code 5 when something could not be met.
    """
    if (preferences is None) == (template is None):
        raise click.UsageError("Name the list of preferences, or write an empty one with --template FILE.")
    if at_least > at_most:
        raise click.UsageError("--at-least is more than --at-most.")
    async with shell.app() as app:
        programme, now = await app.needed_programme(), app.clock.now()
    if template:
        from meetbot.files import preferences as list_of

        lists.write(template, list_of.template(programme, made_at=now))
    if not preferences:
        return
    found = _propose(preferences, programme, at_least, at_most)
    if json_:
        plain = [{"organisations": [one.pairing.a, one.pairing.b], "reason": one.reason} for one in found.pairs]
        shell.answer({"pairs": plain, "unmet": list(found.unmet)})
    else:
        _print(found)
    if out:
        from meetbot.files import pairs

        lists.write(out, pairs.xlsx([(one.pairing, one.reason) for one in found.pairs], programme, made_at=now))
    sys.exit(shell.PARTLY if found.unmet else 0)


def _propose(path: Path, programme: Programme, at_least: int, at_most: int) -> Proposals:
    """UserError without bilaterals; ProgrammeError with every cell that cannot be read."""
    from meetbot.core.bilaterals import pairing
    from meetbot.errors import UserError
    from meetbot.files import preferences

    plan = programme.bilaterals
    if plan is None:
        raise UserError("The programme has no bilaterals: write the part `bilaterals:`, then apply it.")
    reading = preferences.read(path, programme.organisations)
    lists.look_through(reading.problems)
    limits = pairing.Limits(at_least, at_most)
    return pairing.propose(programme.organisations, plan.sides, reading.preferences, limits, reading.sectors)


def _print(found: Proposals) -> None:
    from rich.text import Text

    from meetbot.cli import shown

    console = shell.console()
    if found.pairs:
        table = shown.table("\nProposed pairs")
        for heading in ("Organisation", "Peer", "Wish", "Weight", "Why"):
            table.add_column(heading)
        for one in found.pairs:
            is_ = one.pairing
            cells = (is_.a, is_.b, str(is_.wish), str(is_.weight), one.reason)
            table.add_row(*(Text(shell.inert(cell)) for cell in cells))
        console.print(table)
    for unmet in found.unmet:
        console.print(Text(f"! {shell.inert(unmet)}", style="yellow"))
    console.print(Text(f"{len(found.pairs)} pairs proposed.", style="bold"))
