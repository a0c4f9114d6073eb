"""To whom each row of Zoom's participant report belongs: by proof or by nobody, never by a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from meetbot.core.model import Meeting, Registrant, Status
from meetbot.core.registration import canonical_address
from meetbot.core.remote import Session


@dataclass(frozen=True)
class Owner:
    """To whom rows belong: exactly one of the first three is set."""

    registrant: int | None = None  #: id
    staff: str = ""  #: address
    doubt: str = ""  #: what the rows have in common
    reason: str = ""  #: of the doubt


def by_owner(
    rows: Sequence[Session], registrants: Sequence[Registrant], meeting: Meeting
) -> dict[Owner, list[Session]]:
    """The rows sorted by their owners, in the order in which these first appear."""
    roll = _Roll(
        by_id=_index(registrants, lambda one: one.zoom_id or ""),
        by_address=_index(registrants, lambda one: canonical_address(one.form.address)),
        hosts={canonical_address(one) for one in (meeting.host, *meeting.alternative_hosts)},
    )
    owned: dict[Owner, list[Session]] = {}
    for number, row in enumerate(rows, start=1):
        owned.setdefault(_owner(row, number, roll), []).append(row)
    return owned


@dataclass(frozen=True)
class _Roll:
    """Everybody who may own a row."""

    by_id: Mapping[str, Sequence[Registrant]]
    by_address: Mapping[str, Sequence[Registrant]]
    hosts: set[str]


def _index(registrants: Iterable[Registrant], of: Callable[[Registrant], str]) -> dict[str, list[Registrant]]:
    """Who has what; where an approved one has it, those who could not come in by it are left out."""
    found: dict[str, list[Registrant]] = {}
    for one in registrants:
        found.setdefault(of(one), []).append(one)
    return {what: [one for one in those if one.status == Status.APPROVED] or those for what, those in found.items()}


def _owner(row: Session, number: int, roll: _Roll) -> Owner:
    address = canonical_address(row.address)
    if address in roll.hosts:
        return Owner(staff=address)
    if not address and not row.registrant_id:
        # Two rows of one name may be two people, so each stands alone.
        return Owner(doubt=f"row {number}", reason="Zoom gave neither a registration nor an address")
    proofs = (("registration", row.registrant_id, roll.by_id), ("address", address, roll.by_address))
    for what, key, holders in proofs:
        known = holders.get(key, ()) if key else ()
        if len(known) == 1:
            return Owner(registrant=known[0].id)
        if known:
            names = " and ".join(one.form.name for one in known)
            return Owner(doubt=key, reason=f"{names} share this {what}")
    return Owner(doubt=address or row.registrant_id, reason="nobody registered with it")
