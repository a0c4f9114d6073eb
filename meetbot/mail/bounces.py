"""Returned mail: the address to which it comes back, and what a returned mail says (RFC 3461, 3464, 3834, 5965)."""

from __future__ import annotations

from collections.abc import Callable


def return_path(bounce_address: str, letter: int, message_id: str, mark: Callable[[str], str]) -> str:
    """The envelope sender of one letter, by which its bounce is known again: bounces+12-0f3a…@example.org.

    `mark` is a keyed one, so that nobody else can make such an address. The Message-ID is in it because numbers of
    letters are given out a second time after a restore.
    """
    local, _, domain = bounce_address.rpartition("@")
    return f"{local}+{letter}-{_token(letter, message_id, mark)}@{domain}"


def _token(letter: int, message_id: str, mark: Callable[[str], str]) -> str:
    # RFC 5321 ends a local part at 64 characters; 48 bits leave nobody a fair chance of guessing in a mailbox that is
    # read at 200 mails in five minutes.
    return mark(f"bounce:{letter}:{message_id}")[:12]
