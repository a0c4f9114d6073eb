"""To whom each row of Zoom's participant report belongs: by proof or by nobody, never by a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from typing import TypeAlias

from meetbot.core.model import Meeting, Registrant, Status
from meetbot.core.registration import canonical_address, fold
from meetbot.core.remote import Reading, Session

#: The registrants who have the same proof, by it.
Holders: TypeAlias = Mapping[str, Sequence[Registrant]]
_NOTHING = "Zoom gave neither a registration nor an address"


@dataclass(frozen=True)
class Row:
    """A row of Zoom's participant report, with the instance that it is about."""

    uuid: str
    session: Session


@dataclass(frozen=True)
class Owner:
    """To whom rows belong: one of the first three is set, unless they are open and not yet on a line."""

    registrant: int | None = None  #: id
    staff: str = ""  #: address
    open: str = ""  #: key of the line
    reason: str = ""  #: why it is open


def rows_of(readings: Iterable[Reading]) -> list[Row]:
    return [Row(reading.uuid, session) for reading in readings for session in reading.sessions]


def line_key(*parts: str) -> str:
    """Names a line by what does not change from one reading to the next."""
    return sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def open_key(meeting: str, row: Row) -> str:
    """Key of the line on which a row stands that proves nobody.

    Who shares an address may still be told apart by the name; two names are never put together by the address. Where
    there is nothing but a name, two rows may be two people.
    """
    address, registration_id = canonical_address(row.session.address), row.session.registrant_id
    if address or registration_id:
        return line_key(meeting, address, registration_id, fold(row.session.name))
    return line_key(meeting, row.uuid, row.session.name, row.session.interval.start.isoformat())


def by_owner(
    rows: Iterable[Row], registrants: Sequence[Registrant], by_address: Holders, meeting: Meeting
) -> dict[Owner, list[Session]]:
    """The rows sorted by their owners, in the order in which these first appear. `by_address`: see `holders`."""
    roll = _Roll(
        by_id=_index(registrants, lambda one: one.zoom_id or ""),
        by_address=by_address,
        hosts={canonical_address(one) for one in (meeting.host, *meeting.alternative_hosts)},
    )
    proven_by = cache(roll.owner)  # most rows are of somebody who had one before
    owned: dict[Owner, list[Session]] = {}
    alone: Counter[str] = Counter()
    for row in rows:
        owner = proven_by(row.session.address, row.session.registrant_id)
        if owner.reason:
            owner = replace(owner, open=_line_of(row, owner, meeting, alone))
        owned.setdefault(owner, []).append(row.session)
    return owned


def holders(registrants: Iterable[Registrant]) -> Holders:
    """Who has which address; where an approved one has it, those who could not come in by it are left out."""
    return _index(registrants, lambda one: canonical_address(one.form.address))


@dataclass(frozen=True)
class _Roll:
    """Everybody who may own a row."""

    by_id: Holders
    by_address: Holders
    hosts: set[str]

    def owner(self, address: str, registration: str) -> Owner:
        """Of the rows with that address and registration as Zoom gives them; where they are open, without a line."""
        address = canonical_address(address)
        if not address and not registration:
            return Owner(reason=_NOTHING)
        if address in self.hosts:
            return Owner(staff=address)
        proofs = (("registration", registration, self.by_id), ("address", address, self.by_address))
        for what, proof, index in proofs:
            known = index.get(proof, ()) if proof else ()
            if len(known) == 1:
                return Owner(registrant=known[0].id)
            if known:
                names = " and ".join(one.form.name for one in known)
                return Owner(reason=f"{names} share this {what}")
        return Owner(reason="nobody registered with it")


def _index(registrants: Iterable[Registrant], of: Callable[[Registrant], str]) -> dict[str, list[Registrant]]:
    found: dict[str, list[Registrant]] = {}
    for one in registrants:
        found.setdefault(of(one), []).append(one)
    return {what: [one for one in those if one.status == Status.APPROVED] or those for what, those in found.items()}


def _line_of(row: Row, owner: Owner, meeting: Meeting, alone: Counter[str]) -> str:
    """Key of the open line on which the row stands. `alone`: of those that prove nothing, how many have which key."""
    key = open_key(meeting.key, row)
    if owner.reason != _NOTHING:
        return key
    alone[key] += 1
    return line_key(key, str(alone[key])) if alone[key] > 1 else key  # both came in the same second
