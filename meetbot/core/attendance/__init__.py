"""Who was there, from Zoom's participant reports, so that every figure can be defended."""

from meetbot.core.attendance.changes import changes
from meetbot.core.attendance.count import tally
from meetbot.core.attendance.document import to_json
from meetbot.core.attendance.heard import NEARLY_OVER, Heard, heard, of_its_day
from meetbot.core.attendance.maturity import GIVE_UP, Final, Incomplete, Preliminary, State, digest, maturity
from meetbot.core.attendance.nouns import (
    Cell,
    Declaration,
    Group,
    Line,
    Open,
    Peak,
    Proof,
    SegmentPresence,
    Staff,
    Tally,
    Who,
)
from meetbot.core.attendance.owners import Row, line_key, open_key

__all__ = [
    "GIVE_UP",
    "NEARLY_OVER",
    "Cell",
    "Declaration",
    "Final",
    "Group",
    "Heard",
    "Incomplete",
    "Line",
    "Open",
    "Peak",
    "Preliminary",
    "Proof",
    "Row",
    "SegmentPresence",
    "Staff",
    "State",
    "Tally",
    "Who",
    "changes",
    "digest",
    "heard",
    "line_key",
    "maturity",
    "of_its_day",
    "open_key",
    "tally",
    "to_json",
]
