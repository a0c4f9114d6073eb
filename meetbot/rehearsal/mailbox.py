"""What lies in the readers' mailboxes, read as a mail program would: from the files, not from our own tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

_LINK = re.compile(r"https?://[^\s\"'<>\\]+/w/[^\s\"'<>\\]+")
_UID = re.compile(rb"^UID:(.+?)\r?$", re.M)
_SEQUENCE = re.compile(rb"^SEQUENCE:(\d+)\r?$", re.M)
_METHOD = re.compile(rb"^METHOD:(\w+)\r?$", re.M)


@dataclass(frozen=True)
class Entry:
    """A calendar entry that came with a mail."""

    uid: str
    sequence: int
    method: str


@dataclass(frozen=True)
class Mail:
    """One mail as its reader has it."""

    message_id: str
    to: str
    subject: str
    text: str
    links: frozenset[str]  #: join links, wherever in the mail
    entries: tuple[Entry, ...]
    attachments: tuple[str, ...]
    path: Path

    @property
    def entry(self) -> Entry | None:
        """The first one."""
        return next(iter(self.entries), None)


def mails(maildir: Path) -> Iterator[Mail]:
    """Every mail in the folder, in the order in which they came."""
    paths = [path for folder in ("new", "cur") for path in (maildir / folder).glob("*")]
    for path in sorted(paths, key=lambda path: path.stat().st_mtime_ns):
        yield _mail(path)


def attachments(path: Path) -> Iterator[tuple[str, bytes]]:
    """The named files that came with the mail."""
    for part in message_from_bytes(path.read_bytes(), policy=policy.default).walk():
        content = part.get_payload(decode=True)
        if (name := part.get_filename()) and isinstance(content, bytes):
            yield name, content


def words(path: Path) -> str:
    """All that can be read in the mail without opening a file."""
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    bodies = [part for part in message.walk() if part.get_content_maintype() == "text" and not part.get_filename()]
    return "\n".join(content.decode() for part in bodies if isinstance(content := part.get_payload(decode=True), bytes))


def _mail(path: Path) -> Mail:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    parts = [part for part in message.walk() if not part.is_multipart()]
    bodies = {part.get_content_type(): part.get_payload(decode=True) or b"" for part in reversed(parts)}
    contents = [bytes(body) for body in bodies.values() if isinstance(body, bytes)]
    words = [content.replace(b"\r\n ", b"").decode("utf-8", "replace").replace("&amp;", "&") for content in contents]
    calendars = [part.get_payload(decode=True) for part in parts if part.get_content_type() == "text/calendar"]
    plain = bodies.get("text/plain", b"")
    return Mail(
        message_id=str(message["Message-ID"]),
        to=message["To"].addresses[0].addr_spec.lower(),
        subject=str(message["Subject"]),
        text=bytes(plain).decode("utf-8", "replace") if isinstance(plain, bytes) else "",
        links=frozenset(link for text in words for link in _LINK.findall(text)),
        entries=tuple(one for content in calendars if isinstance(content, bytes) and (one := _entry(content))),
        attachments=tuple(name for part in parts if (name := part.get_filename())),
        path=path,
    )


def _entry(calendar: bytes) -> Entry | None:
    unfolded = calendar.replace(b"\r\n ", b"")
    uid, sequence, method = (found.search(unfolded) for found in (_UID, _SEQUENCE, _METHOD))
    if uid is None or sequence is None or method is None:
        return None
    return Entry(uid[1].decode(), int(sequence[1]), method[1].decode())
