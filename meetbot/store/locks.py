"""Lets one transaction decide alone about a subject: its answer rests on rows that another one may be changing."""

from __future__ import annotations

from sqlalchemy import func, select

from meetbot.store.engine import Transaction

#: Which programme is in force, and who holds what. Taken before the meetings, never after.
PROGRAMME = "programme"
#: Where the pairs stand and what was said. Taken after the programme, never before.
BILATERALS = "bilaterals"


def meeting(key: str) -> str:
    """Its people, their links and letters, its revision and what stands at Zoom."""
    return f"meeting:{key}"


def rundown(key: str) -> str:
    """Its day and its cues: apart from the meeting, so that no import of a list holds up a cue."""
    return f"rundown:{key}"


def reader(address: str) -> str:
    """Which letters leave for them as one mail. Taken alone, before any other."""
    return f"reader:{address.lower()}"


async def alone(tx: Transaction, *subjects: str) -> None:
    """Until this transaction ends, no other one decides about these. Wait while one does.

    To be asked for before anything is read that the decision rests on, and before any row is changed or claimed.
    SQLite has one writer at a time, so every writing transaction is alone there as it is.
    """
    if tx.dialect.name == "postgresql":
        for subject in sorted(subjects):  # always in the same order, so that two cannot wait for each other
            await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(subject, 0))))
