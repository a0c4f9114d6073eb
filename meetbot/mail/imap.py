"""The mailbox that returned mail comes to, read with the standard library's IMAP client in a thread (RFC 3501)."""

from __future__ import annotations

import asyncio
import contextlib
import imaplib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from meetbot import errors, redaction

T = TypeVar("T")

_SILENCE = 30  # seconds without a byte
_PATIENCE = 60  # seconds for one step, however slowly the server drips
#: Of each mail no more is read: reports stand at the head, and a mailbox is anybody's to fill.
_LONGEST = 262_144  # bytes


@dataclass(frozen=True)
class ImapAccount:
    """How to reach the mailbox and log in there; only ever over TLS."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)  #: "": by a token
    folder: str = "INBOX"
    token: Callable[[], Awaitable[str]] | None = field(default=None, repr=False)  #: fetches one; MailError


class Mailbox:
    """An open folder. Nothing in it is ever deleted."""

    def __init__(self, server: imaplib.IMAP4_SSL) -> None:
        self._server = server

    async def unseen(self) -> Sequence[int]:
        """The identifiers (UID) of the mails that are not marked as seen, the newest first."""
        found = await _step(lambda: self._server.uid("SEARCH", "UNSEEN"))
        return sorted((int(uid) for uid in (_sound(found)[0] or b"").split()), reverse=True)

    async def fetch(self, uid: int) -> bytes:
        """The first 256 KB of a mail, which stays unseen; nothing when somebody has taken it away meanwhile."""
        found = await _step(lambda: self._server.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{_LONGEST}>)"))
        return next((bytes(part[1]) for part in _sound(found) if isinstance(part, tuple)), b"")

    async def mark_seen(self, uid: int) -> None:
        _sound(await _step(lambda: self._server.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")))


@contextlib.asynccontextmanager
async def opened(account: ImapAccount) -> AsyncIterator[Mailbox]:
    """The account's folder, open while the block runs. MailError, also in the block, says why that does not work."""
    place = f"mailbox {account.username} at {account.host}"
    try:
        server = await _step(lambda: _connected(account))
        try:
            token = await account.token() if account.token and not account.password else ""
            await _step(lambda: _let_in(server, account, token))
            yield Mailbox(server)
            with contextlib.suppress(imaplib.IMAP4.error, OSError):
                await _step(server.logout)
        finally:
            with contextlib.suppress(OSError):
                server.shutdown()  # also ends a thread that still waits for an answer
    except UnicodeError:
        raise errors.MailError(
            f"{place}: user name, password and folder may only have the letters of ASCII", permanent=True
        ) from None
    except (imaplib.IMAP4.error, OSError) as fault:
        raise errors.MailError(f"{place}: {_words(fault)}", permanent=False) from None


def _connected(account: ImapAccount) -> imaplib.IMAP4_SSL:
    return imaplib.IMAP4_SSL(account.host, account.port, ssl_context=ssl.create_default_context(), timeout=_SILENCE)


def _let_in(server: imaplib.IMAP4_SSL, account: ImapAccount, token: str) -> None:
    if token:
        words = f"user={account.username}\1auth=Bearer {token}\1\1".encode()
        server.authenticate("XOAUTH2", lambda challenge: b"" if challenge else words)
    else:
        server.login(account.username, account.password)
    quoted = account.folder.replace("\\", r"\\").replace('"', r"\"")
    _sound(server.select(f'"{quoted}"'))


async def _step(work: Callable[[], T]) -> T:
    """One exchange with the server, in a thread of its own."""
    async with asyncio.timeout(_PATIENCE):
        return await asyncio.to_thread(work)


def _sound(answer: tuple[str, Sequence[Any]]) -> Sequence[Any]:
    """What the server gave. imaplib tells of a refusal in the answer where others would raise."""
    said, given = answer
    if said != "OK":
        raise imaplib.IMAP4.error(given[0] if given else said)
    return given


def _words(fault: Exception) -> str:
    """What the server said, or what went wrong on the way to it."""
    said = fault.args[0] if fault.args else ""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(fault)
    return redaction.strike(" ".join(text.split()))[:300] or "no answer in time"
