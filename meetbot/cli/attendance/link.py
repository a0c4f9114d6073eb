"""`meetbot attendance link`: where the page of open lines opens, and that of a hall."""

from __future__ import annotations

import click

from meetbot.cli import shell
from meetbot.cli.rundown import the_meeting, which


@click.command()
@which
@click.option("--for", "organisation", help="Key: the page on which this organisation names who sat in its hall.")
@click.option("--revoke", is_flag=True, help="Let no address given out before open it any more, and print none.")
@shell.in_loop
async def link(meeting: str | None, organisation: str | None, revoke: bool) -> None:
    """Print the address of the page of open lines, or of an organisation's hall, to pass on.

    Whoever has the address gets in. Needs MEETBOT_PUBLIC_URL.

    \b
    Example:  meetbot attendance link --meeting launch
              meetbot attendance link --meeting launch --for npic
    """
    from meetbot.flows.attendance import pages

    async with shell.app() as app:
        programme, now, by = await app.needed_programme(), app.clock.now(), shell.person()
        of = app.store, programme, the_meeting(programme, meeting), organisation
        if revoke:
            count = await pages.revoke(*of, now=now, by=by)
            shell.say(f"{count} {'address opens' if count == 1 else 'addresses open'} nothing any more.")
            return
        click.echo(await pages.address(*of, public_url=app.settings.public_url, now=now, by=by))
