"""What Zoom lets a host and a registrant take of its calls in one UTC day, and how a plan is spread over days.

Zoom API, Rate limits: 100 created and changed meetings for each host, 3 additions and 10 changes of status for each
registrant of a meeting; all counts begin anew at 00:00 UTC.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from meetbot.core import times

WRITES_A_DAY = 90  # of Zoom's 100: the rest is left to people who change meetings on Zoom's own pages
ADDS_A_DAY = 3
STATUS_CHANGES_A_DAY = 10


@dataclass(frozen=True)
class Write:
    """A meeting that is to be created or changed at Zoom."""

    key: str
    host: str
    starts_at: datetime


@dataclass(frozen=True)
class Spread:
    """When each meeting is written; every one is in `today`, `later` or `too_late`."""

    today: frozenset[str]
    later: Mapping[str, datetime]  #: by meeting key: when its turn comes
    too_late: Mapping[str, str]  #: by meeting key: why it starts before its turn, and what to do
    text: str  #: for a person; "" when everything fits into today


def next_day(now: datetime) -> datetime:
    """When Zoom counts anew: 00:01 UTC, because nobody's clock is right to the second."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(0, 1), UTC)


def spread(writes: Sequence[Write], spent: Mapping[str, int], *, now: datetime, zone: str = "UTC") -> Spread:
    """Share the writes of each host out over the days, the earliest meetings first.

    `spent`: today's calls so far by host, in lower case; `zone`: in which the text names times.
    """
    of_hosts: dict[str, list[Write]] = {}
    for write in sorted(writes, key=lambda one: (one.starts_at, one.key)):
        of_hosts.setdefault(write.host.casefold(), []).append(write)
    spreads = [
        _of_host(queue, WRITES_A_DAY - spent.get(host, 0), now, zone) for host, queue in sorted(of_hosts.items())
    ]
    return Spread(
        frozenset().union(*(one.today for one in spreads)),
        {key: turn for one in spreads for key, turn in one.later.items()},
        {key: why for one in spreads for key, why in one.too_late.items()},
        "\n".join(one.text for one in spreads if one.text),
    )


def _of_host(queue: Sequence[Write], left_today: int, now: datetime, zone: str) -> Spread:
    today: set[str] = set()
    later: dict[str, datetime] = {}
    too_late: dict[str, str] = {}
    for write in queue:
        if len(today) < left_today:
            today.add(write.key)
            continue
        turn = next_day(now) + timedelta(days=len(later) // WRITES_A_DAY)
        if turn < write.starts_at:
            later[write.key] = turn
        else:
            too_late[write.key] = _refusal(write, turn, zone)
    fits = len(today) == len(queue)
    return Spread(frozenset(today), later, too_late, "" if fits else _text(queue, len(today), later.values(), zone))


def _refusal(write: Write, turn: datetime, zone: str) -> str:
    return (
        f"it starts on {_moment(write.starts_at, zone)}, and host {write.host} has had all meetings that Zoom lets a "
        f"host create or change in a day until {_moment(turn, zone)}: name another host, or move it"
    )


def _text(queue: Sequence[Write], today: int, turns: Iterable[datetime], zone: str) -> str:
    """ "112 meetings to create or change on host@…: 90 today, 22 from Thu 11 Nov 2021 07:01 (Bangkok). 2 days …" """
    days = [f"{count} from {_moment(turn, zone)}" for turn, count in Counter(turns).items()]
    needed = 1 + -(-(len(queue) - today) // WRITES_A_DAY)
    return (
        f"{len(queue)} meetings to create or change on {queue[0].host}: {', '.join([f'{today} today', *days])}. "
        f"{needed} days or {needed} hosts are needed: Zoom limits a host to 100 such calls a day, of which meetbot "
        f"uses {WRITES_A_DAY}."
    )


def _moment(at: datetime, zone: str) -> str:
    return f"{times.date_text(at, zone)} {at.astimezone(times.zone(zone)):%H:%M} ({times.city(zone)})"
