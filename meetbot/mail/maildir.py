"""A folder in Maildir form, for offices without a mail server and for rehearsals."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from pathlib import Path

from meetbot import errors
from meetbot.mail import inert


class Maildir:
    """A `Transport` that lays each message down as a file, readable by its owner alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def deliver(self, message_id: str, sender: str, recipient: str, content: bytes) -> str:
        inert.address(sender)
        name = _file_name(message_id, inert.address(recipient))
        try:
            return await asyncio.to_thread(_lay_down, self._folder, name, content)
        except OSError as problem:
            raise errors.MailError(f"cannot write to {self._folder}: {problem.strerror}", permanent=False) from None

    async def check(self) -> str:
        """Say where messages go."""
        return f"messages become files in {self._folder}, and reach nobody's mailbox"

    async def aclose(self) -> None:
        """Nothing is open between two messages."""


def _file_name(message_id: str, recipient: str) -> str:
    # The standard library's Maildir invents a name for each delivery; ours comes from the Message-ID alone, so that
    # a repeated delivery is one file.
    digest = hashlib.sha256(message_id.strip("<>").encode()).hexdigest()[:16]
    return f"{digest}-{re.sub(r'[^A-Za-z0-9.-]', '_', recipient)[:60]}.eml"


def _lay_down(folder: Path, name: str, content: bytes) -> str:
    for part in ("tmp", "new", "cur"):
        (folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
    if any((folder / "cur").glob(f"{name}*")):
        return f"written to {folder / 'cur'} before"
    draft, final = folder / "tmp" / name, folder / "new" / name
    # Only its owner may read it: it may hold a join link.
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(final)
    _sync_folder(final.parent)
    return f"written to {final}"


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
