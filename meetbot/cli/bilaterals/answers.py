"""`meetbot bilaterals answers`: what several sides said, from a list."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from meetbot.cli import shell
from meetbot.cli.bilaterals import answer as one_side
from meetbot.cli.bilaterals import lists
from meetbot.core.bilaterals import Availability

if TYPE_CHECKING:
    from meetbot.bootstrap import App
    from meetbot.core.model import Programme
    from meetbot.files.answers import Answers


@click.command()
@click.argument("answers_list", metavar="LIST", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@shell.yes
@shell.in_loop
async def answers(answers_list: Path, yes: bool) -> None:
    """Keep the answers in LIST, an Excel or CSV list with the columns Organisation, Date, From, To and Answer.

    Answer is yes, if needed or no; what a side is not listed with it cannot. Times are on the clock of each side.
    All are shown on all clocks, and asked about once. With a mistake in the list nothing is kept.

    \b
    Example:  meetbot bilaterals answers answers.xlsx
    """
    from meetbot.core.bilaterals import spoken

    async with shell.app() as app:
        programme = await app.needed_programme()
        asked = await _asked(app, programme)
        reading = _read(answers_list, programme, asked)
        said = {key: spoken.said(asked[key].hours, heard) for key, heard in sorted(reading.said.items())}
        for key, theirs in said.items():
            one_side.show(asked[key], theirs)
        count = "1 answer" if len(said) == 1 else f"{len(said)} answers"
        if not shell.agreed(f"Keep {count}?", already=yes):
            return
        for key, theirs in said.items():
            await one_side.keep(app, programme, Availability(key, theirs, app.clock.now(), "organiser (list)"))


async def _asked(app: App, programme: Programme) -> dict[str, one_side.Asked]:
    """By organisation, all that are asked something."""
    found = {key: await one_side.look(app, programme, one) for key, one in programme.organisations.items()}
    return {key: one for key, one in found.items() if one.offered}


def _read(path: Path, programme: Programme, asked: dict[str, one_side.Asked]) -> Answers:
    from meetbot.files import answers

    reading = answers.read(path, programme.organisations, {key: one.offered for key, one in asked.items()})
    lists.look_through(reading.problems)
    return reading
