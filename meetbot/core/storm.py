"""When sending stops itself: more letters about a meeting than any plan makes, or the same letter again to one person.

Letters are counted by the hour in which they were decided, not in which they left: what waited for a mail server that
was down is a backlog, not a storm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from meetbot.core import rundown
from meetbot.core.model import LetterKind, Meeting, Programme

HOUR = timedelta(hours=1)
#: Within this time nobody is told the same thing twice.
SOON = timedelta(minutes=10)

_MARGIN = 1.2
#: A few letters more than planned are nobody's flood; they stand for what one person does by hand.
FLOOR = 10
#: How many letters of a kind about one meeting a registrant may get in an hour: a link may be replaced once, a meeting
#: moved twice. Whoever does more than that is asked.
_OF_EACH: Mapping[LetterKind, int] = {
    LetterKind.RECEIVED: 1,
    LetterKind.LINK: 2,
    LetterKind.MOVED: 2,
    LetterKind.CANCELLED: 1,
    LetterKind.DENIED: 1,
    LetterKind.CONFIRMATION: 1,
}
#: The same for a focal point of the bilaterals: asked and nudged, and some rounds of proposals and changes.
_OF_EACH_SIDE: Mapping[LetterKind, int] = {
    LetterKind.AVAILABILITY: 2,
    LetterKind.PROPOSAL: 3,
    LetterKind.BILATERALS: 3,
    LetterKind.SERIES: 6,
    LetterKind.SILENT: 1,
}
_REPORTS = 3  # preliminary, final, and one that corrects it
_CUES = 2  # the rundown may be planned anew once


@dataclass(frozen=True)
class Amount:
    """Letters of one kind about one meeting that were decided within an hour, gone or still to go."""

    meeting: str | None  #: key
    kind: LetterKind
    letters: int


@dataclass(frozen=True)
class Said:
    """A letter that somebody got of late, or is to get."""

    meeting: str | None  #: key
    reader: tuple[str, str]  #: address and name
    kind: LetterKind
    words: str  #: alike when the letter says the same
    stamp: tuple[int, int | None]  #: revision of the meeting and SEQUENCE of the calendar entry


def flood(amounts: Iterable[Amount], people: Mapping[str, int], programme: Programme) -> str | None:
    """Why sending must stop: more than 1.2 times the letters planned. `people`: registrants by meeting."""
    for one in amounts:
        planned = _planned(one, people.get(one.meeting or "", 0), programme)
        if one.letters > planned * _MARGIN + FLOOR:
            about = one.meeting or "no meeting"
            return f"{one.letters} letters ({one.kind}) about {about} in an hour, {planned} were planned"
    return None


def _planned(one: Amount, people: int, programme: Programme) -> int:
    """The most that the plan makes of this kind in any hour."""
    match one.kind:
        case LetterKind.REPORT:
            return len(programme.reports_to) * _REPORTS
        case LetterKind.CUE:
            meeting = programme.meetings.get(one.meeting or "")
            return _cue_letters(meeting, programme, people) * _CUES if meeting else 0
        case LetterKind.REMINDER:
            return people * (_together(programme.reminders.before) + 1)  # and once more when it is moved
        case kind if kind in _OF_EACH_SIDE:
            return len(programme.organisations) * _OF_EACH_SIDE[kind]
        case _:
            return people * _OF_EACH[one.kind]


def _cue_letters(meeting: Meeting, programme: Programme, people: int) -> int:
    """Each cue goes to everybody with a part; a delegation may be everybody there is."""
    readers = {
        segment.key: sum(max(people, 1) if part.person is None else 1 for part in segment.parts)
        for segment in meeting.rundown
    }
    return sum(readers[cue.segment] for cue in rundown.cues(meeting, programme.cue_times))


def _together(before: Iterable[timedelta]) -> int:
    """How many reminders fall into one hour at most."""
    ordered = sorted(before)
    return max((sum(first <= one < first + HOUR for one in ordered) for first in ordered), default=0)


def echo(said: Iterable[Said]) -> str | None:
    """Why sending must stop: the same letter again to one person; `said` is what was decided within ten minutes.

    The very same letter directly after itself is never meant. The same words a second time may be, when a person
    takes back what was taken back; a third time they are a machine's.
    """
    last: dict[tuple[str | None, tuple[str, str]], Said] = {}
    times: Counter[tuple[object, ...]] = Counter()
    for one in said:
        whose = (one.meeting, one.reader)
        times[(*whose, one.kind, one.words)] += 1
        if last.get(whose) == one:
            return _again(one, "twice")
        if times[(*whose, one.kind, one.words)] == 3:
            return _again(one, "three times")
        last[whose] = one
    return None


def _again(one: Said, often: str) -> str:
    return f"the same letter ({one.kind}) about {one.meeting or 'no meeting'} {often} within 10 min to {one.reader[0]}"
