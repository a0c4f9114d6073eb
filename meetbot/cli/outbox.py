"""`meetbot outbox`: what would go and what went."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from meetbot.cli import shell
from meetbot.core.model import JoinLink
from meetbot.errors import UserError

if TYPE_CHECKING:
    from meetbot.store.outbox import Outgoing

#: Stands where the registrant's own link stands in the real message.
_STRUCK = JoinLink("https://zoom.us/w/the-registrants-own-link-is-not-shown-here")


@click.group()
def outbox() -> None:
    """Read what would go or went by mail. Join links are never shown here.

    \b
    Example:  meetbot outbox list --state failed
              meetbot outbox show 12
    """


@outbox.command("list")
@click.option("--state", multiple=True, help="Only these: queued, sent, deferred, failed, unknown, cancelled, expired.")
@shell.as_json
@shell.in_loop
async def list_(state: tuple[str, ...], json_: bool) -> None:
    """Every message with its state and reason, the oldest first.

    \b
    Example:  meetbot outbox list --state failed
    """
    from meetbot.cli import shown
    from meetbot.store import outbox as store

    async with shell.app() as app, app.store.reading() as tx:
        found = await store.listing(tx, states=state)
    if json_:
        shell.answer([_document(one) for one in found])
        return
    messages = shown.table()
    for column in ("No.", "Kind", "To", "State", "Why", "Queued (UTC)"):
        messages.add_column(column)
    for one in found:
        to = f"{one.message.to.name} <{one.message.to.address}>"
        texts = (one.message.letter.kind, to, one.state, one.reason)
        messages.add_row(str(one.id), *(shell.inert(text) for text in texts), f"{one.created_at:%Y-%m-%d %H:%M}")
    shell.console().print(messages)
    click.echo(f"{len(found)} messages")


def _document(one: Outgoing) -> dict[str, object]:
    return {
        "id": one.id,
        "kind": one.message.letter.kind,
        "to": one.message.to.address,
        "meeting": one.message.meeting,
        "revision": one.message.revision,
        "state": one.state,
        "reason": one.reason,
        "message_id": one.message_id,
        "queued_at": one.created_at.isoformat(),
        "accepted_at": one.accepted_at.isoformat() if one.accepted_at else None,
    }


@outbox.command()
@click.argument("number", type=int)
@click.option("--html", is_flag=True, help="Print the HTML part instead of the text part.")
@shell.as_json
@shell.in_loop
async def show(number: int, html: bool, json_: bool) -> None:
    """Print message NUMBER as its reader gets it, the join link struck out.

    \b
    Example:  meetbot outbox show 12
    """
    from meetbot.mail import letters
    from meetbot.store import outbox as store

    async with shell.app() as app:
        programme = await app.needed_programme()
        async with app.store.reading() as tx:
            one = await store.one(tx, number)
    if one is None:
        raise UserError(f"There is no message {number}; see `meetbot outbox list`.")
    link = _STRUCK if one.message.needs_link else None
    rendered = letters.render(
        one.message, organiser=programme.organiser, link=link, uid=one.uid, made_at=one.created_at
    )
    if json_:
        shell.answer({**_document(one), "subject": rendered.subject, "text": rendered.text, "html": rendered.html})
        return
    shell.say(f"To: {one.message.to.name} <{one.message.to.address}>\nSubject: {rendered.subject}\n")
    click.echo(rendered.html if html else shell.inert(rendered.text))
