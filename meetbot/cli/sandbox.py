"""`meetbot sandbox`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click


@click.command()
@click.option("--port", default=0, show_default="a free one", help="Where to listen on 127.0.0.1.")
@click.option("--seed", default=1, show_default=True, help="One seed is one run.")
@click.option("--speed", default=1.0, show_default=True, help="How many times faster than life.")
@click.option("--start", type=click.DateTime(["%Y-%m-%dT%H:%M:%SZ"]), help="What time it is there first (UTC).")
@click.option("--ledger", type=click.Path(path_type=Path), help="Write every effect to this file, one JSON line each.")
@click.option("--faults", type=click.Path(path_type=Path, exists=True), help="A fault script (YAML).")
@click.option("--plan", type=click.Choice(["free", "pro", "business"]), default="pro", show_default=True)
def sandbox(
    port: int, seed: int, speed: float, start: datetime | None, ledger: Path | None, faults: Path | None, plan: str
) -> None:
    """Run a stand-in for Zoom's REST API on this machine, with Zoom's bad habits, until stopped.

    \b
    Example:  meetbot sandbox --port 9000 --ledger ledger.jsonl
    """
    # The one import of the sandbox: nothing else in meetbot may know it.
    from meetbot.sandbox import faults as faults_script
    from meetbot.sandbox import server

    begins_at = start.replace(tzinfo=UTC) if start else None
    try:
        server.run(port=port, seed=seed, speed=speed, start=begins_at, ledger=ledger, faults=faults, plan=plan)
    except (faults_script.ScriptError, OSError) as error:
        raise click.ClickException(str(error)) from None
