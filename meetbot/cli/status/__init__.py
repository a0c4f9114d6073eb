"""`meetbot status`: what is held, what waits, what failed and why, and the next duty."""

from __future__ import annotations

import click

from meetbot.cli import shell


@click.command()
@shell.as_json
@shell.in_loop
async def status(json_: bool) -> None:
    """What is held, what waits, what failed and why, and what is due next.

    \b
    Example:  meetbot status --json | jq .failed
    """
    from meetbot.cli.status import document, printed

    async with shell.app() as app:
        found = await document.made(app)
    if json_:
        shell.answer(found)
    else:
        printed.show(found)
