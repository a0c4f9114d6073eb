"""Everything that the store holds about one person by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, or_, select

from meetbot.core.erasure import is_stand_in
from meetbot.core.model import Registrant
from meetbot.core.outbox import LetterState
from meetbot.core.registration import canonical_address, fold
from meetbot.store import registration
from meetbot.store.due import Kind
from meetbot.store.engine import Transaction
from meetbot.store.tables import confirmation, declaration, delegate, due, message, registrant


@dataclass(frozen=True)
class Rows:
    """What is about one person by itself, row by row."""

    registrants: Sequence[Registrant]
    letters: Sequence[Row[Any]]
    delegates: Sequence[Row[Any]]
    declarations: Sequence[Row[Any]]
    confirmations: Sequence[Row[Any]]

    @property
    def names(self) -> frozenset[str]:
        """As written."""
        return frozenset([*(one.form.name for one in self.registrants), *(one.name for one in self.delegates)])

    @property
    def empty(self) -> bool:
        return not (self.registrants or self.letters or self.delegates)

    @property
    def busy(self) -> bool:
        """A letter to them is on its way at this moment."""
        return any(one.state == LetterState.SENDING for one in self.letters)


async def rows(tx: Transaction, address: str) -> Rows:
    """Of whoever has that canonical address."""
    registrants = await registration.of_address(tx, address)
    ids = [one.id for one in registrants]
    theirs = or_(message.c.registrant.in_(ids), func.lower(message.c.to_address) == address)
    return Rows(
        registrants,
        await _all(tx, select(message).where(theirs).order_by(message.c.id)),
        await _all(tx, select(delegate).where(func.lower(delegate.c.address) == address)),
        await _all(tx, select(declaration).where(declaration.c.registrant.in_(ids))),
        await _all(tx, select(confirmation).where(confirmation.c.registrant.in_(ids))),
    )


async def addresses(tx: Transaction) -> frozenset[str]:
    """Canonical, of everybody whom `rows` could find."""
    columns = (registrant.c.address, message.c.to_address, delegate.c.address)
    found = [one for column in columns for one in await tx.scalars(select(column).distinct())]
    return frozenset(canonical_address(one) for one in found if not is_stand_in(one))


async def sole_names(tx: Transaction, found: Rows) -> frozenset[str]:
    """Folded, the names under which nobody else registered."""
    folded = {fold(name) for name in found.names}
    ids = [one.id for one in found.registrants]
    others = select(registrant.c.name_folded).where(registrant.c.name_folded.in_(folded), registrant.c.id.not_in(ids))
    return frozenset(folded - set(await tx.scalars(others)))


async def being_pushed(tx: Transaction, ids: Iterable[int]) -> bool:
    """Zoom is being told of one of these registrants at this moment."""
    subjects = [str(one) for one in ids]
    claimed = due.c.kind == Kind.PUSH, due.c.state == "claimed", due.c.subject.in_(subjects)
    return await tx.scalar(select(due.c.id).where(*claimed).limit(1)) is not None


async def _all(tx: Transaction, statement: Select[Any]) -> Sequence[Row[Any]]:
    return tuple(await tx.execute(statement))
