"""`meetbot create-bilaterals`: from pairs to meetings, after one look and one question."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from meetbot.cli import shell
from meetbot.cli.bilaterals import lists

if TYPE_CHECKING:
    from datetime import datetime

    from meetbot.bootstrap import App
    from meetbot.core.delegations import Pairing
    from meetbot.core.model import Outcome, Programme
    from meetbot.flows.bilaterals import Confirmed, Found

_SECONDS = 20


@click.command("create-bilaterals")
@click.argument("pairs", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--seconds", default=_SECONDS, show_default=True, type=click.IntRange(1, 600), help="To look for times.")
@click.option("--template", type=click.Path(path_type=Path), help="Write an empty list to this file, and nothing else.")
@shell.yes
@shell.dry_run
@shell.as_json
@shell.in_loop
async def create(
    pairs: Path | None, seconds: int, template: Path | None, yes: bool, dry_run: bool, json_: bool
) -> None:
    """Find times for the pairs, show the plan, and after one question confirm them and create their meetings.

    PAIRS is an Excel or CSV list with the columns Organisation and Peer (and, if you like, Wish and Weight); without
    it those of the programme are taken, with all that came before. What has been agreed stays. Given again it goes on
    where it was, and when nothing is new it changes nothing.

    \b
    Example:  meetbot create-bilaterals pairs.xlsx --dry-run
              meetbot create-bilaterals pairs.xlsx
    Exit code 5 when some pairs have no time, or some meetings could not be created.
    """
    from meetbot.flows import bilaterals as flow

    async with shell.app() as app:
        programme = await app.needed_programme()
        if template:
            _write_template(template, programme, app.clock.now())
            return
        listed = _listed(pairs, programme)
        found = await flow.find(app.store, programme, pairings=listed, now=app.clock.now(), seconds=seconds)
        if not json_:
            _print(found, programme)
        if dry_run or not found.fresh:
            taken = 0 if dry_run else await _keep(app, programme, listed, found)
            _nothing_to_create(found, taken, json_=json_)
        if not shell.agreed(f"Confirm {_bilaterals(len(found.fresh))} and create the meetings?", already=yes):
            return
        confirmed = await _confirm(app, programme, listed, found)
        outcome = await _create(app)
    _report(found, confirmed, outcome, json_=json_)


def _write_template(path: Path, programme: Programme, now: datetime) -> None:
    from meetbot.files import pairs

    lists.write(path, pairs.xlsx([], programme, made_at=now))


def _listed(path: Path | None, programme: Programme) -> tuple[Pairing, ...]:
    """The pairs of the list, or of the programme. UserError with every cell that cannot be read."""
    from meetbot.errors import UserError
    from meetbot.files import pairs

    if programme.bilaterals is None:
        raise UserError(
            "The programme has no bilaterals: write the part `bilaterals:` (docs/how-to/bilaterals.md), then apply it."
        )
    if path is None:
        return programme.bilaterals.pairs
    reading = pairs.read(path, programme.organisations)
    lists.look_through(reading.problems)
    return reading.pairs


async def _keep(app: App, programme: Programme, listed: tuple[Pairing, ...], found: Found) -> int:
    """The pairs and why they have no time yet; returns how many pairs are new."""
    from meetbot.flows import bilaterals as flow

    now, by = app.clock.now(), shell.person()
    taken = await flow.take_in(app.store, programme, listed, now=now, by=by)
    await flow.propose(app.store, programme, found, tell=False, now=now, by=by)
    return taken.added


def _nothing_to_create(found: Found, taken: int, *, json_: bool) -> NoReturn:
    if json_:
        shell.answer(_plain(found) | {"confirmed": [], "refused": {}, "taken_in": taken})
    elif taken:
        pairs = "1 new pair is" if taken == 1 else f"{taken} new pairs are"
        click.echo(f"{pairs} kept. Ask when they can meet: meetbot bilaterals ask")
    sys.exit(shell.PARTLY if found.reasons else 0)


async def _confirm(app: App, programme: Programme, listed: tuple[Pairing, ...], found: Found) -> Confirmed:
    from meetbot.flows import bilaterals as flow

    now, by = app.clock.now(), shell.person()
    await flow.take_in(app.store, programme, listed, now=now, by=by)
    await flow.propose(app.store, programme, found, tell=False, now=now, by=by)
    return await flow.confirm(app.store, found.fresh, now=now, by=by)


async def _create(app: App) -> Outcome:
    """At Zoom, with a word for each; what cannot be done now the service does later."""
    from meetbot.flows import meetings

    def progress(done: int, of: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\rAt Zoom: {done} of {of} meetings looked at", err=True, nl=done == of)

    programme = await app.needed_programme()
    return await meetings.sync(app.store, programme, app.zoom, now=app.clock.now(), progress=progress)


def _print(found: Found, programme: Programme) -> None:
    from meetbot.cli.bilaterals import plan

    plan.show(found, programme)


def _report(found: Found, confirmed: Confirmed, outcome: Outcome, *, json_: bool) -> None:
    if json_:
        done = {"confirmed": list(confirmed.agreed), "refused": dict(confirmed.refused)}
        shell.answer(_plain(found) | done | {"remarks": list(outcome.remarks)})
    else:
        click.echo(f"{_bilaterals(len(confirmed.agreed))} confirmed. Letters leave while `meetbot serve` runs.")
        for key, reason in confirmed.refused.items():
            shell.say(f"! {key}: {reason}")
        for remark in outcome.remarks:
            shell.say(remark)
    sys.exit(shell.PARTLY if confirmed.refused or outcome.remarks or found.reasons else 0)


def _plain(found: Found) -> dict[str, Any]:
    """For machines; instants in UTC."""
    schedule, grid = found.schedule, found.problem.grid
    return {
        "placed": {
            key: {"starts_at": grid.at(one.step).isoformat(), "interpreter": one.interpreter, "new": key in found.fresh}
            for key, one in sorted(schedule.placed.items())
        },
        "left": dict(found.reasons),
        "gap": schedule.gap,
        "proven": schedule.proven,
    }


def _bilaterals(count: int) -> str:
    return "1 bilateral" if count == 1 else f"{count} bilaterals"
