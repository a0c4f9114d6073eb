"""`meetbot sandbox`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click


@click.command()
@click.option("--port", default=0, show_default="a free one", help="Where to listen on 127.0.0.1.")
@click.option("--seed", type=int, show_default="1", help="One seed is one run.")
@click.option("--speed", type=float, show_default="1", help="How many times faster than life.")
@click.option("--start", type=click.DateTime(["%Y-%m-%dT%H:%M:%SZ"]), help="What time it is there first (UTC).")
@click.option("--ledger", type=click.Path(path_type=Path), help="Write every effect to this file, one JSON line each.")
@click.option("--faults", metavar="FILE", help="A fault script (YAML); `storm` takes the one with every fault.")
@click.option("--plan", type=click.Choice(["free", "pro", "business"]), default="pro", show_default=True)
@click.option("--tls", type=click.Choice(["good", "self-signed", "expired", "wrong-name"]), help="Serve https.")
@click.option("--smtp", type=int, metavar="PORT", help="Run a mail server too, on this port of 127.0.0.1.")
@click.option("--smtp-profile", metavar="NAME", help="The mail server to be like, such as office365.")
@click.option("--smtp-bounces", type=click.Path(path_type=Path, file_okay=False), help="Maildir that bounces go to.")
@click.option("webhooks", "--webhook", multiple=True, metavar="URL", help="Tell everything to this address.")
@click.option("--webhook-secret", metavar="TEXT", show_default="sandbox", help="What webhooks are signed with.")
@click.option("--webhook-ca", type=click.Path(path_type=Path, exists=True), help="Trust these certificates there.")
def sandbox(start: datetime | None, **chosen: Any) -> None:
    """Run a stand-in for Zoom's REST API on this machine, with Zoom's bad habits, until stopped.

    \b
    Example:  meetbot sandbox --port 9000 --ledger ledger.jsonl
    """
    # The one import of the sandbox: nothing else in meetbot may know it.
    from meetbot.sandbox import faults as faults_script
    from meetbot.sandbox import server
    from meetbot.sandbox.webhooks.subscription import SubscriptionError

    begins_at = start.replace(tzinfo=UTC) if start else None
    try:
        server.run(start=begins_at, **{name: value for name, value in chosen.items() if value is not None})
    except (faults_script.ScriptError, SubscriptionError, OSError) as error:
        raise click.ClickException(str(error)) from None
