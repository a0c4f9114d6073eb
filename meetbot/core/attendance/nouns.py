"""What attendance is counted into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from meetbot.core.model import Meeting, Segment, Sex
from meetbot.core.times import Interval

#: R: Zoom names the registration, E: an address that only this registrant has, D: a person said so.
Proof = Literal["R", "E", "D"]

#: The segments of a meeting with the times at which they really ran.
Real = Sequence[tuple[Segment, Interval]]

INTERPRETER = "interpreter"
DELEGATE = "delegate"
PARTICIPANT = "participant"


@dataclass(frozen=True)
class Declaration:
    """What a person said of who was behind a line of Zoom's report: one person, or one of several before a screen."""

    id: int
    line: str  #: key
    registrant: int | None  #: id; None: somebody who had not registered
    name: str
    organisation: str  #: key, or as written
    sex: Sex | None
    said_by: str
    said_at: datetime


@dataclass(frozen=True)
class Who:
    """Somebody of whom a report speaks."""

    registrant: int | None  #: id; None: declared, without having registered
    person: str  #: a mark, the same in every meeting, by which nobody is found who is not known already
    name: str
    organisation: str  #: its name; as written when not invited
    organisation_key: str | None  #: None: not invited
    country: str
    constituent: str
    role: str  #: of `model.Role`, or "interpreter", "delegate", "participant"
    sex: Sex | None
    approved: bool


@dataclass(frozen=True)
class Line:
    """The attendance of one person."""

    key: str  #: the same in every reading
    who: Who
    proof: Proof
    said_by: str  #: who declared them, or a part of their time; "": nobody
    said_of: tuple[str, ...]  #: keys of the lines of Zoom's that were declared to be theirs
    intervals: tuple[Interval, ...]
    segments: tuple[str, ...]  #: keys of those attended for half their time or more
    stayed: bool  #: for 60 % of the meeting as it really ran, or longer
    rows: int  #: of Zoom's report
    shared_with: str | None  #: key of the line that has the rows of the screen they sat before; None: rows of their own
    remark: str  #: that Zoom shows their name damaged; "": it does not

    @property
    def time(self) -> timedelta:
        return sum((one.duration for one in self.intervals), timedelta())

    @property
    def seconds(self) -> int:
        return round(self.time.total_seconds())

    @property
    def first_joined(self) -> datetime:
        return self.intervals[0].start

    @property
    def last_left(self) -> datetime:
        return self.intervals[-1].end


@dataclass(frozen=True)
class Open:
    """Seen, but not known for certain: a person must look."""

    key: str  #: the same in every reading
    name: str  #: as shown at Zoom
    address_hint: str  #: "s…@example.org"; "" when Zoom gave no address
    intervals: tuple[Interval, ...]
    reason: str
    rows: int

    @property
    def time(self) -> timedelta:
        return sum((one.duration for one in self.intervals), timedelta())


@dataclass(frozen=True)
class Staff:
    """The host or an alternative host."""

    name: str
    time: timedelta
    rows: int


@dataclass(frozen=True)
class Cell:
    """The guests who have all of this in common: every total of every table is a sum of cells."""

    sex: Sex | None
    constituent: str
    country: str
    organisation: str
    role: str
    invited: int = 0  #: places; of an organisation in its cell of participants of no stated sex
    registered: int = 0
    approved: int = 0
    attended: int = 0
    stayed: int = 0
    seconds: int = 0


@dataclass(frozen=True)
class Group:
    """Guests who have one thing in common."""

    name: str
    invited: int
    registered: int
    approved: int
    attended: int
    stayed: int
    seconds: int


@dataclass(frozen=True)
class SegmentPresence:
    """How many attended a segment for half its time or more."""

    segment: str  #: key
    title: str
    planned: Interval
    real: Interval
    present: int


@dataclass(frozen=True)
class Peak:
    """The most who were there at once, and when first."""

    present: int
    at: datetime | None  #: None: nobody came


@dataclass(frozen=True)
class Tally:
    """Everything counted from one reading of each instance; guests are all but staff and interpreters."""

    meeting: Meeting
    lines: tuple[Line, ...]  #: of guests
    interpreters: tuple[Line, ...]
    open: tuple[Open, ...]
    staff: tuple[Staff, ...]
    absent: tuple[Who, ...]  #: approved guests who were not seen
    others: tuple[Who, ...]  #: registered, neither approved nor seen
    cells: tuple[Cell, ...]
    by_organisation: tuple[Group, ...]
    by_country: tuple[Group, ...]
    by_constituent: tuple[Group, ...]
    by_segment: tuple[SegmentPresence, ...]
    run: timedelta  #: for so long the meeting ran, of which 60 % make somebody stay
    presence: tuple[tuple[datetime, int], ...]  #: how many were there from when on
    peak: Peak
    median_stay: timedelta
    late: int  #: first came more than five minutes after the start
    lost: tuple[Declaration, ...]  #: of lines that the report has no longer
    rows_in: int
    rows_aside: int  #: in the waiting room, or at no time when the meeting was open

    @property
    def attended(self) -> int:
        return len(self.lines)

    @property
    def declared(self) -> int:
        """How many of those who attended are so by declaration alone."""
        return sum(line.proof == "D" for line in self.lines)

    @property
    def rows_accounted(self) -> int:
        found: tuple[Line | Open | Staff, ...] = (*self.lines, *self.interpreters, *self.open, *self.staff)
        return self.rows_aside + sum(one.rows for one in found)
