"""What Zoom should hold for a meeting, and the marker by which it is found there again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from meetbot.core import text
from meetbot.core.model import Interpreter, Meeting, MeetingKind
from meetbot.core.remote import PlannedMeeting

#: Begins the first line of Zoom's `agenda`, of which Zoom's list answer shows the first 250 characters
#: (Zoom API, List meetings): this is how a meeting is found again after the answer to its creation was lost.
MARKER = "meetbot:ref="

TOPIC_LIMIT = 200  # Zoom API, Create a meeting
AGENDA_LIMIT = 2000  # Zoom API, Create a meeting


def marked(description: str, ref: str) -> str:
    """The agenda for Zoom: our marker in the first line, then the description, within Zoom's 2,000 characters."""
    return text.shortened(f"{MARKER}{ref}\n\n{description}", AGENDA_LIMIT).rstrip()


def ref_in(agenda: str) -> str | None:
    """The reference in our marker; None when the first line carries none, so that the meeting is not ours."""
    first = agenda.lstrip().partition("\n")[0].strip()
    return first.removeprefix(MARKER) or None if first.startswith(MARKER) else None


def planned(
    meeting: Meeting,
    ref: str,
    *,
    host: str | None = None,
    backup: str | None = None,
    rooms: Mapping[str, Sequence[str]] | None = None,
) -> PlannedMeeting:
    """What Zoom should hold for the meeting.

    `host` None: the one that it names. `backup`: one more alternative host. `rooms`: the addresses of those who are
    sent to each breakout room, by its name.
    """
    alternatives = (*meeting.alternative_hosts, *([backup] if backup else []))
    signed = [one for one in meeting.interpreters if one.sign]
    return PlannedMeeting(
        key=meeting.key,
        ref=ref,
        host=meeting.host if host is None else host,
        topic=text.shortened(" ".join(meeting.title.split()), TOPIC_LIMIT),
        text=meeting.text,
        starts_at=meeting.interval.start,
        minutes=-(-meeting.interval.duration // timedelta(minutes=1)),
        zone=meeting.zone,
        # A webinar's attendees only watch: it has no waiting room.
        waiting_room=meeting.waiting_room and meeting.kind is MeetingKind.MEETING,
        alternative_hosts=tuple(dict.fromkeys(alternatives)),
        kind=meeting.kind,
        interpreters=tuple(_interpreting(one) for one in meeting.interpreters if not one.sign),
        sign_interpreters=tuple(_interpreting(one) for one in signed),
        breakout_rooms=tuple(
            (one.name, tuple(sorted((rooms or {}).get(one.name, ())))) for one in meeting.breakout_rooms
        ),
        chat=meeting.chat,
    )


def _interpreting(one: Interpreter) -> tuple[str, str]:
    return one.address, ",".join(one.languages)
