"""`meetbot bilaterals cancel`: two organisations do not meet."""

from __future__ import annotations

import sys

import click

from meetbot.cli import shell


@click.command()
@click.argument("pair")
@click.option("--reason", required=True, help="Stands in the letters to both sides.")
@shell.yes
@shell.in_loop
async def cancel(pair: str, reason: str, yes: bool) -> None:
    """The two of PAIR do not meet; where the meeting is planned already, all who knew of it are told.

    Cancelled twice is cancelled once.

    \b
    Example:  meetbot bilaterals cancel npic+yunnan-technician --reason "The college is closed that week."
    Exit code 5 when Zoom could not be told yet; the service does it later.
    """
    from meetbot.flows import bilaterals as flow
    from meetbot.flows import meetings

    async with shell.app() as app:
        await app.needed_programme()
        if not shell.agreed(f"Cancel {pair}? All who knew of it are told.", already=yes):
            return
        await flow.cancel(app.store, pair, reason=reason, now=app.clock.now(), by=shell.person())
        outcome = await meetings.sync(app.store, await app.needed_programme(), app.zoom, now=app.clock.now())
    click.echo(f"{pair} is cancelled.")
    for remark in outcome.remarks:
        shell.say(remark)
    sys.exit(shell.PARTLY if outcome.remarks else 0)
