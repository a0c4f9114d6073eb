"""One letter to the mail server: put into words, offered, and once more in a smaller form if it is too large."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import structlog

from meetbot import errors
from meetbot.core.model import Attachment, JoinLink, Programme
from meetbot.mail import compose, letters
from meetbot.mail.transports import Transport
from meetbot.store import due, outbox

log = structlog.get_logger("outbox")


@dataclass(frozen=True)
class Begun:
    """A message that is marked as being sent, with all that its rendering needs."""

    row: due.Due
    outgoing: outbox.Outgoing
    link: JoinLink | None
    attachments: tuple[Attachment, ...]
    page: str = field(default="", repr=False)  #: address of the page that it leads to


class Unwritten(Exception):
    """This letter cannot be put into words, whatever the mail server says."""


async def hand_over(programme: Programme, transport: Transport, begun: Begun, *, sender: str) -> str:
    """The mail server's answer. What is too large goes at once without its attachments, and says so.

    Unwritten when there is nothing to offer; MailError, MailUnknownOutcome and Fenced as `Transport.deliver` has them.
    """
    number, message_id, to = begun.outgoing.id, begun.outgoing.message_id, begun.outgoing.message.to.address
    try:
        return await transport.deliver(message_id, sender, to, _content(programme, begun))
    except errors.MailError as error:
        if not (error.too_large and begun.attachments):
            raise
        log.warning("outbox.too_large", message=number, reason=str(error))
    try:
        reply = await transport.deliver(message_id, sender, to, _content(programme, _without_attachments(begun)))
    except errors.MailError as error:
        if error.too_large:
            raise errors.MailError(f"too large, also without its attachments: {error}", permanent=True) from None
        raise
    return f"{reply} (without its attachments, which were too large)"


def _without_attachments(begun: Begun) -> Begun:
    message = begun.outgoing.message
    letter = replace(message.letter, facts={**message.letter.facts, "too_large": True})
    return replace(begun, outgoing=replace(begun.outgoing, message=replace(message, letter=letter)), attachments=())


def _content(programme: Programme, begun: Begun) -> bytes:
    outgoing, message, organiser = begun.outgoing, begun.outgoing.message, programme.organiser
    try:
        rendered = letters.render(
            message,
            organiser=organiser,
            link=begun.link,
            uid=outgoing.uid,
            made_at=outgoing.created_at,
            page=begun.page,
        )
        return compose.compose(
            message,
            rendered,
            message_id=outgoing.message_id,
            organiser=organiser,
            made_at=outgoing.created_at,
            attachments=begun.attachments,
        )
    except errors.MailError as error:  # an address that no mail can go to
        raise Unwritten(str(error)) from None
    except Exception as error:  # whatever is wrong with this one letter, the others are not to wait for it
        log.exception("outbox.not_rendered", message=outgoing.id)
        raise Unwritten(f"could not be written: {type(error).__name__}; see the log") from None
