"""What attendance is counted into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from meetbot.core.model import Meeting
from meetbot.core.times import Interval


@dataclass(frozen=True)
class Line:
    """The attendance of one registrant."""

    registrant: int  #: id
    name: str
    organisation: str  #: its name; as written on the form when not invited
    country: str
    constituent: str
    proof: Literal["R", "E"]  #: R: by Zoom's registrant id, E: by an address that only this registrant has
    intervals: tuple[Interval, ...]
    time: timedelta
    first_joined: datetime
    last_left: datetime
    segments: tuple[str, ...]  #: keys of those attended for half their time or more
    rows: int  #: of Zoom's report


@dataclass(frozen=True)
class Unmatched:
    """Seen, but not known for certain: a person must look."""

    name: str  #: as shown at Zoom
    address_hint: str  #: "s…@example.org"; "" when Zoom gave no address
    time: timedelta
    reason: str
    rows: int


@dataclass(frozen=True)
class Staff:
    """The host or an alternative host."""

    name: str
    time: timedelta
    rows: int


@dataclass(frozen=True)
class Absent:
    """Approved, but not seen."""

    registrant: int  #: id
    name: str
    organisation: str  #: its name; as written on the form when not invited
    country: str
    constituent: str


@dataclass(frozen=True)
class Group:
    """Registrants who have something in common."""

    name: str
    registered: int
    approved: int
    attended: int
    time: timedelta


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
    """Everything counted from one reading of each instance of the meeting."""

    meeting: Meeting
    lines: tuple[Line, ...]
    unmatched: tuple[Unmatched, ...]
    staff: tuple[Staff, ...]
    absent: tuple[Absent, ...]
    registered: int
    approved: int
    attended: int
    by_organisation: tuple[Group, ...]
    by_country: tuple[Group, ...]
    by_constituent: tuple[Group, ...]
    by_segment: tuple[SegmentPresence, ...]
    peak: Peak
    median_stay: timedelta
    rows_in: int
    rows_aside: int  #: in the waiting room, or at no time when the meeting was open

    @property
    def rows_accounted(self) -> int:
        found: tuple[Line | Unmatched | Staff, ...] = (*self.lines, *self.unmatched, *self.staff)
        return self.rows_aside + sum(one.rows for one in found)
