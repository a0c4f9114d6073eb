"""`meetbot outbox`: what would go and what went, and what a person decides about single letters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from meetbot.cli import shell
from meetbot.core import erasure, times
from meetbot.core.model import JoinLink, LetterKind
from meetbot.core.outbox import LetterState
from meetbot.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from meetbot.bootstrap import App
    from meetbot.store.outbox import Outgoing

#: Stands where the registrant's own link stands in the real message.
_STRUCK = JoinLink("https://zoom.us/w/the-registrants-own-link-is-not-shown-here")
_PAGE = "https://meetbot.example/b/the-readers-own-page-is-not-shown-here"


@click.group()
def outbox() -> None:
    """Read what would go or went by mail, and correct single letters. Join links are never shown here.

    \b
    Example:  meetbot outbox list --state refused
              meetbot outbox show 12
              meetbot outbox edit 12 --to dara@npic.example
    """


@outbox.command("list")
@click.option("--state", multiple=True, type=click.Choice([*map(str, LetterState)]), help="Only these; repeatable.")
@click.option("--kind", multiple=True, type=click.Choice([*map(str, LetterKind)]), help="Only these; repeatable.")
@click.option("--meeting", multiple=True, help="Key of a meeting; repeatable.")
@click.option("--to", default="", help="Part of the reader's name or address.")
@shell.as_json
@shell.in_loop
async def list_(state: tuple[str, ...], kind: tuple[str, ...], meeting: tuple[str, ...], to: str, json_: bool) -> None:
    """Every letter with its state, reason and next try, the oldest first.

    \b
    accepted   by the mail server; whether it was delivered nobody can know
    deferred   refused for the time being; goes again by itself
    unknown    perhaps accepted; goes once more as the same message, then waits for a person
    refused    for good: correct the address (edit), let it go again (release), or discard it
    bounced    accepted, and returned later
    expired    of no more use before it could go
    cancelled  overtaken by a change, or discarded

    \b
    Example:  meetbot outbox list --state refused --state bounced
              meetbot outbox list --to npic.example
    """
    from meetbot.store import due, holds
    from meetbot.store import outbox as store

    async with shell.app() as app:
        programme = await app.programme()
        async with app.store.reading() as tx:
            found = await store.listing(tx, states=state, kinds=kind, meetings=meeting, to=to)
            held = due.Scope.MAIL in await holds.all_(tx)
    if held:
        found = tuple(_held(one) if one.next_at else one for one in found)
    if json_:
        shell.answer([_document(one) for one in found])
        return
    _print(found, programme.zone if programme else "UTC")


_HELD = "mail is held"


def _held(one: Outgoing) -> Outgoing:
    """A letter that waits, while none leaves."""
    before = f"; before that: {one.reason}" if one.reason not in ("", _HELD) else ""
    return replace(one, reason=_HELD + before, next_at=None)


def _print(found: Sequence[Outgoing], zone: str) -> None:
    """Each letter with its reader and reason one below the other, so that 80 columns are enough."""
    from rich.text import Text

    from meetbot.cli import shown

    messages = shown.table()
    messages.add_column("No.")
    messages.add_column("Letter, reader, reason", overflow="fold")
    for column in ("State", "Queued", "Next try"):
        messages.add_column(column, no_wrap=True)
    for one in found:
        tried = f"{one.reason}; tried {one.attempts} times" if one.attempts > 1 else one.reason
        why = "" if _erased(one) else tried
        lines = "\n".join(filter(None, (f"{one.message.letter.kind} to {_reader(one)}", why)))
        next_at = _shown(one.next_at, zone) if one.next_at else "held" if one.reason.startswith(_HELD) else "-"
        messages.add_row(str(one.id), Text(shell.inert(lines)), str(one.state), _shown(one.created_at, zone), next_at)
    shell.console().print(messages)
    click.echo((f"{len(found)} letters" if len(found) != 1 else "1 letter") + f"; times in {zone}")


def _erased(one: Outgoing) -> bool:
    return erasure.is_stand_in(one.message.to.address)


def _reader(one: Outgoing) -> str:
    return "somebody who was erased" if _erased(one) else f"{one.message.to.name} <{one.message.to.address}>"


def _shown(at: datetime, zone: str) -> str:
    return f"{at.astimezone(times.zone(zone)):%m-%d %H:%M}"


def _document(one: Outgoing) -> dict[str, object]:
    return {
        "id": one.id,
        "kind": one.message.letter.kind,
        "to": one.message.to.address,
        "meeting": one.message.meeting,
        "revision": one.message.revision,
        "state": one.state,
        "reason": one.reason,
        "message_id": one.mail,
        "queued_at": one.created_at.isoformat(),
        "accepted_at": one.accepted_at.isoformat() if one.accepted_at else None,
        "attempts": one.attempts,
        "copies": one.copies,
        "next_at": one.next_at.isoformat() if one.next_at else None,
    }


@outbox.command()
@click.argument("number", type=int)
@click.option("--html", is_flag=True, help="Print the HTML part instead of the text part.")
@shell.as_json
@shell.in_loop
async def show(number: int, html: bool, json_: bool) -> None:
    """Print letter NUMBER as its reader gets it, with what leaves in the same mail, the join links struck out.

    \b
    Example:  meetbot outbox show 12
    """
    from meetbot.flows.attendance import rendering
    from meetbot.mail import letters
    from meetbot.store import outbox as store
    from meetbot.store import together

    async with shell.app() as app:
        programme = await app.needed_programme()
        async with app.store.reading() as tx:
            one = await store.one(tx, number)
            others = await together.others(tx, one) if one else ()
    if one is None:
        raise UserError(f"There is no letter {number}; see `meetbot outbox list`.")
    if _erased(one):
        _show_erased(one, json_)
        return
    changes = [
        letters.Change(
            replace(each.message, letter=await rendering.as_read(each.message.letter)),
            _STRUCK if each.message.needs_link else None,
            each.uid,
        )
        for each in (one, *others)
    ]
    page = _PAGE if one.message.page is not None else ""
    rendered = letters.together(changes, organiser=programme.organiser, made_at=one.created_at, page=page)
    if json_:
        shell.answer({**_document(one), "subject": rendered.subject, "text": rendered.text, "html": rendered.html})
        return
    shell.say(f"To: {one.message.to.name} <{one.message.to.address}>\nSubject: {rendered.subject}\n")
    click.echo(rendered.html if html else shell.inert(rendered.text))


def _show_erased(one: Outgoing, json_: bool) -> None:
    if json_:
        shell.answer({**_document(one), "subject": None, "text": None, "html": None})
        return
    about = ", ".join(filter(None, (one.message.letter.kind, one.message.meeting)))
    click.echo(
        f"Letter {one.id} ({about}) is {one.state}. Its reader has been erased since, and what it said with them."
    )


_numbers = click.argument("numbers", type=int, nargs=-1, required=True)


@outbox.command()
@_numbers
@shell.yes
@shell.dry_run
@shell.as_json
@shell.in_loop
async def release(numbers: tuple[int, ...], yes: bool, dry_run: bool, json_: bool) -> None:
    """Let letters that wait for a person go once more: refused, bounced, or unknown twice over.

    Whether each may still leave is looked at again: approval, the newest times, holds.

    \b
    Example:  meetbot outbox release 12 15
    """
    from meetbot.flows import outbox as flow

    async with shell.app() as app:
        if not await _agreed(app, numbers, "go once more", yes=yes, dry_run=dry_run, json_=json_):
            return
        found = await flow.release(app.store, numbers, now=app.clock.now(), by=shell.person())
    _done(found, "will go once more", json_)


@outbox.command()
@click.argument("number", type=int)
@click.option("--to", required=True, help="The right address.")
@shell.yes
@shell.dry_run
@shell.as_json
@shell.in_loop
async def edit(number: int, to: str, yes: bool, dry_run: bool, json_: bool) -> None:
    """Send letter NUMBER to another address. Later letters still go where the registration says.

    \b
    Example:  meetbot outbox edit 12 --to dara@npic.example
    """
    from meetbot.files import addresses, written
    from meetbot.flows import outbox as flow

    try:
        address = addresses.read(to).value
    except written.Wrong as wrong:
        raise click.BadParameter(f"{to}: {wrong.what}; {wrong.remedy}", param_hint="--to") from None
    async with shell.app() as app:
        if not await _agreed(app, [number], f"go to {address}", yes=yes, dry_run=dry_run, json_=json_):
            return
        one = await flow.edit(app.store, number, address=address, now=app.clock.now(), by=shell.person())
    _done([one], f"will go to {address}", json_)


@outbox.command()
@_numbers
@click.option("--reason", default="", help="For the record.")
@shell.yes
@shell.dry_run
@shell.as_json
@shell.in_loop
async def discard(numbers: tuple[int, ...], reason: str, yes: bool, dry_run: bool, json_: bool) -> None:
    """Never send these letters.

    \b
    Example:  meetbot outbox discard 12 15 --reason "told by telephone"
    """
    from meetbot.flows import outbox as flow

    async with shell.app() as app:
        if not await _agreed(app, numbers, "never be sent", yes=yes, dry_run=dry_run, json_=json_):
            return
        found = await flow.discard(app.store, numbers, reason=reason, now=app.clock.now(), by=shell.person())
    _done(found, "will not be sent", json_)


async def _agreed(app: App, numbers: Sequence[int], what: str, *, yes: bool, dry_run: bool, json_: bool) -> bool:
    """Show the letters and what is to become of them, and ask."""
    from meetbot.store import outbox as store

    async with app.store.reading() as tx:
        found = [one for number in numbers if (one := await store.one(tx, number)) is not None]
    if json_ and dry_run:
        shell.answer([_document(one) for one in found])
    for one in found if not json_ else ():
        click.echo(shell.inert(f"letter {one.id} ({one.message.letter.kind} to {_address(one)}) {one.state}"))
    return not dry_run and shell.agreed(f"Let {'it' if len(numbers) == 1 else 'them'} {what}?", already=yes)


def _address(one: Outgoing) -> str:
    return _reader(one) if _erased(one) else one.message.to.address


def _done(found: Sequence[Outgoing], what: str, json_: bool) -> None:
    if json_:
        shell.answer([one.id for one in found])
    else:
        click.echo(f"{len(found)} {'letter' if len(found) == 1 else 'letters'} {what}.")
