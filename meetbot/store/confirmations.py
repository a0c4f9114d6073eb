"""Confirmations of attendance that were given out: whoever holds the code of one may ask whether it is true.

The code is never stored. It is made of the row's own random bits and a key outside the database when the letter
leaves, and known again by its SHA-256 when somebody asks.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from meetbot import chance
from meetbot.store.engine import Transaction
from meetbot.store.seal import Seal
from meetbot.store.tables import confirmation

_BITS = 128
_IN_A_GROUP = 5  # signs of the code, so that it can be read aloud


@dataclass(frozen=True)
class Confirmation:
    """What one paper says."""

    id: int
    meeting: str
    registrant: int
    facts: Mapping[str, Any]
    given_at: datetime


async def add(
    tx: Transaction, links: Seal, meeting: str, registrant: int, facts: Mapping[str, Any], *, now: datetime
) -> int:
    """Returns its id."""
    nonce = chance.hexadecimal(_BITS)
    row = {
        "fingerprint": _fingerprint(_code(links, nonce)),
        "meeting": meeting,
        "registrant": registrant,
        "facts": {**facts, "nonce": nonce},
        "given_at": now,
    }
    return int((await tx.execute(insert(confirmation).values(**row).returning(confirmation.c.id))).scalar_one())


async def given(tx: Transaction, meeting: str) -> Mapping[int, datetime]:
    """Who has one for the meeting, by registrant, and since when."""
    rows = select(confirmation.c.registrant, confirmation.c.given_at).where(confirmation.c.meeting == meeting)
    return {row.registrant: row.given_at for row in await tx.execute(rows)}


async def paper(tx: Transaction, links: Seal, id_: int) -> Mapping[str, Any] | None:
    """What stands on it, with its code; None when the person was erased since."""
    row = (await tx.execute(select(confirmation).where(confirmation.c.id == id_))).first()
    if row is None or "nonce" not in row.facts:
        return None
    code = _code(links, row.facts["nonce"])
    groups = [code[at : at + _IN_A_GROUP] for at in range(0, len(code), _IN_A_GROUP)]
    return {**row.facts, "code": "-".join(groups), "given_at": row.given_at.isoformat()}


async def find(tx: Transaction, code: str) -> Confirmation | None:
    """The confirmation that bears this code, however it is spaced; None when there is none."""
    signs = "".join(sign for sign in code.upper() if sign.isalnum())
    row = (await tx.execute(select(confirmation).where(confirmation.c.fingerprint == _fingerprint(signs)))).first()
    return None if row is None else Confirmation(row.id, row.meeting, row.registrant, row.facts, row.given_at)


def _code(links: Seal, nonce: str) -> str:
    """128 bits in capitals and the digits 2 to 7 (RFC 4648 6), which are not taken for each other."""
    token = hashlib.sha256(links.token(f"confirmation\n{nonce}").encode()).digest()
    return base64.b32encode(token[: _BITS // 8]).decode().rstrip("=")


def _fingerprint(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
