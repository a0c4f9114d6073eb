"""Returned mail: the address to which it comes back, and what a returned mail says (RFC 3461, 3464, 3834, 5965, 6533).

Nothing here trusts what is read. A mail is about one of our letters only by the address that it came to, which nobody
else can make; a Message-ID, a subject or a recipient that it names counts for nothing.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr
from enum import StrEnum

_CODE = re.compile(r"(?<![\d.])([245]\.[0-7]\.\d{1,3})(?![\d.])")  # RFC 3463
_REPLY = re.compile(r"(?<![\d.])([45][0-5]\d)(?=[ :-][^\d])")  # RFC 5321, 4.2.1
_FIELD = re.compile(r"^([A-Za-z-]+):[ \t]*(.*(?:\n[ \t].*)*)", re.M)
_STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
_ROBOTS = ("mailer-daemon", "postmaster", "mail-daemon")
#: "failed" is the end, whatever the status says: a server that gave up after five days says so with 4.4.1 or 4.4.7.
_ACTIONS = {"failed": "5", "delayed": "4"}

_WORDS = {
    "1.1": "mailbox unknown",
    "1.10": "mailbox unknown",
    "1.2": "domain unknown",
    "2.1": "mailbox takes no mail",
    "2.2": "mailbox full",
    "2.3": "letter too large",
    "3.4": "letter too large",
    "4.4": "domain unknown",
    "4.7": "not delivered in time",
}
_WORDS_OF_CLASS = {
    "1": "address refused",
    "2": "mailbox refused it",
    "4": "their mail server was not reached",
    "7": "refused by a rule of theirs",
}


class What(StrEnum):
    """What a returned mail says of the letter."""

    BOUNCED = "bounced"
    DELAYED = "delayed"
    COMPLAINT = "complaint"  #: somebody pressed "this is spam"
    NOTHING = "nothing"  #: an automatic answer, a receipt, a person's answer, a delivery that went well


@dataclass(frozen=True)
class Returned:
    """One mail that came back."""

    what: What
    letter: int | None  #: number of the letter, as the mail claims; None: it came to no address of a letter
    token: str  #: by which the claim is proved
    reason: str  #: in words: "mailbox unknown (5.1.1)"


def return_path(bounce_address: str, letter: int, message_id: str, mark: Callable[[str], str]) -> str:
    """The envelope sender of one letter, by which its bounce is known again: bounces+12-0f3a…@example.org.

    `mark` is a keyed one, so that nobody else can make such an address. The Message-ID is in it because numbers of
    letters are given out a second time after a restore.
    """
    local, _, domain = bounce_address.rpartition("@")
    return f"{local}+{letter}-{_token(letter, message_id, mark)}@{domain}"


def _token(letter: int, message_id: str, mark: Callable[[str], str]) -> str:
    # RFC 5321 ends a local part at 64 characters; 48 bits leave nobody a fair chance of guessing in a mailbox that is
    # read at 200 mails a minute.
    return mark(f"bounce:{letter}:{message_id}")[:12]


def proves(returned: Returned, message_id: str, mark: Callable[[str], str]) -> bool:
    """Whether the mail came to the very address that its letter bore."""
    return returned.letter is not None and hmac.compare_digest(
        returned.token.lower(), _token(returned.letter, message_id, mark)
    )


def read(content: bytes, bounce_address: str) -> Returned:
    """What a mail says, whoever wrote it; what cannot be understood says nothing."""
    number, token = _claim(content, bounce_address)
    try:
        what, reason = _said(message_from_bytes(content))
    except (RecursionError, ValueError, LookupError):  # made to break those who read it
        what, reason = What.NOTHING, "not readable"
    return Returned(what, number, token, reason)


def _claim(content: bytes, bounce_address: str) -> tuple[int | None, str]:
    """Number and token of the first address of a letter that stands anywhere; headers come first.

    A complaint, and a bounce through some servers, bears it only in the copied header of the letter.
    """
    local, _, domain = bounce_address.rpartition("@")
    ours = re.compile(
        rf"(?<![\w.+-]){re.escape(local)}\+(\d{{1,9}})-([0-9a-f]{{12}})@{re.escape(domain)}(?![\w.-])", re.I
    )
    found = ours.search(content.decode("latin-1"))
    return (int(found[1]), found[2]) if found else (None, "")


def _said(mail: Message) -> tuple[What, str]:
    kinds = {part.get_content_type(): part for part in mail.walk()}
    for kind in _STATUS_PARTS:
        if kind in kinds:
            return _reported(kinds[kind])
    if "message/feedback-report" in kinds:
        return What.COMPLAINT, "somebody marked it as spam"
    if "message/disposition-notification" in kinds:
        return What.NOTHING, "a receipt"
    if _by_a_robot(mail):
        return _written_freely(mail)
    automatic = str(mail.get("Auto-Submitted", "no")).strip().lower() != "no"
    return What.NOTHING, "an automatic answer" if automatic else "no report"


def _reported(part: Message) -> tuple[What, str]:
    """By the report on the one recipient that our letters have (RFC 3464, 2.3)."""
    for fields in _blocks(part):
        action = fields.get("action", "").strip().lower()
        code = _CODE.search(fields.get("status", ""))
        class_ = _ACTIONS.get(action) or (code[1][0] if code and not action else "")
        if class_ in ("4", "5"):
            return _verdict(class_, code[1] if code else f"{class_}.0.0", fields.get("diagnostic-code", ""))
    return What.NOTHING, "delivered"


def _blocks(part: Message) -> Iterator[Mapping[str, str]]:
    """The groups of fields in a status report, names in lower case."""
    inner = part.get_payload()
    texts = [one.as_string() for one in inner if isinstance(one, Message)] if isinstance(inner, list) else [str(inner)]
    for block in re.split(r"\n[ \t]*\n", "\n\n".join(texts).replace("\r\n", "\n")):
        yield {name.lower(): " ".join(value.split()) for name, value in _FIELD.findall(block)}


def _by_a_robot(mail: Message) -> bool:
    sender = parseaddr(str(mail.get("From", "")))[1].partition("@")[0].lower()
    return sender in _ROBOTS or "X-Failed-Recipients" in mail


def _written_freely(mail: Message) -> tuple[What, str]:
    """Reports in no standard form: qmail, older Exim, some large mailbox houses."""
    text = "\n".join(_texts(mail))
    # What follows is the letter itself, and may hold any number.
    said = re.split(r"(?im)^.*(?:below this line is a copy|original message|message-id:|原邮件|原信).*$", text)[0]
    code, reply = _CODE.search(said), _REPLY.search(said)
    if found := code or reply:
        return _verdict(found[1][0], found[1], "") if found[1][0] != "2" else (What.NOTHING, "delivered")
    if "X-Failed-Recipients" in mail or "this is a permanent error" in said.lower():
        return _verdict("5", "5.0.0", "")
    return What.NOTHING, "no report"


def _texts(mail: Message) -> Iterator[str]:
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                yield re.sub(r"<[^>]{0,500}>", " ", content.decode(_charset(part), "replace"))


def _charset(part: Message) -> str:
    """Chinese houses write GB18030 and its smaller forms."""
    return "gb18030" if str(part.get_content_charset("")).startswith("gb") else "utf-8"


def _verdict(class_: str, code: str, diagnostic: str) -> tuple[What, str]:
    subject = code.partition(".")[2]
    words = _WORDS.get(subject) or _WORDS_OF_CLASS.get(subject.partition(".")[0])
    more = _CODE.search(diagnostic)
    if words is None and more and more[1] != code:  # some say 5.0.0 and mean what stands behind it
        return _verdict(class_, more[1], "")
    return (What.BOUNCED if class_ == "5" else What.DELAYED), f"{words or 'not delivered'} ({code})"
