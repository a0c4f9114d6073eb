"""Judges a run by what was seen from outside, against what an undisturbed run shows. Evidence in, violations out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, order=True)
class Letter:
    """What a letter is, whoever wrote it and however often: the same in every run."""

    to: str
    subject: str
    sequence: int  #: of its calendar entry; -1: it has none
    method: str = ""


@dataclass(frozen=True)
class Mail:
    """A mail as the mail server accepted it."""

    letter: Letter
    message_id: str


@dataclass(frozen=True)
class Kill:
    """One end of a process, and how many messages' outcomes nobody could know then."""

    in_doubt: int
    back_after: float  #: seconds until the next process was ready


@dataclass(frozen=True)
class Seen:
    """Everything that was seen of one run."""

    mails: Sequence[Mail]  #: in the order in which the mail server accepted them
    meetings: Mapping[str, int]  #: topic -> how many stand at Zoom
    registrants: Mapping[tuple[str, str], Sequence[str]]  #: (topic, address) -> the status of each entry
    recordings: Sequence[str]  #: what Zoom was told of recording, in order
    cues: Mapping[str, str]  #: cue -> how it ended, as an operator is shown it
    messages: Mapping[str, str] = field(default_factory=dict)  #: Message-ID -> state, as an operator is shown it
    kills: Sequence[Kill] = ()
    files: Sequence[str] = ()  #: names of what lies on the disk in the end
    damage: str = ""  #: what the database's own check found wrong
    broken: Sequence[str] = ()  #: errors that nobody foresaw


#: Seconds within which a killed process is back at its work.
READY_WITHIN = 5.0
#: How the subjects of letters begin that a cue sends.
_OF_CUES = ("Your part: ", "You are next: ", "Time is nearly over: ")
#: How the subjects begin of the letter with the link and of the one that says what changed.
_LINK, _CHANGED = "Your link: ", "Changed: "
#: A person is asked about these: whether they went out twice nobody may guess (P02).
_ASKED = "unknown"


def violations(seen: Seen, undisturbed: Seen) -> list[str]:
    """Every difference that a kill must not make, in words; empty when there is none."""
    compared = (_no_letter_lost, _no_letter_new, _zoom, _cues, _nothing_left_over, _files)
    by_themselves = (_copies, _back_in_time, _sound)
    found = [one for check in compared for one in check(seen, undisturbed)]
    return [*found, *(one for check in by_themselves for one in check(seen))]


def _letters(seen: Seen) -> Counter[Letter]:
    """Each message once, however many copies of it came."""
    return Counter({mail.message_id: mail.letter for mail in seen.mails}.values())


def _no_letter_lost(seen: Seen, undisturbed: Seen) -> Iterator[str]:
    asked = sum(state == _ASKED for state in seen.messages.values())
    missing = _letters(undisturbed) - _letters(seen)
    excused = Counter({letter: count for letter, count in missing.items() if _of_missed_cue(letter, seen, undisturbed)})
    said = Counter(letter for _, *both in _said_at_once(seen, undisturbed) for letter in both)
    lost = missing - excused - said
    if lost.total() > asked:
        for letter, count in lost.items():
            yield f"P04: {count} letter(s) never came: {letter}"


def _no_letter_new(seen: Seen, undisturbed: Seen) -> Iterator[str]:
    said = Counter(letter for letter, *_ in _said_at_once(seen, undisturbed))
    for letter, count in (_letters(seen) - _letters(undisturbed) - said).items():
        yield f"P02: {count} letter(s) too many, under a Message-ID of their own: {letter}"


def _said_at_once(seen: Seen, undisturbed: Seen) -> Iterator[tuple[Letter, Letter, Letter]]:
    """A link letter with the news of a move in it, and the two that it stands for.

    Where a kill kept the link letter back until after the move, its reader never had the old time, so there is nothing
    to change for them.
    """
    if not any(kill.in_doubt for kill in seen.kills):
        return
    missing = _letters(undisturbed) - _letters(seen)
    for letter in _letters(seen) - _letters(undisturbed):
        changed = replace(letter, subject=letter.subject.replace(_LINK, _CHANGED, 1))
        first = [one for one in missing if _same_reader(one, letter) and one.sequence < letter.sequence]
        if letter.subject.startswith(_LINK) and changed in missing and len(first) == 1:
            yield letter, first[0], changed


