"""From a rendered letter to the message that goes over the wire (RFC 5322, RFC 2045, RFC 6047)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from email import encoders, policy
from email.charset import QP, Charset
from email.header import Header
from email.message import Message as Part
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime, formataddr

from meetbot.core import times
from meetbot.core.model import Attachment, Contact, Message
from meetbot.mail import calendar, inert, languages, letters

# `EmailMessage` takes about 3 ms for each letter and would be the slowest step of bulk mail by far; these older
# classes of the same package take a third of that, and what they write parses back to the same parts.
_LINE = 76
_WIRE = policy.compat32.clone(linesep="\r\n", max_line_length=_LINE)
_UTF8 = Charset("utf-8")
_UTF8.body_encoding = QP


def compose(
    message: Message,
    rendered: letters.Rendered,
    *,
    message_id: str,
    organiser: Contact,
    made_at: datetime,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """The message as bytes: seven bits, CRLF; the same bytes whenever the same letter is composed again.

    `message_id`, with or without `<>`, is kept through every attempt. MailError (permanent) when an address is none.
    """
    boundary = f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:32]}"
    mail = MIMEMultipart("mixed", boundary)
    for name, value in _headers(message, rendered, message_id, organiser, made_at).items():
        mail[name] = value
    method = calendar.method(message.letter) or ""
    mail.attach(_alternatives(rendered, method, f"{boundary}_a"))
    if rendered.calendar is not None:
        mail.attach(_file(_part("application/ics", rendered.calendar, method=method), "invite.ics"))
    for entry in rendered.entries:
        mail.attach(_file(_part(entry.media_type, entry.content, method=method, charset="utf-8"), entry.name))
    for attachment in attachments:
        mail.attach(_file(_part(attachment.media_type, attachment.content), attachment.name))
    return mail.as_bytes(policy=_WIRE)


def _headers(
    message: Message, rendered: letters.Rendered, message_id: str, organiser: Contact, made_at: datetime
) -> dict[str, str]:
    reader = Contact(letters.fenced(message.letter.kind, message.to.name), message.to.address)
    return {
        "From": _mailbox(organiser, "From"),
        "To": _mailbox(reader, "To"),
        "Reply-To": _mailbox(organiser, "Reply-To"),
        "Subject": _words(inert.line(rendered.subject), "Subject"),
        "Date": format_datetime(times.utc(made_at)),
        "Message-ID": _bracketed(message_id),
        **_thread(message),
        # No holiday notes in return: RFC 3834 for most servers, the second one for Exchange.
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "Content-Language": ", ".join(languages.written(message.letter.language)),
    }


def _thread(message: Message) -> dict[str, str]:
    """What belongs to an earlier letter is shown with it (RFC 5322 3.6.4)."""
    first = message.letter.facts.get("thread")
    return {"In-Reply-To": _bracketed(first), "References": _bracketed(first)} if first else {}


def _bracketed(message_id: str) -> str:
    return f"<{inert.line(message_id).strip('<>')}>"


def _words(text: str, header: str) -> str:
    charset = "ascii" if text.isascii() else "utf-8"
    # Longer words than those of the wire would be folded once more, and leave the header's first line empty.
    return Header(text, charset, _LINE, header_name=header).encode()


def _mailbox(contact: Contact, header: str) -> str:
    name, address = inert.line(contact.name), inert.address(contact.address)
    if name.isascii():
        return formataddr((name, address))
    # `formataddr` would make one encoded word of the whole name; RFC 2047 ends a word at 75 characters.
    return f"{_words(name, header)} <{address}>"


def _alternatives(rendered: letters.Rendered, method: str, boundary: str) -> Part:
    alternatives = MIMEMultipart("alternative", boundary)
    alternatives.attach(_body("plain", rendered.text))
    alternatives.attach(_body("html", rendered.html))
    if rendered.calendar is not None:
        alternatives.attach(_part("text/calendar", rendered.calendar, method=method, charset="utf-8"))
    return alternatives


def _body(subtype: str, text: str) -> Part:
    part = MIMENonMultipart("text", subtype, charset="utf-8")
    part.set_payload(text, _UTF8)
    return part


def _part(media_type: str, content: bytes, **parameters: str) -> Part:
    main, _, sub = media_type.partition("/")
    part = MIMEBase(main, sub, policy=policy.compat32, **parameters)
    part.set_payload(content)
    encoders.encode_base64(part)
    return part


def _file(part: Part, name: str) -> Part:
    part.add_header("Content-Disposition", "attachment", filename=inert.line(name))
    return part
