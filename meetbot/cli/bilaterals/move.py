"""`meetbot bilaterals move`: what was agreed goes to another week or day."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from meetbot.cli import shell
from meetbot.core import times
from meetbot.core.times import Interval

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from meetbot.bootstrap import App
    from meetbot.core.bilaterals.moving import Days
    from meetbot.core.model import Programme
    from meetbot.flows.bilaterals import Move, Moving

_SECONDS = 20


@click.command()
@click.option(
    "--pairs", multiple=True, default=["all"], help="Key of a pair, repeatable; without it all that are agreed."
)
@click.option("--to", required=True, help="A week (week48) or a day (2021-11-29).")
@click.option(
    "--keep-weekday", is_flag=True, help="Each on its weekday or not at all; else any day of the week will do."
)
@click.option("--seconds", default=_SECONDS, show_default=True, type=click.IntRange(1, 600), help="To look for times.")
@shell.yes
@shell.dry_run
@shell.as_json
@shell.in_loop
async def move(
    pairs: tuple[str, ...], to: str, keep_weekday: bool, seconds: int, yes: bool, dry_run: bool, json_: bool
) -> None:
    """Move agreed bilaterals to another week or day, after one look and one question.

    Each goes to the same time of day, and in a week to the same weekday. One that cannot goes to the nearest time
    that both sides, a host and an interpreter have; one without any time stays where it is. Of days of which a side
    has said nothing its working hours are taken, so ask it first. Given again it changes nothing.

    \b
    Example:  meetbot bilaterals move --to week48 --dry-run
              meetbot bilaterals move --pairs npic+yunnan-technician --to 2021-11-29
    Exit code 5 when some stay where they are.
    """
    from meetbot.flows import bilaterals as flow

    async with shell.app() as app:
        programme, now = await app.needed_programme(), app.clock.now()
        days = _days(to, programme, now)
        keys = None if "all" in pairs else list(dict.fromkeys(pairs))
        shown = await flow.would_move(app.store, keys, days, same_day=keep_weekday, now=now, seconds=seconds)
        if not json_:
            show(shown)
        moved: tuple[str, ...] = ()
        if not dry_run and any(one.after for one in shown.moves):
            if not shell.agreed("Move them?", already=yes):
                return
            moved = await flow.move(app.store, shown, now=app.clock.now(), by=shell.person())
            await _at_zoom(app)
    if json_:
        shell.answer(plain(shown, moved))
    stays = [one for one in shown.moves if one.after is None]
    sys.exit(shell.PARTLY if stays or shown.wanted.refused else 0)


def _days(to: str, programme: Programme, now: datetime) -> Days:
    from meetbot.core.bilaterals import moving

    try:
        return moving.named(to, now.astimezone(times.zone(programme.zone)).date())
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--to") from None


async def _at_zoom(app: App) -> None:
    from meetbot.flows import meetings

    outcome = await meetings.sync(app.store, await app.needed_programme(), app.zoom, now=app.clock.now())
    for remark in outcome.remarks:
        shell.say(remark)


def show(shown: Moving) -> None:
    """What moves where and why, and who hears of it."""
    from rich.text import Text

    from meetbot.cli import shown as looks

    console, programme = shell.console(), shown.wanted.programme
    going = [one for one in shown.moves if one.after]
    if going:
        table = looks.table("\nBilaterals that move")
        for heading in ("Pair", "From", "To", "Why not at the same time"):
            table.add_column(heading)
        for one in going:
            table.add_row(*(Text(shell.inert(cell)) for cell in _cells(shown, one)))
        console.print(table)
    for key, why in {**{one.pair.key: one.why for one in shown.moves if not one.after}, **shown.wanted.refused}.items():
        console.print(Text(f"! {key} stays: {shell.inert(why)}", style="yellow"))
    if shown.wanted.there:
        console.print(f"Already there: {', '.join(shown.wanted.there)}")
    console.print(_told(shown, going, programme) if going else Text("Nothing to do.", style="bold"))


def _cells(shown: Moving, one: Move) -> tuple[str, str, str, str]:
    assert one.after is not None, "it moves"
    host = f"new link for everybody: {one.new_host} holds it" if one.new_host else ""
    why = "; ".join(filter(None, (one.why, host)))
    return one.pair.key, _when(shown, one, one.before), _when(shown, one, one.after), why


def _when(shown: Moving, one: Move, start: datetime) -> str:
    """The date on the programme's calendar, and the time on every clock involved."""
    programme = shown.wanted.programme
    zones = [programme.organisations[side].zone for side in (one.pair.a, one.pair.b)]
    span = Interval(start, start + shown.wanted.asked.plan.duration)
    return f"{times.date_text(start, programme.zone)}\n" + times.span_text(span, programme.zone, *zones).replace(
        " = ", "\n"
    )


def _told(shown: Moving, going: Sequence[Move], programme: Programme) -> str:
    """Who hears of it."""
    sides = {side for one in going for side in (one.pair.a, one.pair.b)}
    focal_points = sum(programme.organisations[side].focal_point is not None for side in sides)
    interpreters = {address for one in going for address in (one.pair.interpreter, one.interpreter) if address}
    counts = (
        (focal_points, "focal point", "focal points"),
        (shown.people, "registered person", "registered people"),
        (len(interpreters), "interpreter", "interpreters"),
    )
    said = ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in counts)
    return f"{len(going)} of {len(shown.moves)} move. Told, with calendar entries moved in place: {said}."


def plain(shown: Moving, moved: Sequence[str]) -> dict[str, Any]:
    """For machines; instants in UTC."""
    return {
        "moves": {
            one.pair.key: {
                "from": one.before.isoformat(),
                "to": one.after.isoformat() if one.after else None,
                "interpreter": one.interpreter,
                "new_host": one.new_host,
                "why": one.why,
            }
            for one in shown.moves
        },
        "already_there": list(shown.wanted.there),
        "refused": dict(shown.wanted.refused),
        "people": shown.people,
        "moved": list(moved),
    }
