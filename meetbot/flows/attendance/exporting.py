"""Everything that is held about one person, for that person."""

from __future__ import annotations

from typing import Any

from meetbot.core import erasure
from meetbot.core.model import Programme, Registrant
from meetbot.core.registration import canonical_address
from meetbot.errors import UserError
from meetbot.flows.attendance import erasing
from meetbot.store import attendance, audit, meetings, persons
from meetbot.store.engine import Store, Transaction


async def export(store: Store, programme: Programme, address: str) -> dict[str, Any]:
    """What is held of whoever has that canonical address, as plain JSON. UserError when nothing is.

    Join links are only said to be there: who opens the file must not come in under the person's name.
    """
    async with store.reading() as tx:
        found = await persons.rows(tx, address)
        if found.empty:
            raise UserError(await erasing.nothing(tx, store.links, address))
        ids = {one.id for one in found.registrants}
        decisions = [row for row in await audit.listing(tx) if _decides(row.what, row.subject, ids)]
        return {
            "address": address,
            "names": sorted(found.names),
            "registrations": [_registration(one) for one in found.registrants],
            "decisions": [
                {"at": row.at.isoformat(), "what": row.what, "by": row.who, "reason": row.detail} for row in decisions
            ],
            "letters": [_letter(one) for one in found.letters],
            "attendance": await _attendance(tx, ids),
            "sessions_at_zoom": await _sessions(tx, address, found),
            "delegations": [
                {name: getattr(one, name) for name in ("organisation", "name", "position", "language", "sex")}
                for one in found.delegates
            ],
            "declarations": [
                {"meeting": one.meeting, "name": one.name, "said_by": one.said_by, "said_at": one.said_at.isoformat()}
                for one in found.declarations
            ],
            "confirmations": [
                {"meeting": one.meeting, "given_at": one.given_at.isoformat()} for one in found.confirmations
            ],
            "named_in_programme": list(erasure.places(address, programme)),
        }


def _decides(what: str, subject: str, ids: set[int]) -> bool:
    return what.startswith("registration.") and subject in map(str, ids)


def _registration(one: Registrant) -> dict[str, Any]:
    form = one.form
    return {
        "meeting": form.meeting,
        "name": form.name,
        "address": form.address,
        "organisation": form.organisation,
        "position": form.position,
        "country": form.country,
        "sex": form.sex,
        "language": one.language,
        "zone": one.zone,
        "part_in_programme": form.person,
        "source": form.source,
        "status": one.status,
        "reason": one.reason,
        "zoom_registrant_id": one.zoom_id,
        "join_link": "kept, not shown" if one.pushed else None,
    }


def _letter(row: Any) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "meeting": row.meeting,
        "to": row.to_address,
        "state": row.state,
        "written_at": row.created_at.isoformat(),
        "accepted_at": row.accepted_at.isoformat() if row.accepted_at else None,
        "facts": row.facts if row.registrant is not None else {},
    }


async def _attendance(tx: Transaction, ids: set[int]) -> list[dict[str, Any]]:
    """Their lines in the newest report of each meeting."""
    newest = {key: made[-1].document for key in await meetings.all_(tx) if (made := await attendance.reports(tx, key))}
    return [
        {"meeting": key, "state": document.get("state", ""), **line}
        for key, document in newest.items()
        for line in (*document.get("lines", ()), *document.get("interpreters", ()))
        if line.get("registrant") in ids
    ]


async def _sessions(tx: Transaction, address: str, found: persons.Rows) -> list[dict[str, Any]]:
    """The rows of Zoom's reports that are theirs by proof, as far as they are kept still."""
    ids = {one.zoom_id for one in found.registrants if one.zoom_id}
    return [
        {
            "meeting": key,
            "name": session.name,
            "joined_at": session.interval.start.isoformat(),
            "left_at": session.interval.end.isoformat(),
            "in_waiting_room": session.in_waiting_room,
        }
        for key in await meetings.all_(tx)
        for reading in await attendance.latest_reading(tx, key)
        for session in reading.sessions
        if session.registrant_id in ids or canonical_address(session.address) == address
    ]
