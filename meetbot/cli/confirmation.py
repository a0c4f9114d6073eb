"""`meetbot confirmation`: on paper, that somebody attended."""

from __future__ import annotations

import sys

import click

from meetbot.cli import shell
from meetbot.cli.personal import canonical
from meetbot.cli.rundown import the_meeting, which


@click.command()
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
@which
@click.option("--all", "everybody", is_flag=True, help="To everybody who attended and has none yet.")
@shell.yes
@shell.as_json
@shell.in_loop
async def confirmation(
    addresses: tuple[str, ...], meeting: str | None, everybody: bool, yes: bool, json_: bool
) -> None:
    """Send whoever attended a confirmation: a PDF of one page with a code by which anybody can check it.

    Only from the final report, only to those who count as attending in it, and once to each. Needs Typst
    (`pip install 'meetbot[pdf]'`) where letters are sent.

    \b
    Example:  meetbot confirmation dara@npic.example
              meetbot confirmation --all --meeting launch
    """
    from meetbot.flows.attendance import confirming

    if bool(addresses) == everybody:
        raise click.UsageError("Name addresses, or say --all.")
    wanted = None if everybody else {canonical(one) for one in addresses}
    async with shell.app() as app:
        programme = await app.needed_programme()
        chosen = the_meeting(programme, meeting)
        whom = "everybody who attended" if everybody else ", ".join(addresses)
        if not shell.agreed(f"Send {whom} a confirmation for {chosen.title}?", already=yes or not everybody):
            return
        now, by = app.clock.now(), shell.person()
        outcome = await confirming.confirm(app.store, programme, chosen, wanted, now=now, by=by)
    sent = outcome.counts.get("sent", 0)
    if json_:
        shell.answer({"sent": sent, "remarks": list(outcome.remarks)})
    else:
        click.echo("1 confirmation is in the outbox." if sent == 1 else f"{sent} confirmations are in the outbox.")
        for remark in outcome.remarks:
            shell.say(remark)
    if outcome.remarks:
        sys.exit(shell.PARTLY if outcome.counts else 1)
