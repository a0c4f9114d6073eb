"""One look at the store: what every part of the status is made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from meetbot.core import times

if TYPE_CHECKING:
    from meetbot.core.model import Programme
    from meetbot.store.engine import Transaction

#: No list in the status is longer.
MOST = 20


@dataclass(frozen=True)
class Look:
    """A moment of the store, and on whose clock it is shown."""

    tx: Transaction
    programme: Programme | None
    now: datetime

    @property
    def zone(self) -> str:
        """The organiser's."""
        return self.programme.zone if self.programme else "UTC"

    def moment(self, at: datetime) -> dict[str, str]:
        """In UTC, and as the organiser's clock shows it."""
        return {"at": at.isoformat(), "shown": f"{times.date_text(at, self.zone)} {times.clock_text(at, self.zone)}"}
