"""The outside of a backup: a compressed tar file in the age format, version 1 (age-encryption.org/v1).

It can be opened without this program: `age -d FILE | tar xz`.
"""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import pyrage
from pyrage import passphrase, x25519

from meetbot.errors import UserError

_AGE = b"age-encryption.org/v1\n"
_AGE_BY_PASSPHRASE = _AGE + b"-> scrypt "
_SECRET = "AGE-SECRET-KEY-"


@dataclass(frozen=True)
class Passphrase:
    """What a person knows. The archive passes through memory whole: pyrage has no stream for passphrases."""

    words: str = field(repr=False)


@dataclass(frozen=True)
class KeyFile:
    """The public keys that a backup is made for, and the secret ones that open it."""

    public: Sequence[x25519.Recipient]
    secret: Sequence[x25519.Identity] = field(repr=False)


Key: TypeAlias = Passphrase | KeyFile


def key_file(path: Path) -> KeyFile:
    """A file as `age-keygen` writes it, or one of public keys alone; UserError when it is neither."""
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    keys = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    try:
        secret = [x25519.Identity.from_str(key) for key in keys if key.startswith(_SECRET)]
        public = [x25519.Recipient.from_str(key) for key in keys if not key.startswith(_SECRET)]
    except (pyrage.IdentityError, pyrage.RecipientError):
        keys = []
    if not keys:
        raise UserError(f"{path}: is no key file of age; make one with: age-keygen -o FILE")
    return KeyFile([*public, *(one.to_public() for one in secret)], secret)


def pack(files: Iterable[Path], target: Path, key: Key, *, workplace: Path) -> Key:
    """Write the archive; returns what opens it here and now.

    Where only public keys are at hand nobody here could look into it again, so it is also made for a key that is
    forgotten afterwards.
    """
    clear = workplace / "archive.tar.gz"
    with tarfile.open(clear, "w:gz", compresslevel=6) as tar:
        for file in files:
            tar.add(file, arcname=file.name)
    if isinstance(key, Passphrase):
        target.write_bytes(passphrase.encrypt(clear.read_bytes(), key.words))
        return key
    once = x25519.Identity.generate()
    with clear.open("rb") as source, target.open("wb") as sink:
        pyrage.encrypt_io(source, sink, [*key.public, once.to_public()])
    return KeyFile((), [once])


def unpack(source: Path, key: Key, folder: Path, *, allowed: Collection[str]) -> None:
    """Lay the files of an archive into an empty folder. UserError when it is none, or does not open."""
    clear = folder / "archive.tar.gz"
    _decrypt(source, key, clear)
    try:
        with tarfile.open(clear, "r:gz") as tar:
            for member in tar:
                if member.isreg() and member.name in allowed and (content := tar.extractfile(member)):
                    with (folder / member.name).open("wb") as file:
                        shutil.copyfileobj(content, file)
    except tarfile.TarError:
        raise UserError(f"{source}: is not a backup of meetbot") from None
    clear.unlink()


def _decrypt(source: Path, key: Key, clear: Path) -> None:
    with source.open("rb") as file:
        begins = file.read(len(_AGE_BY_PASSPHRASE))
    if not begins.startswith(_AGE):
        raise UserError(f"{source}: is not a backup of meetbot")
    if isinstance(key, KeyFile) and begins == _AGE_BY_PASSPHRASE:
        raise UserError(f"{source}: was made with a passphrase; leave out --key-file")
    if isinstance(key, Passphrase) and begins != _AGE_BY_PASSPHRASE:
        raise UserError(f"{source}: was made with a key file; name it with --key-file")
    try:
        if isinstance(key, Passphrase):
            clear.write_bytes(passphrase.decrypt(source.read_bytes(), key.words))
        else:
            with source.open("rb") as file, clear.open("wb") as sink:
                pyrage.decrypt_io(file, sink, key.secret)
    except (pyrage.DecryptError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise UserError(f"{source}: {_why(str(error), key)}") from None


def _why(said: str, key: Key) -> str:
    """The library's two words for a wrong key, and all the others for a file that is not as it was written."""
    if said == "Decryption failed":
        return "the passphrase does not open it"
    if said == "No matching keys found" and isinstance(key, KeyFile):
        return "the key file does not open it" if key.secret else "the key file has no secret key that could open it"
    return "is damaged: cut off or changed since it was made. Use another copy"
