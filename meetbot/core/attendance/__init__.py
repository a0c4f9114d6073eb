"""Who was there, from Zoom's participant reports, so that every figure can be defended."""

from meetbot.core.attendance.count import tally
from meetbot.core.attendance.document import to_json
from meetbot.core.attendance.maturity import GIVE_UP, Final, Incomplete, Preliminary, digest, maturity
from meetbot.core.attendance.nouns import Absent, Group, Line, Peak, SegmentPresence, Staff, Tally, Unmatched

__all__ = [
    "GIVE_UP",
    "Absent",
    "Final",
    "Group",
    "Incomplete",
    "Line",
    "Peak",
    "Preliminary",
    "SegmentPresence",
    "Staff",
    "Tally",
    "Unmatched",
    "digest",
    "maturity",
    "tally",
    "to_json",
]
