"""What is known of the bilaterals: pairs and where they stand, and what each delegation said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from meetbot.core.delegations import Wish
from meetbot.core.model import Sex
from meetbot.core.times import Interval


class State(StrEnum):
    """Where a pair stands."""

    WAITING = "waiting"  #: for the answer of one side or both, or for a time to be found
    PROPOSED = "proposed"  #: a time was found and is offered to both; not confirmed
    AGREED = "agreed"  #: confirmed; its meeting is planned
    CREATED = "created"  #: its meeting stands at Zoom
    HELD = "held"  #: its meeting has taken place
    REPORTED = "reported"  #: its attendance report is final
    STUCK = "stuck"  #: nothing goes on by itself; the reason says what a person can do
    CANCELLED = "cancelled"


#: The times of these stand in letters and calendars.
ANNOUNCED = frozenset({State.AGREED, State.CREATED, State.HELD, State.REPORTED})


class Can(StrEnum):
    """What a delegation says of a stretch of time."""

    YES = "yes"
    IF_NEEDED = "if needed"
    NO = "no"


@dataclass(frozen=True)
class Availability:
    """What one organisation said of when it can meet; what it did not speak of it cannot."""

    organisation: str  #: key
    said: tuple[tuple[Interval, Can], ...]
    answered_at: datetime
    by: str  #: who said so: "focal point", "organiser (telephone)", "calendar"


@dataclass(frozen=True)
class Delegate:
    """Somebody who comes to the bilaterals of an organisation."""

    organisation: str  #: key
    name: str
    address: str
    position: str = ""
    language: str | None = None  #: of the letters to them; None: their focal point's
    sex: Sex | None = None  #: None: not stated, or the programme does not ask


@dataclass(frozen=True)
class Pair:
    """Two organisations that are to meet, and how far it has come."""

    key: str  #: of the pair and of its meeting, see `Pairing.key`; a series adds ".2", ".3"
    a: str
    b: str
    wish: Wish
    weight: int
    state: State
    reason: str  #: why it stands where it stands, for a person
    since: datetime  #: when it came to stand there
    starts_at: datetime | None = None  #: proposed or agreed; None: not found yet
    interpreter: str | None = None  #: address of the one who interprets; None: nobody is needed, or found yet
    agreed_by: frozenset[str] = frozenset()  #: organisations that have agreed to the proposal
    revision: int = 0  #: up whenever another time is proposed
    subject: str = ""  #: what a meeting of a series is about: "Curriculum workshop 2"; "" for the first of the two

    def other(self, organisation: str) -> str:
        """The side that the organisation meets."""
        return self.b if organisation == self.a else self.a
