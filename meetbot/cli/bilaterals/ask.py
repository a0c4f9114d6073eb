"""`meetbot bilaterals ask`: focal points are asked when they can meet."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from meetbot.cli import shell
from meetbot.core import times

if TYPE_CHECKING:
    from meetbot.core.model import Programme
    from meetbot.flows.bilaterals import ToAsk


@click.command()
@click.argument("organisations", nargs=-1)
@shell.yes
@shell.dry_run
@shell.as_json
@shell.in_loop
async def ask(organisations: tuple[str, ...], yes: bool, dry_run: bool, json_: bool) -> None:
    """Send each focal point a letter with a page of their own, after one look and one question.

    ORGANISATIONS are keys; without any, all that have a pair are asked. Nobody is asked twice, and nobody who has
    answered: given again, only those who are new get a letter.

    \b
    Example:  meetbot bilaterals ask --dry-run
              meetbot bilaterals ask npic yunnan-technician
    Exit code 5 when somebody cannot be asked.
    """
    from meetbot.flows import bilaterals as flow

    async with shell.app() as app:
        programme, wanted = await app.needed_programme(), list(dict.fromkeys(organisations)) or None
        shown = await flow.would_ask(app.store, programme, wanted, now=app.clock.now())
        if not json_:
            _print(shown, programme, by_mail=not app.settings.public_url)
        letters = 0
        if shown.organisations and not dry_run:
            if not shell.agreed(f"Send {_letters(len(shown.organisations))}?", already=yes):
                return
            asked = await flow.ask(app.store, programme, wanted, now=app.clock.now(), by=shell.person())
            letters = asked.letters
    if json_:
        shell.answer(_plain(shown, letters))
    elif letters:
        click.echo(f"{_letters(letters)} written. They leave while `meetbot serve` runs.")
    sys.exit(shell.PARTLY if shown.remarks else 0)


def _print(shown: ToAsk, programme: Programme, *, by_mail: bool) -> None:
    from rich.text import Text

    from meetbot.cli import shown as looks

    console = shell.console()
    if shown.organisations:
        table = looks.table("\nAsked when they can meet")
        for heading in ("Organisation", "Focal point", "To meet"):
            table.add_column(heading)
        for one in shown.organisations:
            peers = ", ".join(peer.key for peer in shown.peers[one.key])
            who = one.focal_point
            cells = (f"{one.name} ({one.key})", f"{who.name} <{who.address}>" if who else "", peers)
            table.add_row(*(Text(shell.inert(cell)) for cell in cells))
        console.print(table)
        until = f"{times.date_text(shown.until, programme.zone)}, {times.clock_text(shown.until, programme.zone)}"
        console.print(f"They answer by {until}.")
        if by_mail:
            console.print("MEETBOT_PUBLIC_URL is not set: the letters have no page and ask for an answer by mail.")
    for remark in shown.remarks:
        console.print(Text(f"! {shell.inert(remark)}", style="yellow"))
    if not shown.organisations:
        console.print(Text("Nobody to ask: there is no pair, or all have been asked or have answered.", style="bold"))


def _letters(count: int) -> str:
    return "1 letter" if count == 1 else f"{count} letters"


def _plain(shown: ToAsk, letters: int) -> dict[str, Any]:
    return {
        "asked": {one.key: [peer.key for peer in shown.peers[one.key]] for one in shown.organisations},
        "until": shown.until.isoformat(),
        "remarks": list(shown.remarks),
        "letters": letters,
    }
