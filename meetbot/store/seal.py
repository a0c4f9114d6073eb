"""Seals what must not be read from a stolen database: AES-256-GCM, with the key outside the database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from meetbot.errors import UserError

_NONCE = 12  # bytes, as NIST SP 800-38D recommends for GCM
_DRAFT = ".data.key.draft-{}"  # unlike any name that somebody gives a copy of their key


class Seal:
    """Seals and opens texts; each is bound to the row that it belongs to."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._mark_key = hashlib.sha256(b"mark:" + key).digest()
        self._token_key = hashlib.sha256(b"token:" + key).digest()

    def close(self, text: str, belongs_to: str) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, text.encode(), belongs_to.encode())

    def open(self, sealed: bytes, belongs_to: str) -> str:
        """UserError when the key is not the one it was sealed with, or the row is another one."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], belongs_to.encode()).decode()
        except InvalidTag:
            raise UserError(
                "A stored join link does not open with this key: put back the data.key (or MEETBOT_DATA_KEY) "
                "that was in use when the store was written."
            ) from None

    def mark(self, secret: str) -> str:
        """By which the same secret is known again, and which tells nobody what it is."""
        return hmac.new(self._mark_key, secret.encode(), hashlib.sha256).hexdigest()[:32]

    def token(self, stands_for: str) -> str:
        """What nobody without the key can guess, the same for the same text: 256 bits, safe in an address."""
        made = hmac.new(self._token_key, stands_for.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(made).decode().rstrip("=")


def from_settings(encoded_key: str, data_dir: Path) -> Seal:
    """The seal of this deployment: the given key, or the one in the data folder, made on first use."""
    if encoded_key:
        return Seal(_decode(encoded_key, "MEETBOT_DATA_KEY"))
    path = data_dir / "data.key"
    if not path.exists():
        _make_key(path)
    for left in data_dir.glob(_DRAFT.format("*")):  # by a process that was killed while it made the key
        left.unlink(missing_ok=True)
    return Seal(_decode(path.read_text(), str(path)))


def _make_key(path: Path) -> None:
    """A whole key or none: half of one, left by a full disk or a power cut, would lock everybody out."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(_DRAFT.format(os.getpid()))
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(base64.b64encode(AESGCM.generate_key(bit_length=256)))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError, FileNotFoundError):  # another process was first, and its key is the one
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _decode(encoded: str, place: str) -> bytes:
    try:
        key = base64.b64decode(encoded.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise UserError(f"{place}: not a key; make one with: openssl rand -base64 32")
    return key
