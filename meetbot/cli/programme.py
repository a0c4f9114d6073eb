"""`meetbot check`, `plan` and `apply`: from a programme file to what stands at Zoom."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from meetbot.cli import shell
from meetbot.errors import ProgrammeError

if TYPE_CHECKING:
    from meetbot.bootstrap import App
    from meetbot.core.model import Problem
    from meetbot.flows.programme import Plan

file = click.argument("file", type=click.Path(path_type=Path))


@click.command()
@file
@shell.as_json
def check(file: Path, json_: bool) -> None:
    """Look for mistakes in a programme FILE, all of them at once; needs no network.

    \b
    Example:  meetbot check config/launch.yaml
    Exit code 3 when something has to be put right; remarks alone are 0.
    """
    from meetbot.files import programme as programme_file

    reading = programme_file.read(file)
    wrong = [problem for problem in reading.problems if not problem.warning]
    if json_:
        shell.answer({"file": str(file), "ok": not wrong, "problems": [_plain(one) for one in reading.problems]})
    else:
        for problem in reading.problems:
            click.echo(_in_full(problem))
        click.echo(_verdict(file.name, len(wrong), len(reading.problems) - len(wrong)))
    sys.exit(3 if wrong else 0)


def _plain(problem: Problem) -> dict[str, object]:
    kind = "remark" if problem.warning else "error"
    return {"kind": kind, "place": problem.place, "what": problem.what, "remedy": problem.remedy, "line": problem.line}


def _in_full(problem: Problem) -> str:
    """The problem as a programme officer reads it: the place, the line with a mark under it, what to do."""
    kind = "remark" if problem.warning else "error"
    lines = [f"{problem.place}: {kind}: {problem.what}"]
    if problem.line:
        lines.append(f"    {problem.line}")
        if problem.column is not None:
            lines.append(f"    {' ' * (problem.column - 1)}^")
    if problem.remedy:
        lines.append(f"    {problem.remedy}")
    return shell.inert("\n".join(lines)) + "\n"


def _verdict(name: str, wrong: int, remarks: int) -> str:
    noted = f", {remarks} remark{'s' * (remarks != 1)} to read" if remarks else ""
    if wrong:
        return f"{name}: {wrong} mistake{'s' * (wrong != 1)}{noted}. Nothing was applied."
    return f"{name}: no mistakes{noted}."


@click.command()
@file
@shell.as_json
@click.option("--offline", is_flag=True, help="Do not ask Zoom what it holds.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 10 when something would change.")
@shell.in_loop
async def plan(file: Path, json_: bool, offline: bool, detailed_exitcode: bool) -> None:
    """Show what applying FILE would do: meetings, people to be written to, cues in every zone. Changes nothing.

    \b
    Example:  meetbot plan config/launch.yaml
    """
    from meetbot.cli import shown
    from meetbot.files import programme as programme_file

    async with shell.app() as app:
        planned = await _plan(app, programme_file.text_of(file), file, offline=offline)
    shell.answer(shown.plan_document(planned)) if json_ else shown.print_plan(shell.console(), planned)
    if detailed_exitcode and not planned.empty:
        sys.exit(10)


async def _plan(app: App, text: str, file: Path, *, offline: bool = False) -> Plan:
    from meetbot.files import programme as programme_file
    from meetbot.flows import programme as flow

    after = programme_file.load(text, str(file))
    if not offline and not app.settings.zoom_account_id:
        raise ProgrammeError(
            "No Zoom account is set, so nobody can say what stands there: set MEETBOT_ZOOM_ACCOUNT_ID, "
            "MEETBOT_ZOOM_CLIENT_ID and MEETBOT_ZOOM_CLIENT_SECRET (see .env.example), or use plan --offline."
        )
    return await flow.plan(app.store, after, None if offline else app.zoom, now=app.clock.now())


@click.command()
@file
@shell.yes
@shell.dry_run
@shell.as_json
@shell.in_loop
async def apply(file: Path, yes: bool, dry_run: bool, json_: bool) -> None:
    """Do what `plan` shows for FILE, after one question. Run twice, the second time writes nothing.

    \b
    Example:  meetbot apply config/launch.yaml
    """
    from meetbot.cli import shown
    from meetbot.files import programme as programme_file
    from meetbot.flows import meetings
    from meetbot.flows import programme as flow

    text = programme_file.text_of(file)  # read once: what is applied is what was shown
    async with shell.app() as app:
        planned = await _plan(app, text, file)
        if not json_:
            shown.print_plan(shell.console(), planned)
        if dry_run or planned.empty:
            if json_:
                shell.answer(shown.plan_document(planned))
            return
        if not shell.agreed("Apply this?", already=yes):
            return
        await flow.apply(app.store, text, str(file), now=app.clock.now(), by=shell.person())
        outcome = await meetings.sync(app.store, await app.needed_programme(), app.zoom, now=app.clock.now())
    if json_:
        shell.answer({"applied": True, "meetings": dict(outcome.counts), "remarks": list(outcome.remarks)})
    else:
        click.echo("Applied. Letters leave while `meetbot serve` runs.")
        for remark in outcome.remarks:
            shell.say(remark)
    if outcome.remarks:
        sys.exit(shell.PARTLY)
