"""Judges a run by what was seen from outside and by what people were told was done. Pure: history in, violations out.

Safety is asked after every step, about what is new; the rest at the end, when no fault has happened for a day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

#: What these say stays true whatever becomes of the meeting's times.
_TIMELESS = ("denied", "report")
_MOST_COPIES = 2


@dataclass(frozen=True)
class Entry:
    """A calendar entry that came with a letter."""

    uid: str
    sequence: int
    method: str
    starts: str  #: as the calendar writes it


@dataclass
class Letter:
    """One copy of a letter, as the mail server took it."""

    step: int
    at: datetime
    message_id: str
    to: str
    kind: str
    meeting: str | None
    revision: int  #: of the meeting, when the letter was written
    links: frozenset[str] = frozenset()
    entry: Entry | None = None
    digest: str = ""  #: of its words
    begun: int = 0  #: the step of the last commit of whoever sent it: their last chance to look
    process: str = ""
    not_before: datetime | None = None  #: None: it may leave at any time
    answered: bool = False  #: whoever sent it has got the 250


@dataclass(frozen=True)
class Decided:
    """What a registrant's status was from a commit on."""

    step: int
    meeting: str
    address: str
    status: str


@dataclass(frozen=True)
class Revised:
    """What the newest revision of a meeting was from a commit on."""

    step: int
    meeting: str
    revision: int


@dataclass(frozen=True)
class Doubt:
    """Why somebody cannot know what became of a letter: its 250 was lost, or its process killed or paused."""

    step: int
    message_id: str = ""
    process: str = ""


@dataclass(frozen=True)
class Told:
    """Something that Zoom was told to do in a running meeting."""

    step: int
    what: str


@dataclass
class History:
    """Everything that was seen so far, in order."""

    letters: list[Letter] = field(default_factory=list)
    decided: list[Decided] = field(default_factory=list)
    revised: list[Revised] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    told_to_repeat: list[int] = field(default_factory=list)  #: steps at which a person asked for something anew
    refused: set[str] = field(default_factory=set)  #: Message-IDs that the mail server will never take
    wrong_clock: bool = False  #: a machine was wrong about the time, and cues go by what it believes
    link_owner: dict[str, str] = field(default_factory=dict)  #: join link -> address, as Zoom gave them out
    recordings: list[Told] = field(default_factory=list)  #: what Zoom was told of recording, in order
    broken: list[str] = field(default_factory=list)  #: errors that nobody foresaw


@dataclass(frozen=True)
class End:
    """How everything stands once no fault has happened for a day."""

    planned: Mapping[str, str]  #: meeting -> start as the calendar writes it; those that take place
    cancelled: frozenset[str]
    at_zoom: Mapping[str, int]  #: meeting -> how many with our marker stand there
    registered: Mapping[tuple[str, str], Sequence[str]]  #: (meeting, address) -> the status of each entry at Zoom
    statuses: Mapping[tuple[str, str], str]  #: (meeting, address) -> what was decided
    asked: frozenset[str]  #: addresses about whose mail a person is asked, or whom the mail server refused
    open_work: Sequence[str]  #: what is still to do, and why
    cues: Mapping[str, str]  #: cue -> how it ended
    readers: frozenset[str]  #: who is to get each report
    held: frozenset[str]  #: meetings that took place and are over
    reinstated: frozenset[str] = frozenset()  #: planned now, and cancelled when the last quiet day ended


def safety(history: History, since: int = 0) -> list[str]:
    """What the letters from that one on break, in words."""
    checks = (_only_to_approved, _own_link, _copies, _said_twice, _no_stale_news, _not_before_its_time)
    found = [one for letter in history.letters[since:] for check in checks for one in check(history, letter)]
    return [*found, *_recordings(history), *(f"P04: {one}" for one in history.broken)]


def liveness(history: History, end: End, *, on_the_day: bool) -> list[str]:
    """What has not come about; `on_the_day`: the meetings are over, so that nobody is let in or told any more."""
    found = [*_meetings(end), *_nothing_open(end), *_cues_recorded(end), *_reports(history, end)]
    if on_the_day:
        return found
    return [*found, *_registrants(end), *_everybody_knows(history, end), *_withdrawn(history, end)]


def _status(history: History, meeting: str | None, address: str, step: int) -> str:
    known = [one for one in history.decided if (one.meeting, one.address) == (meeting, address) and one.step <= step]
    return known[-1].status if known else "unknown"


def _only_to_approved(history: History, letter: Letter) -> Iterator[str]:
    status = _status(history, letter.meeting, letter.to, letter.begun)
    if letter.links and status != "approved":
        yield f"P01: {letter.kind} with a join link went to {letter.to}, who was {status} when it was begun"


def _own_link(history: History, letter: Letter) -> Iterator[str]:
    for link in letter.links:
        owner = history.link_owner.get(link)
        if owner != letter.to:
            yield f"P32: {letter.to} got the join link of {owner or 'nobody'}"


def _copies(history: History, letter: Letter) -> Iterator[str]:
    copies = [one for one in history.letters if one.message_id == letter.message_id and one.step <= letter.step]
    if len(copies) > _MOST_COPIES:
        yield f"P02: {len(copies)} copies of {letter.kind} to {letter.to} ({letter.message_id})"
    elif len(copies) == _MOST_COPIES and not _in_doubt(history, copies[0], letter):
        yield f"P02: {letter.kind} to {letter.to} came twice, and nothing had been in doubt ({letter.message_id})"


