"""`meetbot erase` and `meetbot person`: what is held of people, for them to have or to be rid of."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from meetbot.cli import shell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from meetbot.bootstrap import App
    from meetbot.core.model import Programme
    from meetbot.flows.attendance.erasing import Held
    from meetbot.store.erasures import Receipt


@click.command()
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
@shell.yes
@shell.dry_run
@shell.as_json
@shell.in_loop
async def erase(addresses: tuple[str, ...], yes: bool, dry_run: bool, json_: bool) -> None:
    """Erase everybody with one of these addresses: here at once, at Zoom as soon as it answers. Figures stay.

    What was removed and what remains elsewhere is printed and kept as a receipt, which names nobody. It cannot be
    undone. Whoever registers again afterwards waits for you to look.

    \b
    Example:  meetbot erase dara@npic.example --dry-run
    """
    from meetbot.flows.attendance import erasing

    async with shell.app() as app:
        programme = await app.needed_programme()
        found = await erasing.held(app.store, programme, dict.fromkeys(map(canonical, addresses)))
        if json_ and dry_run:
            shell.answer([vars(one) for one in found])
        for one in found if not json_ else ():
            click.echo(shell.inert(_shown(one)))
        if dry_run or not shell.agreed(_question(found), already=yes):
            return
        receipts = []
        for one in found:  # each is done for good: what came before a failure is told all the same
            receipts.append(await _erase(app, programme, one.address))
            if not json_:
                click.echo("\n".join(_lines(receipts[-1])))
    if json_:
        shell.answer([_document(one) for one in receipts])


async def _erase(app: App, programme: Programme, address: str) -> Receipt:
    from meetbot.flows.attendance import erasing
    from meetbot.store import erasures

    number = await erasing.erase(app.store, programme, app.erased, address, now=app.clock.now(), by=shell.person())
    async with app.store.reading() as tx:
        receipt = await erasures.get(tx, number)
    assert receipt is not None, "it was written just now"
    return receipt


def canonical(text: str) -> str:
    """The mail address as it is compared; click.BadParameter when it is none."""
    from meetbot.core.registration import canonical_address
    from meetbot.files import addresses, written

    try:
        return canonical_address(addresses.read(text).value)
    except written.Wrong as wrong:
        raise click.BadParameter(f"{text}: {wrong.what}; {wrong.remedy}", param_hint="ADDRESS") from None


def _shown(one: Held) -> str:
    names, meetings = ", ".join(one.names) or "no name", ", ".join(one.registrations) or "none"
    named = f"; named in the programme file: {', '.join(one.named)}" if one.named else ""
    return f"{one.address}: {names}; registered for: {meetings}; letters: {one.letters}{named}"


def _question(found: Sequence[Held]) -> str:
    people = sum(len(one.names) or 1 for one in found)  # a reader of reports may have no name here
    return f"Erase {people} {'person' if people == 1 else 'people'} for good?"


@click.group()
def person() -> None:
    """What is held of one person, and the receipts of those who were erased.

    \b
    Example:  meetbot person export dara@npic.example > dara.json
    """


@person.command()
@click.argument("address")
@shell.in_loop
async def export(address: str) -> None:
    """Print everything that is held of whoever has ADDRESS, as one JSON document. Join links are not shown.

    \b
    Example:  meetbot person export dara@npic.example > dara.json
    """
    from meetbot.flows.attendance import exporting

    async with shell.app() as app:
        shell.answer(await exporting.export(app.store, await app.needed_programme(), canonical(address)))


@person.command()
@shell.as_json
@shell.in_loop
async def receipts(json_: bool) -> None:
    """Every erasure: when, by whom, what was removed, and whether Zoom has done its part by now.

    \b
    Example:  meetbot person receipts
    """
    from meetbot.store import erasures

    async with shell.app() as app, app.store.reading() as tx:
        found = await erasures.listing(tx)
    if json_:
        shell.answer([_document(one) for one in found])
        return
    click.echo("\n\n".join("\n".join(_lines(one)) for one in found) or "Nobody has been erased.")
    if any(_waits(one) for one in found):
        sys.exit(shell.PARTLY)


def _waits(receipt: Receipt) -> bool:
    return any(one["state"] == "waits" for one in receipt.said["at_zoom"])


def _document(receipt: Receipt) -> dict[str, Any]:
    return {
        "receipt": receipt.id,
        "at": receipt.at.isoformat(),
        "by": receipt.who,
        **receipt.said,
        "remains": list(_remains(receipt)),
    }


def _lines(receipt: Receipt) -> Iterable[str]:
    here = ", ".join(f"{what}: {count}" for what, count in receipt.said["here"].items())
    yield f"Receipt {receipt.id}, {receipt.at:%Y-%m-%d %H:%M} UTC, by {receipt.who}"
    yield f"Removed here: {here}." if here else "Removed here: nothing; they were not in this store."
    for one in receipt.said["at_zoom"]:
        why = f": {one['reason']}" if one["reason"] else ""
        yield f"At Zoom, registration for {one['meeting']}: {one['state']}{shell.inert(why)}."
    yield "What remains:"
    for sentence in _remains(receipt):
        yield f"- {sentence}"


def _remains(receipt: Receipt) -> Iterable[str]:
    """Where something of the person is still, and until when."""
    said = receipt.said
    if _waits(receipt):
        yield "Zoom has not done its part yet: `meetbot serve` goes on asking; see `meetbot person receipts`."
    yield "Figures of reports: without name, address or anything that leads to them."
    yield (
        "Zoom's own reports of meetings that were held name participants for up to a year, and no call takes anybody "
        "out of them."
    )
    if said["sent"]:
        lie = "letter that had left already lies" if said["sent"] == 1 else "letters that had left already lie"
        yield f"{said['sent']} {lie} with their reader, in the mail server's own log or in outbox/ of the data folder."
    yield (
        f"Backups made before {receipt.at:%Y-%m-%d %H:%M} UTC hold them until you delete those, and so do former "
        "stores in the data folder (backups/, *.before-restore-*, *.damaged-*). After one is put back, they are erased "
        "again as long as erased.journal lies there."
    )
    for place in said["named"]:
        yield f"The programme file names them in {place}: take them out there and apply it."
