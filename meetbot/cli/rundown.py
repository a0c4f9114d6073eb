"""`meetbot rundown`: the day's commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from meetbot.cli import shell
from meetbot.core.model import Meeting, Programme
from meetbot.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meetbot.core.rundown import Expected
    from meetbot.flows.rundown import Command

which = click.option("--meeting", help="Key of the meeting; needed only where the programme has several.")


@click.group()
def rundown() -> None:
    """Run the day: start, next, hold, slip. Later cues move with the rundown, all at once.

    \b
    Example:  meetbot rundown start
              meetbot rundown slip +12
    """


@rundown.command("show")
@which
@shell.as_json
@shell.in_loop
async def show(meeting: str | None, json_: bool) -> None:
    """Planned and expected times of each segment.

    \b
    Example:  meetbot rundown show
    """
    from meetbot.core import rundown as core
    from meetbot.store import rundown as store

    async with shell.app() as app:
        programme = await app.needed_programme()
        chosen = the_meeting(programme, meeting)
        async with app.store.reading() as tx:
            state = await store.get(tx, chosen)
    _print(chosen, core.expected(state), json_)


def _print(meeting: Meeting, expected: Sequence[Expected], json_: bool) -> None:
    from meetbot.cli import shown

    if json_:
        shell.answer(shown.rundown_document(meeting, expected))
    else:
        shell.console().print(shown.rundown_table(meeting, expected))


def _command(name: str, text: str) -> None:
    """One of the commands that take no argument."""

    @rundown.command(name, help=f"{text}\n\n\b\nExample:  meetbot rundown {name}")
    @which
    @shell.as_json
    @shell.in_loop
    async def run(meeting: str | None, json_: bool) -> None:
        from meetbot.core import rundown as core

        do = {"start": core.start, "next": core.advance, "hold": core.hold}[name]
        await _do(meeting, do, name, json_)


_command("start", "Begin the first segment, or go on after a hold.")
_command("next", "End the running segment and begin the following one.")
_command("hold", "Pause: no cue fires until `start`.")


@rundown.command(context_settings={"ignore_unknown_options": True})
@click.argument("minutes", type=int)
@which
@shell.as_json
@shell.in_loop
async def slip(minutes: int, meeting: str | None, json_: bool) -> None:
    """Move all that is still to come by MINUTES: `slip +12`, `slip -5`.

    \b
    Example:  meetbot rundown slip +12
    """
    from meetbot.core import rundown as core

    await _do(meeting, lambda state, now: core.slip(state, minutes, now), "slip", json_)


async def _do(key: str | None, do: Command, name: str, json_: bool) -> None:
    from meetbot.core import rundown as core
    from meetbot.flows import rundown as flow

    async with shell.app() as app:
        programme = await app.needed_programme()
        chosen = the_meeting(programme, key)
        now, by = app.clock.now(), shell.person()
        move = await flow.command(app.store, programme, chosen, do, name=name, now=now, by=by)
    if not json_:
        click.echo(move.reason)
    _print(chosen, core.expected(move.rundown), json_)


def the_meeting(programme: Programme, key: str | None) -> Meeting:
    """The meeting of that key, or the only one. UserError names what there is to choose from."""
    if key is None and len(programme.meetings) == 1:
        return next(iter(programme.meetings.values()))
    if key is not None and key in programme.meetings:
        return programme.meetings[key]
    known = ", ".join(programme.meetings)
    raise UserError(f"Which meeting? Name it with --meeting; the programme has: {known}")
