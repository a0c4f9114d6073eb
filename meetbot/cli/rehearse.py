"""`meetbot rehearse`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from meetbot.cli import shell

_DEFAULT_SPEED = 400.0


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--speed", default=_DEFAULT_SPEED, show_default=True, help="How many times faster than life the day runs."
)
@click.option("--seed", default=1, show_default=True, help="One seed is one cast with its habits.")
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where to lay everything.  [default: a new temporary one]"
)
@shell.as_json
@shell.in_loop
async def rehearse(file: Path, speed: float, seed: int, folder: Path | None, json_: bool) -> None:
    """Play the programme in FILE with made-up people against the Zoom sandbox; no account or network is needed.

    Prints where every mail, the report and the sandbox's ledger lie. Exit code 1 if any promise was broken.

    \b
    Example:  meetbot rehearse config/launch.yaml --speed 200
    """
    from meetbot import log
    from meetbot.rehearsal import play

    log.configure(level="ERROR")
    where = folder or Path(tempfile.mkdtemp(prefix="meetbot-rehearsal-"))
    where.mkdir(parents=True, exist_ok=True)
    if any(where.iterdir()):
        raise click.UsageError(f"{where} is not empty; a rehearsal begins with an empty folder.")
    document = await play.play(file, where, speed=speed, seed=seed, say=shell.say)
    if json_:
        shell.answer(document)
    else:
        _summarise(document, where)
    sys.exit(1 if document["violations"] else 0)


def _summarise(document: dict[str, Any], where: Path) -> None:
    attended, cues = document["attendance"], document["cues"]
    lateness = cues["lateness_ms"]["real_time"]
    click.echo()
    for meeting in document["meetings"]:
        click.echo(f"Zoom meeting   {meeting['topic']} ({meeting['id']}, {meeting['start']})")
    click.echo(f"Registrants    {_counted(document['registrants'])}")
    click.echo(f"Letters        {_counted(document['letters'])}")
    click.echo(
        f"Cues           {cues['fired']} fired, {cues['missed']} missed; late by p50 {lateness['p50']} ms, "
        f"p99 {lateness['p99']} ms, at most {lateness['max']} ms of real time"
    )
    certain = f"{attended['proven']} proven, {attended['declared']} declared"
    click.echo(f"Attendance     {attended['attended']} attended ({certain}), {attended['open']} lines open")
    click.echo(f"               {attended['confirmations']} confirmed on paper, {attended['erased']} erased")
    if peers := document["bilaterals"]:
        click.echo(f"Bilaterals     {_counted(peers['pairs'])}; {_counted(peers['letters'])}")
        click.echo(f"               {peers['attended']} attendances, each by a link of their own")
    click.echo(f"\nMails          {document['outbox']}")
    for path in document["reports"]:
        click.echo(f"Report         {path}")
    click.echo(f"Ledger         {document['ledger']}")
    click.echo(f"Everything     {where}")
    if document["violations"]:
        click.echo("\nBroken promises:")
        for violation in document["violations"]:
            click.echo(f"  {violation}")
    else:
        click.echo(f"\nEvery promise held, in {document['seconds']} s.")


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {word}" for word, count in sorted(counts.items())) or "none"
