"""An accepted mail: its envelope, and what can be read in it. Nothing in a broken mail stops the reading."""

import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import Message

from meetbot.sandbox.answers import Json

_CALENDARS = ("text/calendar", "application/ics")
_LINK = re.compile(r"https?://[^\s<>\"'\\]+", re.IGNORECASE)
_CALENDAR_ENTRY = re.compile(r"^BEGIN:VEVENT\s*$(.*?)^END:VEVENT\s*$", re.DOTALL | re.MULTILINE)


@dataclass
class Mail:
    number: int
    session: int
    accepted_at: datetime
    sender: str
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)
    encrypted: bool
    authenticated: bool
    #: When the client was told that the mail is accepted; None as long as it was not.
    acknowledged_at: datetime | None = None
    #: How often a scanner opened a link of it.
    links_opened: int = 0

    @property
    def message(self) -> Message:
        return message_from_bytes(self.content, policy=policy.compat32)

    @property
    def message_id(self) -> str | None:
        written = self.message["Message-ID"]
        return None if written is None else str(written).strip()

    @property
    def sha256(self) -> str:
        """Of the body: what follows the header."""
        _header, _, body = self.content.partition(b"\r\n\r\n")
        return hashlib.sha256(body).hexdigest()

    @property
    def calendar(self) -> list[Json]:
        """Each calendar entry: `method`, `uid`, `sequence` (RFC 5545)."""
        found = [entry for kind, text in _texts(self.message) if "calendar" in kind for entry in _entries(text)]
        return [entry for place, entry in enumerate(found) if entry not in found[:place]]

    @property
    def links(self) -> list[str]:
        """Every link, once, in the order of the text."""
        found: dict[str, None] = {}
        for kind, text in _texts(self.message):
            # In a calendar entry a long line goes on in the next, after a space.
            whole = re.sub(r"\r?\n[ \t]", "", text) if kind in _CALENDARS else text
            read = html.unescape(whole) if "html" in kind else whole
            found.update((match.rstrip(".,;:!?)]"), None) for match in _LINK.findall(read))
        return list(found)

    def shown(self, *, body: bool) -> Json:
        """For a person who looks: no content unless `body`, for it holds join links."""
        return {
            "mail": self.number,
            "session": self.session,
            "accepted_at": self.accepted_at.isoformat(timespec="milliseconds"),
            "acknowledged_at": self.acknowledged_at and self.acknowledged_at.isoformat(timespec="milliseconds"),
            "sender": self.sender,
            "recipients": list(self.recipients),
            "encrypted": self.encrypted,
            "authenticated": self.authenticated,
            "message_id": self.message_id,
            "calendar": self.calendar,
            "sha256": self.sha256,
            "size": len(self.content),
            "links": len(self.links),
            "links_opened": self.links_opened,
            "headers": [[name, " ".join(str(value).split())] for name, value in self.message.items()],
            **({"body": self.content.decode("utf-8", errors="replace")} if body else {}),
        }


def _texts(message: Message) -> Iterator[tuple[str, str]]:
    """The content type and the text of each part that holds text."""
    for part in message.walk():
        kind = part.get_content_type()
        if kind.startswith("text/") or kind in _CALENDARS:
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                yield kind, _decoded(content, part.get_content_charset() or "utf-8")


def _decoded(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset, errors="replace")
    except LookupError:
        return content.decode("utf-8", errors="replace")


def _entries(text: str) -> Iterator[Json]:
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    method = _value("METHOD", unfolded)
    for entry in _CALENDAR_ENTRY.findall(unfolded):
        yield {"method": method, "uid": _value("UID", entry), "sequence": _number(_value("SEQUENCE", entry))}


def _value(name: str, lines: str) -> str | None:
    match = re.search(rf"^{name}(?:;[^:\r\n]*)?:([^\r\n]*)", lines, re.MULTILINE | re.IGNORECASE)
    return match[1].strip() if match else None


def _number(written: str | None) -> int | None:
    """RFC 5545, 3.8.7.4: 0 when left out. None when it is no number."""
    if written is None:
        return 0
    return int(written) if written.isdecimal() else None
