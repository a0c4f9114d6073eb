"""What everybody may read while the rundown runs: in the waiting room, and in the chat of the meeting."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from meetbot.core import text, times
from meetbot.core.model import Meeting, Segment
from meetbot.core.rundown.nouns import Rundown, expected

_LONGEST_WAITING_ROOM = 400  # signs that Zoom's own page takes
_LONGEST_POST = 1024  # Zoom API, Send a chat message


def waiting_room_text(meeting: Meeting, rundown: Rundown, segment: str) -> str:
    """What runs now, since when, and what comes next, on the clock of the meeting.

    >>> waiting_room_text(launch, rundown, "networking")
    'Now, since 14:37 Bangkok (UTC+7): Session 1. Next, about 15:07 Bangkok (UTC+7): Session 2.'
    """
    starts = {one.segment: times.clock_text(one.interval.start, meeting.zone) for one in expected(rundown)}
    now = next(one for one in meeting.rundown if one.key == segment)
    following = next((after for before, after in pairwise(meeting.rundown) if before is now), None)
    said = f"Now, since {starts[now.key]}: {now.title}."
    if following is not None:
        about = f", about {starts[following.key]}" if following.timed else ""
        said += f" Next{about}: {following.title}."
    return text.shortened(said, _LONGEST_WAITING_ROOM)


def chat_text(meeting: Meeting, rundown: Rundown, segment: Segment, people: Sequence[str]) -> str:
    """What begins, and with whom."""
    start = next(one.interval.start for one in expected(rundown) if one.segment == segment.key)
    lines = [f"{times.clock_text(start, meeting.zone)} {segment.title}", *people]
    return text.shortened("\n".join(lines), _LONGEST_POST)