def _in_doubt(history: History, first: Letter, second: Letter) -> bool:
    return any(
        first.begun <= doubt.step <= second.step
        and (doubt.message_id == first.message_id or doubt.process in (first.process, second.process))
        for doubt in history.doubts
    )


def _said_twice(history: History, letter: Letter) -> Iterator[str]:
    """The same words under another Message-ID, and nobody had decided anything anew in between."""
    for former in history.letters:
        same = (former.to, former.kind, former.meeting, former.revision, former.digest) == (
            letter.to,
            letter.kind,
            letter.meeting,
            letter.revision,
            letter.digest,
        )
        if same and former.message_id != letter.message_id and former.step <= letter.step and former is not letter:
            if not _asked_anew(history, former, letter):
                yield f"P02: {letter.kind} to {letter.to} came again under another Message-ID"
            return


def _asked_anew(history: History, former: Letter, letter: Letter) -> bool:
    decided = any(
        one.address == letter.to and former.begun <= one.step <= letter.step and one.meeting == letter.meeting
        for one in history.decided
    )
    return decided or any(former.begun <= step <= letter.step for step in history.told_to_repeat)


def _no_stale_news(history: History, letter: Letter) -> Iterator[str]:
    newest = [one.revision for one in history.revised if one.meeting == letter.meeting and one.step <= letter.begun]
    if newest and letter.kind not in _TIMELESS and letter.revision < newest[-1]:
        yield f"P10: {letter.kind} to {letter.to} is of revision {letter.revision}, and {newest[-1]} had been committed"


def _not_before_its_time(history: History, letter: Letter) -> Iterator[str]:
    if letter.not_before is not None and letter.at < letter.not_before and not history.wrong_clock:
        yield f"P11: a cue left at {letter.at:%H:%M:%S}, and its time is {letter.not_before:%H:%M:%S}"


def _recordings(history: History) -> Iterator[str]:
    """Once each, and once more only where nobody could know whether Zoom had heard it, or the meeting was moved."""
    first: dict[str, Told] = {}
    for told in history.recordings:
        before = first.setdefault(told.what, told)
        doubted = any(before.step <= doubt.step <= told.step and doubt.process for doubt in history.doubts)
        moved = any(before.step <= one.step <= told.step for one in history.revised)
        if before is not told and not doubted and not moved and not history.wrong_clock:
            yield f"P11: Zoom was told twice: {told.what}"


def _meetings(end: End) -> Iterator[str]:
    for key in sorted({*end.planned, *end.cancelled, *end.at_zoom}):
        found, wanted = end.at_zoom.get(key, 0), int(key in end.planned)
        no_time = key in end.reinstated and not found  # its start may have come before anybody could make it
        if found != wanted and not no_time:
            yield f"P06: {found} meetings stand at Zoom for {key}, and {wanted} is planned"


def _registrants(end: End) -> Iterator[str]:
    for (meeting, address), status in end.statuses.items():
        at_zoom = list(end.registered.get((meeting, address), ()))
        let_in = at_zoom.count("approved")
        if meeting in end.planned and let_in != int(status == "approved"):
            yield f"P07: {address} is {status} for {meeting}, and at Zoom {at_zoom or 'not there'}"


def _nothing_open(end: End) -> Iterator[str]:
    for one in end.open_work:
        yield f"P04: still open after a day without faults: {one}"


def _cues_recorded(end: End) -> Iterator[str]:
    for cue, state in end.cues.items():
        if state in ("waiting", "claimed"):
            yield f"P11: the cue {cue} is {state} after its time"


def _reports(history: History, end: End) -> Iterator[str]:
    for meeting in sorted(end.held):
        got = {one.to for one in history.letters if one.kind == "report" and one.meeting == meeting}
        for reader in sorted(end.readers - got - end.asked):
            yield f"P12: {reader} got no attendance report of {meeting}"


def _everybody_knows(history: History, end: End) -> Iterator[str]:
    """Everybody approved holds their link, and the last entry in their calendar has the time that is planned."""
    for (meeting, address), status in end.statuses.items():
        if status != "approved" or meeting not in end.planned or address in end.asked:
            continue
        theirs = [one for one in history.letters if (one.to, one.meeting) == (address, meeting)]
        if not any(one.links for one in theirs):
            yield f"P03: {address} is approved for {meeting} and has no join link"
            continue
        entry = _last_entry(theirs)
        if entry is None or entry.method != "REQUEST" or entry.starts != end.planned[meeting]:
            shown = f"{entry.method} {entry.starts}" if entry else "nothing"
            yield f"P10: the calendar of {address} has {shown} for {meeting}, planned is {end.planned[meeting]}"


def _withdrawn(history: History, end: End) -> Iterator[str]:
    """Nobody keeps a calendar entry of a meeting that is cancelled, or that they may not come to any more."""
    for (meeting, address), status in end.statuses.items():
        barred = status in ("denied", "cancelled") or meeting in end.cancelled
        entry = _last_entry([one for one in history.letters if (one.to, one.meeting) == (address, meeting)])
        if barred and entry is not None and entry.method != "CANCEL" and address not in end.asked:
            yield f"P10: {address} still has an entry for {meeting}, where they are {status}"


def _last_entry(letters: Sequence[Letter]) -> Entry | None:
    """What a calendar shows: the entry with the highest sequence, of those the last that came (RFC 5546, 2.1.4)."""
    entries = [one.entry for one in letters if one.entry is not None]
    return max(entries, key=lambda one: one.sequence, default=None)