def _same_reader(one: Letter, letter: Letter) -> bool:
    return one.to == letter.to and one.subject.startswith(_LINK) and one.sequence >= 0


def _of_missed_cue(letter: Letter, seen: Seen, undisturbed: Seen) -> bool:
    """A cue that was found too late is on record instead (P11)."""
    missed = [cue for cue, state in seen.cues.items() if state == "missed" != undisturbed.cues.get(cue)]
    return bool(missed) and letter.subject.startswith(_OF_CUES)


def _copies(seen: Seen) -> Iterator[str]:
    """A second copy only of what was under way when a process ended, and never a third."""
    copies = Counter(mail.message_id for mail in seen.mails)
    twice = [one for one, count in copies.items() if count > 1]
    for message_id in twice:
        if copies[message_id] > 2:
            yield f"P02: {copies[message_id]} copies of {message_id}"
    if len(twice) > (may := sum(kill.in_doubt for kill in seen.kills)):
        yield f"P02: {len(twice)} messages came twice, and only {may} were under way at a kill: {', '.join(twice)}"


def _zoom(seen: Seen, undisturbed: Seen) -> Iterator[str]:
    if seen.meetings != undisturbed.meetings:
        yield f"P06: at Zoom stand {dict(seen.meetings)} instead of {dict(undisturbed.meetings)}"
    for key in sorted({*seen.registrants, *undisturbed.registrants}):
        found, expected = seen.registrants.get(key, ()), undisturbed.registrants.get(key, ())
        if list(found) != list(expected):
            yield f"P06: {key[1]} is registered for {key[0]} as {list(found)} instead of {list(expected)}"


def _cues(seen: Seen, undisturbed: Seen) -> Iterator[str]:
    for cue, expected in undisturbed.cues.items():
        state = seen.cues.get(cue, "forgotten")
        if state not in (expected, "missed"):
            yield f"P11: the cue {cue} is {state} instead of {expected}"
    for told, count in (Counter(seen.recordings) - Counter(undisturbed.recordings)).items():
        yield f"P11: {told} {count} time(s) too many"
    missed = sum(state == "missed" for state in seen.cues.values())
    for told, count in (Counter(undisturbed.recordings) - Counter(seen.recordings)).items():
        if not missed:
            yield f"P11: {told} {count} time(s) too few, and no cue is on record as missed"


def _nothing_left_over(seen: Seen, undisturbed: Seen) -> Iterator[str]:
    """Every message ends: sent, or dropped with its reason; a person is asked only after two doubts (P02, P04)."""
    unfinished = {"queued", "sending", "deferred", "refused"}
    for message_id, state in seen.messages.items():
        if state in unfinished and undisturbed.messages.get(message_id) != state:
            yield f"P04: {message_id} is left {state}"
    asked = sum(state == _ASKED for state in seen.messages.values())
    if asked > (may := max(0, len(seen.kills) - 1)):
        yield f"P04: a person is asked about {asked} message(s), and only {may} could be interrupted twice"


def _back_in_time(seen: Seen) -> Iterator[str]:
    for kill in seen.kills:
        if kill.back_after > READY_WITHIN:
            yield f"P17: back only after {kill.back_after:.1f} s"


def _files(seen: Seen, undisturbed: Seen) -> Iterator[str]:
    if list(seen.files) != list(undisturbed.files):
        yield f"P17: on the disk lie {list(seen.files)} instead of {list(undisturbed.files)}"


def _sound(seen: Seen) -> Iterator[str]:
    if seen.damage:
        yield f"P24: the database is damaged: {seen.damage}"
    for what in seen.broken:
        yield f"P04: {what}"
