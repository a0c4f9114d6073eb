"""One mail to the mail server: put into words, offered, and once more in a smaller form if it is too large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog

from meetbot import errors
from meetbot.core.model import Attachment, Letter, Programme, Reader
from meetbot.files.report import confirmation
from meetbot.flows.attendance import rendering
from meetbot.flows.outbox.begin import Begun, Mail
from meetbot.mail import compose, letters
from meetbot.mail.transports import Transport

log = structlog.get_logger("outbox")
_REPORT_FORMS = ("xlsx", "csv")


class Unwritten(Exception):
    """This letter cannot be put into words, whatever the mail server says."""


async def hand_over(programme: Programme, transport: Transport, mail: Mail, *, sender: str) -> str:
    """The mail server's answer. What is too large goes at once without its attachments, and says so.

    Unwritten when there is nothing to offer; MailError, MailUnknownOutcome and Fenced as `Transport.deliver` has them.
    """
    first, to = mail.first, mail.first.outgoing.message.to.address
    attachments, mail = await _attachments(first), await _as_read(mail)
    try:
        return await transport.deliver(mail.message_id, sender, to, _content(programme, mail, attachments))
    except errors.MailError as error:
        if not (error.too_large and attachments):
            raise
        log.warning("outbox.too_large", message=first.outgoing.id, reason=str(error))
    try:
        reply = await transport.deliver(mail.message_id, sender, to, _content(programme, _saying_so(mail), ()))
    except errors.MailError as error:
        if error.too_large:
            raise errors.MailError(f"too large, also without its attachments: {error}", permanent=True) from None
        raise
    return f"{reply} (without its attachments, which were too large)"


async def _attachments(first: Begun) -> tuple[Attachment, ...]:
    try:
        if first.paper is not None:
            return (await rendering.aside(confirmation.page, dict(first.paper), first.verify_at),)
        reader = Reader.DONOR if first.outgoing.message.letter.facts.get("outside") else Reader.ORGANISER
        return await rendering.files(first.report, reader, _REPORT_FORMS) if first.report else ()
    except errors.MeetbotError as error:
        raise Unwritten(str(error)) from None


async def _as_read(mail: Mail) -> Mail:
    try:
        letter = await rendering.as_read(mail.first.outgoing.message.letter)
    except errors.MeetbotError as error:
        raise Unwritten(str(error)) from None
    return mail if letter is mail.first.outgoing.message.letter else _saying(mail, letter)


def _saying_so(mail: Mail) -> Mail:
    """The same letter, which tells that its files were too large."""
    letter = mail.first.outgoing.message.letter
    return _saying(mail, replace(letter, facts={**letter.facts, "too_large": True}))


def _saying(mail: Mail, letter: Letter) -> Mail:
    """A mail of one letter, with other words."""
    outgoing = mail.first.outgoing
    outgoing = replace(outgoing, message=replace(outgoing.message, letter=letter))
    return replace(mail, letters=(replace(mail.first, outgoing=outgoing),))


def _content(programme: Programme, mail: Mail, attachments: Sequence[Attachment]) -> bytes:
    first, organiser = mail.first, programme.organiser
    changes = [letters.Change(one.outgoing.message, one.link, one.outgoing.uid, one.related) for one in mail.letters]
    made_at = first.outgoing.created_at
    try:
        rendered = letters.together(changes, organiser=organiser, made_at=made_at, page=first.page)
        return compose.compose(
            first.outgoing.message,
            rendered,
            message_id=mail.message_id,
            organiser=organiser,
            made_at=made_at,
            attachments=attachments,
        )
    except errors.MailError as error:  # an address that no mail can go to
        raise Unwritten(str(error)) from None
    except Exception as error:  # whatever is wrong with this one letter, the others are not to wait for it
        log.exception("outbox.not_rendered", message=first.outgoing.id)
        raise Unwritten(f"could not be written: {type(error).__name__}; see the log") from None
