"""`meetbot bilaterals link`: where the board and the page of a side open."""

from __future__ import annotations

import click

from meetbot.cli import shell


@click.command()
@click.option("--for", "organisation", help="Key: the page of this organisation instead of the board.")
@click.option("--revoke", is_flag=True, help="Let no address given out before open it any more, and print none.")
@shell.in_loop
async def link(organisation: str | None, revoke: bool) -> None:
    """Print the address of your board, or of the page of a side, to say it on the telephone.

    Whoever has the address gets in: give it to nobody else. The board is only for looking; on the page of a side one
    answers for it. Needs MEETBOT_PUBLIC_URL.

    \b
    Example:  meetbot bilaterals link
              meetbot bilaterals link --for npic --revoke
    """
    from meetbot.flows.bilaterals import pages

    async with shell.app() as app:
        programme, now, by = await app.needed_programme(), app.clock.now(), shell.person()
        if revoke:
            count = await pages.revoke(app.store, programme, organisation, now=now, by=by)
            shell.say(f"{count} {'address opens' if count == 1 else 'addresses open'} nothing any more.")
            return
        public_url = app.settings.public_url
        address = await pages.address(app.store, programme, organisation, public_url=public_url, now=now, by=by)
    click.echo(address)
