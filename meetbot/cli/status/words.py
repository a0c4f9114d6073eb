"""What an organiser calls the work that the rows are about, and the moments that reasons speak of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from meetbot.core import times
from meetbot.store.due import Kind

#: Of each kind one and several.
COUNTED: Mapping[str, tuple[str, str]] = {
    Kind.MEETING: ("look at the meetings at Zoom", "looks at the meetings at Zoom"),
    Kind.PUSH: ("decision on its way to Zoom", "decisions on their way to Zoom"),
    Kind.POLL: ("look at Zoom's registration page", "looks at Zoom's registration pages"),
    Kind.REMINDER: ("round of reminders", "rounds of reminders"),
    Kind.CUE: ("cue", "cues"),
    Kind.LETTER: ("letter", "letters"),
    Kind.REPORT: ("attendance report", "attendance reports"),
    Kind.INBOX: ("look at Zoom's live events", "looks at Zoom's live events"),
    Kind.BOUNCES: ("look for returned mail", "looks for returned mail"),
    Kind.BILATERALS: ("look at the bilaterals", "looks at the bilaterals"),
    Kind.ERASURE: ("erased person to be removed at Zoom", "erased people to be removed at Zoom"),
    Kind.RETENTION: ("look for what has been kept long enough", "looks for what has been kept long enough"),
}
#: A certain one.
_PIECE: Mapping[str, str] = {
    Kind.MEETING: "look at the meetings at Zoom",
    Kind.PUSH: "telling Zoom of registrant {subject} of {meeting}",
    Kind.POLL: "look at Zoom's registration page of {meeting}",
    Kind.REMINDER: "reminders of {meeting}",
    Kind.CUE: "cue {subject}",
    Kind.LETTER: "letter {subject}",
    Kind.REPORT: "attendance report of {meeting}",
    Kind.INBOX: "look at Zoom's live events",
    Kind.BOUNCES: "look for returned mail",
    Kind.BILATERALS: "look at the bilaterals",
    Kind.ERASURE: "removing at Zoom whom receipt {subject} erased",
    Kind.RETENTION: "look for what has been kept long enough",
}
_IN_UTC = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC")


def count(number: int, kind: str) -> str:
    """ "1 letter", "6 cues"."""
    one, several = COUNTED[kind]
    return f"{number} {one if number == 1 else several}"


def piece(kind: str, subject: str, meeting: str | None) -> str:
    """One piece of work: "attendance report of launch"."""
    return _PIECE[kind].format(subject=subject, meeting=meeting or subject)


def on_clock_of(zone: str, text: str) -> str:
    """The text with its instants on that zone's clock; the store keeps them as "2021-11-03 02:00 UTC"."""

    def shown(found: re.Match[str]) -> str:
        at = datetime.fromisoformat(f"{found[1]}+00:00")
        return f"{times.date_text(at, zone)} {times.clock_text(at, zone)}"

    return _IN_UTC.sub(shown, text)


def listed(names: list[str]) -> str:
    """ "cues, mail and zoom"."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
