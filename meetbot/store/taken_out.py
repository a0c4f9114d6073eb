"""How a person is taken out of the store: table by table, for good.

What figures are made of stays in its place under a stand-in (`core.erasure`): organisation, status, sex, times.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Column, Row, Select, Table, and_, delete, func, or_, select, update

from meetbot.core import attendance as core_attendance
from meetbot.core import erasure
from meetbot.core.erasure import ERASED, Person
from meetbot.core.model import LetterKind, Registrant, Status
from meetbot.core.outbox import OPEN, LetterState
from meetbot.core.registration import fold
from meetbot.core.remote import Reading, Session
from meetbot.store import erasures, inbox, persons, registration, tables
from meetbot.store.attendance import session
from meetbot.store.due import Kind
from meetbot.store.engine import Transaction
from meetbot.store.seal import Seal
from meetbot.store.tables import (
    audit,
    availability,
    confirmation,
    declaration,
    delegate,
    due,
    fact,
    hold,
    meeting,
    message,
    pair,
    reading,
    registrant,
    report,
    zoom_call,
)

#: Texts of ours that may name somebody, with what their rows are known by.
_TEXTS: Sequence[tuple[Table, Column[Any], Column[Any]]] = (
    (registrant, registrant.c.id, registrant.c.reason),
    (message, message.c.id, message.c.reason),
    (due, due.c.id, due.c.reason),
    (audit, audit.c.id, audit.c.subject),
    (audit, audit.c.id, audit.c.detail),
    (meeting, meeting.c.key, meeting.c.reason),
    (pair, pair.c.key, pair.c.reason),
    (hold, hold.c.scope, hold.c.reason),
    (availability, availability.c.organisation, availability.c.answered_by),
)
_REASON = "erased"


async def veiled(tx: Transaction, links: Seal, key: str, readings: Sequence[Reading]) -> list[Reading]:
    """What Zoom reports of a meeting only after somebody was erased, without them.

    By the registration they stay the one that they are in figures; by an address alone nobody can tell any more who
    it was.
    """
    theirs = {one.zoom_id: one.form.address for one in await registration.listing(tx, key) if _is_erased(one)}
    addresses = {one.address for reading in readings for one in reading.sessions if one.address}
    erased = await erasures.erased_at(tx, links, addresses)

    def without(one: Session) -> Session:
        stand_in = erasure.zoom_stand_in(one.registrant_id, links.mark)
        if stand_in in theirs:
            return replace(one, name=ERASED, registrant_id=stand_in, address=theirs[stand_in] if one.address else "")
        return replace(one, name=ERASED, address="") if one.address in erased and not one.registrant_id else one

    return [replace(reading, sessions=tuple(map(without, reading.sessions))) for reading in readings]


def _is_erased(one: Registrant) -> bool:
    return erasure.is_stand_in(one.form.address)


async def erase(
    tx: Transaction, links: Seal, person: Person, found: persons.Rows, *, over: Collection[str]
) -> Counter[str]:
    """Take the person out of every table; returns how many rows held something, by what they are.

    `over`: keys of the meetings that have ended, where being approved is a figure; from others they are taken off.
    """
    counts: Counter[str] = Counter()
    counts["registrations"] = await _registrants(tx, person, found.registrants, over)
    counts["letters"] = await _letters(tx, person, found.letters)
    counts["delegations"] = await _delete(tx, delegate, [one.id for one in found.delegates])
    keys, counts["rows of Zoom's reports"] = await _readings(tx, person)
    counts["reports"] = await _reports(tx, person, keys)
    counts["letters to others"] = await _mentions(tx, person, keys)
    counts["live events"] = await _facts(tx, links, person) + await _waiting_events(tx, links, person)
    counts["declarations"] = await _declarations(tx, person, found.declarations, keys)
    counts["confirmations"] = await _confirmations(tx, found.confirmations)
    counts["notes"] = await _texts(tx, person) + await _counted_calls(tx, person)
    await _call_off(tx, found)
    return +counts


async def _registrants(tx: Transaction, person: Person, theirs: Sequence[Registrant], over: Collection[str]) -> int:
    for one in theirs:
        comes = one.status in (Status.PENDING, Status.APPROVED) and one.form.meeting not in over
        values: dict[str, Any] = {
            "address": person.stand_ins[fold(one.form.name)],
            "name": ERASED,
            "name_folded": f"erased {one.id}",
            "organisation_written": "",
            "position": "",
            "language_chosen": None,
            "zone_chosen": None,
            "zoom_id": person.zoom_ids.get(one.zoom_id or ""),
            "sealed_link": None,
            "pushed_at": None,
            "status": Status.CANCELLED if comes else one.status,
            "reason": _REASON,
        }
        await tx.execute(update(registrant).where(registrant.c.id == one.id).values(**values))
    return len(theirs)


async def _letters(tx: Transaction, person: Person, theirs: Sequence[Row[Any]]) -> int:
    """Each keeps its Message-ID and its end, so that no letter is ever taken for one that has not gone."""
    for one in theirs:
        values: dict[str, Any] = {
            "dedupe": f"erased#{one.id}",
            "facts": erasure.letter(one.facts),
            "to_name": ERASED,
            "to_address": person.stand_in,
            "reason": _REASON,
            "state": LetterState.CANCELLED if one.state in (*OPEN, LetterState.SENDING) else one.state,
        }
        await tx.execute(update(message).where(message.c.id == one.id).values(**values))
    return len(theirs)


async def _readings(tx: Transaction, person: Person) -> tuple[Mapping[str, str], int]:
    """The new key of each open line whose rows have changed, and how many rows have."""
    keys: dict[str, str] = {}
    changed = 0
    for one in await _all(tx, select(reading.c.id, reading.c.meeting, reading.c.instances)):
        struck = _Struck(person, one.meeting, keys)
        instances = [{**run, "sessions": struck.sessions(run["uuid"], run["sessions"])} for run in one.instances]
        if struck.changed:
            await tx.execute(update(reading).where(reading.c.id == one.id).values(instances=instances))
        changed += struck.changed
    return keys, changed


@dataclass
class _Struck:
    """Rows of one reading without the person."""

    person: Person
    meeting: str
    keys: dict[str, str]
    changed: int = 0

    def sessions(self, uuid: str, plain: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        return [self._one(uuid, one) for one in plain]

    def _one(self, uuid: str, was: Mapping[str, Any]) -> Mapping[str, Any]:
        becomes = erasure.session(self.person, self.meeting, was)
        if becomes is None:
            return was
        old, new = (
            core_attendance.open_key(self.meeting, core_attendance.Row(uuid, session(one))) for one in (was, becomes)
        )
        self.keys[old] = new
        self.changed += 1
        return becomes


async def _reports(tx: Transaction, person: Person, keys: Mapping[str, str]) -> int:
    changed = 0
    for one in await _all(tx, select(report.c.id, report.c.document)):
        without = erasure.document(person, one.document, keys)
        if without != one.document:
            await tx.execute(update(report).where(report.c.id == one.id).values(document=without))
            changed += 1
    return changed


async def _mentions(tx: Transaction, person: Person, keys: Mapping[str, str]) -> int:
    """In letters to others: those that are done with, and every report."""
    done = or_(message.c.state.not_in(OPEN), message.c.kind == LetterKind.REPORT)
    changed = 0
    for one in await _all(tx, select(message.c.id, message.c.facts).where(done)):
        without = {**one.facts}
        if isinstance(one.facts.get("report"), dict):
            without["report"] = erasure.document(person, one.facts["report"], keys)
        without = erasure.mention(person, without)
        if without != one.facts:
            await tx.execute(update(message).where(message.c.id == one.id).values(facts=without))
            changed += 1
    return changed


async def _facts(tx: Transaction, links: Seal, person: Person) -> int:
    """All that was told of a participant who was shown once to be the person."""
    of_zoom_id = {row.zoom_id: row.key for row in await _all(tx, select(meeting.c.zoom_id, meeting.c.key))}
    told = [(one, _session_of(one)) for one in await _all(tx, select(fact))]
    struck = [(one, erasure.session(person, of_zoom_id.get(one.meeting_id, ""), plain)) for one, plain in told]
    theirs = {(one.uuid, one.participant) for one, becomes in struck if becomes and one.participant}
    count = 0
    for one, becomes in struck:
        if becomes or ((one.uuid, one.participant) in theirs and not (one.address or one.registrant_id)):
            values = {**(becomes or {"name": ERASED}), "participant": links.mark(one.participant)}
            await tx.execute(update(fact).where(fact.c.id == one.id).values(**values))
            count += 1
    return count


def _session_of(one: Row[Any]) -> Mapping[str, str]:
    return {"name": one.name, "address": one.address, "registrant_id": one.registrant_id}


async def _waiting_events(tx: Transaction, links: Seal, person: Person) -> int:
    """What has come from Zoom and was not acted on yet."""
    waits = await tx.scalar(select(func.count()).where(tables.inbox.c.state == "waiting")) or 0
    waiting = await inbox.waiting(tx, links, limit=waits)
    theirs = [one.id for one in waiting if person.struck(one.body) != one.body]
    await inbox.end(tx, theirs, "ignored", _REASON)
    return len(theirs)


async def _declarations(tx: Transaction, person: Person, theirs: Sequence[Row[Any]], keys: Mapping[str, str]) -> int:
    """Their own, and those of strangers under a name that only they have; all follow the lines that they are about."""
    for was_key, is_key in keys.items():
        await tx.execute(update(declaration).where(declaration.c.line == was_key).values(line=is_key))
    strangers = await _all(tx, select(declaration).where(declaration.c.registrant.is_(None)))
    ids = [one.id for one in (*theirs, *(one for one in strangers if person.is_name(one.name)))]
    await tx.execute(update(declaration).where(declaration.c.id.in_(ids)).values(name=ERASED))
    return len(ids)


async def _confirmations(tx: Transaction, theirs: Sequence[Row[Any]]) -> int:
    ids = [one.id for one in theirs]
    await tx.execute(update(confirmation).where(confirmation.c.id.in_(ids)).values(facts={"name": ERASED}))
    return len(ids)


async def _texts(tx: Transaction, person: Person) -> int:
    changed = 0
    for table, key, column in _TEXTS:
        naming = or_(*(column.icontains(text, autoescape=True) for text in (person.address, *person.names)))
        for row in await _all(tx, select(key.label("known_by"), column.label("text")).where(naming)):
            without = person.struck(row.text)
            if without != row.text:
                await tx.execute(update(table).where(key == row.known_by).values({column.name: without}))
                changed += 1
    return changed


async def _counted_calls(tx: Transaction, person: Person) -> int:
    subject = func.lower(zoom_call.c.subject)
    theirs = delete(zoom_call).where(subject.endswith(f"/{person.address}", autoescape=True))
    return (await tx.execute(theirs)).rowcount


async def _call_off(tx: Transaction, found: persons.Rows) -> None:
    """Nothing waits to be done for them any more."""
    letters = and_(due.c.kind == Kind.LETTER, due.c.subject.in_([str(one.id) for one in found.letters]))
    pushes = and_(due.c.kind == Kind.PUSH, due.c.subject.in_([str(one.id) for one in found.registrants]))
    waits = update(due).where(due.c.state.in_(("waiting", "claimed")), or_(letters, pushes))
    await tx.execute(waits.values(state="cancelled", reason=_REASON))


async def _delete(tx: Transaction, table: Table, ids: Sequence[int]) -> int:
    await tx.execute(delete(table).where(table.c.id.in_(ids)))
    return len(ids)


async def _all(tx: Transaction, statement: Select[Any]) -> Sequence[Row[Any]]:
    return tuple(await tx.execute(statement))
