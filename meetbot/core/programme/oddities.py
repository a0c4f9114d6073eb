"""What is allowed in a programme but perhaps not meant: pointed out, never corrected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations, pairwise

from meetbot.core import hosts
from meetbot.core.model import Meeting, Programme, Segment

Path = tuple[str | int, ...]

_LITTLE = timedelta(minutes=10)  # less than this for each speaker is worth a remark

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_YEARS = r"(?:19|20)\d\d(?:\s?[-–/]\s?(?:19|20)?\d\d)?"
#: A capitalised word or a year; the year of a date ("10 November 2021") says nothing of the words before it.
_WORD_OR_YEAR = re.compile(
    rf"(?:{_MONTHS})\s+(?:\d{{1,2}},?\s+)?\d{{4}}|\b(?P<word>[A-Z]\w{{3,}})|\b(?P<year>{_YEARS})\b"
)
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n{2,}")


@dataclass(frozen=True)
class Oddity:
    """Something that is allowed but perhaps not meant."""

    path: Path  #: into the programme: ("meetings", "launch", "rundown", "group-photo")
    text: str


def oddities(programme: Programme) -> tuple[Oddity, ...]:
    """All that looks odd in the programme, meeting by meeting, then what concerns several."""
    found: list[Oddity] = []
    for meeting in _standing(programme):
        found += [*rundown_gaps(meeting), *untimed(meeting), *crowded(meeting)]
    return (
        *found,
        *overlapping_people(programme),
        *host_clashes(programme),
        *without_host(programme),
        *years_that_differ(programme),
    )


def rundown_gaps(meeting: Meeting) -> Iterator[Oddity]:
    """Segments that leave time between them, overlap, or lie outside the meeting."""
    timed = [one for one in meeting.rundown if one.timed]
    for before, after in pairwise(timed):
        gap = after.interval.start - before.interval.end
        if gap > timedelta():
            yield _of_segment(
                meeting, after, f"{_minutes(gap)} with nothing planned between {before.title} and {after.title}"
            )
        if gap < timedelta():
            yield _of_segment(meeting, after, f"{after.title} begins {_minutes(-gap)} before {before.title} ends")
    for one in timed:
        if one.interval.start < meeting.opens_at:
            yield _of_segment(meeting, one, f"{one.title} begins before the meeting opens")
        if one.interval.end > meeting.interval.end:
            late = one.interval.end - meeting.interval.end
            yield _of_segment(meeting, one, f"{one.title} ends {_minutes(late)} after the meeting")
    if timed and timed[-1].interval.end < meeting.interval.end:
        left = meeting.interval.end - timed[-1].interval.end
        yield _of_segment(meeting, timed[-1], f"nothing is planned for the last {_minutes(left)} of the meeting")


def untimed(meeting: Meeting) -> Iterator[Oddity]:
    for one in meeting.rundown:
        if not one.timed:
            yield _of_segment(
                meeting, one, f"{one.title} has no time of its own: it takes from its neighbours, and is not cued"
            )


def crowded(meeting: Meeting) -> Iterator[Oddity]:
    """Segments that leave each of their speakers little time."""
    for one in meeting.rundown:
        if one.timed and len(one.parts) > 1 and (each := one.interval.duration / len(one.parts)) < _LITTLE:
            length = _minutes(one.interval.duration)
            yield _of_segment(
                meeting, one, f"{len(one.parts)} share the {length} of {one.title}: about {_minutes(each)} each"
            )


def overlapping_people(programme: Programme) -> Iterator[Oddity]:
    """People with a part in two places at the same time."""
    stages = [
        (part.person, meeting, segment)
        for meeting in _standing(programme)
        for segment in meeting.rundown
        for part in segment.parts
        if part.person
    ]
    for (person, _, one), (other_person, meeting, other) in combinations(stages, 2):
        if person == other_person and one != other and one.interval & other.interval:
            name = programme.people[person].name
            yield _of_segment(meeting, other, f"{name} is in {one.title} and in {other.title} at the same time")


def host_clashes(programme: Programme) -> Iterator[Oddity]:
    """More meetings at one time on a host whom they name than Zoom lets one hold."""
    at_once = {one.address.casefold(): one.at_once for one in programme.hosts}
    of_host: dict[str, list[Meeting]] = {}
    for meeting in sorted(_standing(programme), key=lambda one: one.opens_at):
        if host := meeting.host.casefold():
            running = [one for one in of_host.get(host, ()) if meeting.opens_at < one.interval.end]
            of_host[host] = [*running, meeting]
            if len(running) >= at_once.get(host, 1):
                titles = " and ".join(one.title for one in reversed(of_host[host]))
                yield Oddity(("meetings", meeting.key), f"{titles} are on one host at the same time")


def without_host(programme: Programme) -> Iterator[Oddity]:
    """Meetings for which none of the hosts is free."""
    allocation = hosts.allocate(programme.meetings.values(), programme.hosts, standing={})
    for key, why in allocation.without.items():
        yield Oddity(("meetings", key), why)


def years_that_differ(programme: Programme) -> Iterator[Oddity]:
    """The same name with one year in one text and another year in another: "Workplan … 2020-2021", "Workplan 2022"."""
    first: dict[str, tuple[str, Path]] = {}
    for path, written in _texts(programme):
        for word, year in _dated_words(written).items():
            said, where = first.setdefault(word, (year, path))
            if said != year:
                yield Oddity(path, f"{word} goes with {year} here, but with {said} in {' '.join(map(str, where))}")


def _dated_words(written: str) -> dict[str, str]:
    """Each capitalised word with the year that follows it within its sentence."""
    dated: dict[str, str] = {}
    for sentence in _SENTENCE_END.split(written):
        words: list[str] = []
        for found in _WORD_OR_YEAR.finditer(sentence):
            if found["word"]:
                words.append(found["word"])
            elif found["year"]:
                dated |= dict.fromkeys(words, found["year"])
                words = []
    return dated


def _texts(programme: Programme) -> Iterator[tuple[Path, str]]:
    yield ("title",), programme.title
    for meeting in programme.meetings.values():
        yield ("meetings", meeting.key, "title"), meeting.title
        yield ("meetings", meeting.key, "text"), meeting.text
        for one in meeting.rundown:
            yield ("meetings", meeting.key, "rundown", one.key, "title"), one.title
            yield ("meetings", meeting.key, "rundown", one.key, "text"), one.text


def _standing(programme: Programme) -> list[Meeting]:
    return [one for one in programme.meetings.values() if not one.cancelled]


def _of_segment(meeting: Meeting, segment: Segment, text: str) -> Oddity:
    return Oddity(("meetings", meeting.key, "rundown", segment.key), text)


def _minutes(duration: timedelta) -> str:
    return f"{duration // timedelta(minutes=1)} min"
