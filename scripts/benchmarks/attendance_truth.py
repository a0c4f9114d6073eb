"""Over meetings of which the truth is known: who is credited wrongly, by us and by names that are alike.

The peer is the rule of moodle-mod_zoom as its documentation describes it: the very name, else the registrant whose
name is most alike, if it is so by 60 %.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher

from meetbot.core import attendance, times
from meetbot.core.model import Registrant
from meetbot.core.times import Interval
from scripts.benchmarks.attendance_crowd import OPENS, Held, Stay, held

_ALIKE = 0.6


@dataclass(frozen=True)
class Verdict:
    """What came of one meeting."""

    people: int  #: credited by us
    wrongly: int  #: of these, not there at all
    inexact: int  #: of these, with other seconds than they sat there provably
    proven: int  #: people whom Zoom can prove
    open_lines: int
    unsettled: int  #: connections of which Zoom proves nothing: the most that may be open
    lost_rows: int  #: of Zoom's report, in no line of ours
    by_names: int  #: credited by the peer
    wrongly_by_names: int


async def judge(seed: int) -> Verdict:
    """One meeting, counted and compared with the truth."""
    one = await held(seed)
    tally = attendance.tally(one.readings, one.registrants, one.programme, one.meeting, (), mark=lambda text: text)
    truth = _provable(one)
    credited = {line.who.registrant: line for line in tally.lines}
    named = by_names(one)
    return Verdict(
        people=len(credited),
        wrongly=len(set(credited) - set(truth)),
        inexact=sum(line.intervals != truth.get(id_) for id_, line in credited.items()),
        proven=len(truth),
        open_lines=len(tally.open),
        unsettled=_unsettled(one),
        lost_rows=sum(len(reading.sessions) for reading in one.readings) - tally.rows_accounted,
        by_names=len(named),
        wrongly_by_names=sum(any(stay.person != id_ for stay in stays) for id_, stays in named.items()),
    )


async def over(seeds: Iterable[int]) -> Verdict:
    """The sum over many meetings."""
    total: Counter[str] = Counter()
    for seed in seeds:
        total.update(vars(await judge(seed)))
    return Verdict(**{name: total[name] for name in Verdict.__dataclass_fields__})


def by_names(one: Held) -> Mapping[int, Sequence[Stay]]:
    """Whom the rule of names credits, and whose stays it takes for that."""
    found: dict[int, list[Stay]] = {}
    for stay in _counted(one):
        if (registrant := _most_alike(stay.name, one.registrants)) is not None and stay.address != one.meeting.host:
            found.setdefault(registrant.id, []).append(stay)
    return found


def _most_alike(name: str, registrants: Sequence[Registrant]) -> Registrant | None:
    written = name.casefold()
    for one in registrants:
        if one.form.name.casefold() == written:
            return one
    alike = [(SequenceMatcher(None, written, one.form.name.casefold(), False).ratio(), one) for one in registrants]
    best = max(alike, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] >= _ALIKE else None


def _provable(one: Held) -> dict[int | None, tuple[Interval, ...]]:
    """When each registrant sat before a screen of which Zoom can tell that it was theirs, by the persons themselves."""
    stays: dict[int | None, list[Interval]] = {}
    for stay in _counted(one):
        if stay.person is not None and _settles(stay, one.registrants):
            stays.setdefault(stay.person, []).append(_from_opening(stay.interval))
    return {person: times.union(found) for person, found in stays.items()}


def _settles(stay: Stay, registrants: Sequence[Registrant]) -> bool:
    """The registration, or else the address, is that of one registrant."""
    if stay.registrant_id:
        return [one.zoom_id for one in registrants].count(stay.registrant_id) == 1
    return bool(stay.address) and [one.form.address for one in registrants].count(stay.address) == 1


def _unsettled(one: Held) -> int:
    of_nobody = [stay for stay in _counted(one) if not _settles(stay, one.registrants)]
    return sum(stay.address != one.meeting.host for stay in of_nobody)


def _counted(one: Held) -> list[Stay]:
    """In the meeting and not its waiting room, for a second at least, after it opened."""
    return [
        stay for stay in one.stays if stay.inside and stay.interval.end > max(OPENS, stay.interval.start) + timedelta()
    ]


def _from_opening(interval: Interval) -> Interval:
    return Interval(max(OPENS, interval.start), interval.end)
