"""`meetbot bilaterals series`: two that want to go on meet again, week after week."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from meetbot.cli import shell
from meetbot.core import times
from meetbot.core.times import Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from meetbot.core.bilaterals import Pair
    from meetbot.flows.bilaterals import GoingOn

_WEEKS = {"week": 1, "two-weeks": 2}


@click.command()
@click.argument("pair")
@click.option("--times", "count", type=click.IntRange(1, 52), help="How many further meetings in all.")
@click.option("--every", default="week", show_default=True, type=click.Choice([*_WEEKS]))
@click.option("--about", default="", help="What they are about; stands in their titles.")
@shell.yes
@shell.dry_run
@shell.as_json
@shell.in_loop
async def series(pair: str, count: int | None, every: str, about: str, yes: bool, dry_run: bool, json_: bool) -> None:
    """Let the two of an agreed PAIR meet again, on the weekday and at the time of their first meeting.

    Without --times: confirm for both what one side has asked for on its page.

    A date that is a holiday of either side, outside their hours or taken gives way to the nearest time of its week, a
    week without any to the next. Both delegations are registered. Every meeting has a calendar entry and a join link
    of its own: one recurring entry could carry only one link. Given again it adds what is missing, and nothing else.

    \b
    Example:  meetbot bilaterals series npic+yunnan-technician --times 4 --every week
    Exit code 5 when fewer were found.
    """
    from meetbot.files import names
    from meetbot.flows import bilaterals as flow
    from meetbot.flows import meetings

    async with shell.app() as app:
        weeks, about = _WEEKS[every], names.line(about)
        now = app.clock.now()
        shown = await flow.would_go_on(app.store, pair, count=count, every=weeks, subject=about, now=now)
        coming = shown.coming
        if not json_:
            _print(shown, coming)
        made: tuple[str, ...] = ()
        if coming and not dry_run:
            question = f"Plan {len(coming)} meeting{'s' * (len(coming) > 1)}?"
            if not shell.agreed(question, already=yes):
                return
            made = await flow.go_on(app.store, shown, now=app.clock.now(), by=shell.person())
            outcome = await meetings.sync(app.store, await app.needed_programme(), app.zoom, now=app.clock.now())
            for remark in outcome.remarks:
                shell.say(remark)
    if json_:
        shell.answer(_plain(shown, made))
    sys.exit(shell.PARTLY if shown.missing else 0)


def _print(shown: GoingOn, coming: Sequence[Pair]) -> None:
    from rich.text import Text

    from meetbot.cli import shown as looks

    console = shell.console()
    if coming:
        table = looks.table(f"\n{shown.pair} goes on")
        for heading in ("Meeting", "When", "Interpreter", "Why not at the same time"):
            table.add_column(heading)
        for one in coming:
            cells = (one.key, _when(shown, one), one.interpreter or "", shown.series.why.get(one.key, ""))
            table.add_row(*(Text(shell.inert(cell)) for cell in cells))
        console.print(table)
    for why in (*shown.series.skipped, *(f"{key}: {why}" for key, why in shown.refused.items())):
        console.print(Text(f"! {shell.inert(why)}", style="yellow"))
    if not coming:
        console.print(Text("Nothing to do.", style="bold"))


def _when(shown: GoingOn, one: Pair) -> str:
    assert one.starts_at is not None, "it has a time"
    programme = shown.programme
    span = Interval(one.starts_at, one.starts_at + shown.duration)
    zones = [programme.organisations[side].zone for side in (one.a, one.b)]
    return f"{times.date_text(one.starts_at, programme.zone)}\n" + times.span_text(
        span, programme.zone, *zones
    ).replace(" = ", "\n")


def _plain(shown: GoingOn, made: Sequence[str]) -> dict[str, Any]:
    """For machines; instants in UTC."""
    return {
        "meetings": {
            one.key: {
                "starts_at": one.starts_at.isoformat() if one.starts_at else None,
                "about": one.subject,
                "interpreter": one.interpreter,
                "why": shown.series.why.get(one.key, ""),
            }
            for one in shown.coming
        },
        "skipped": list(shown.series.skipped),
        "refused": dict(shown.refused),
        "planned": list(made),
    }
