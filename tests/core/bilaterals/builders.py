"""A programme with bilaterals between a college in Yangon and one in Kunming; a test changes what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from meetbot.core import times
from meetbot.core.bilaterals.nouns import Availability, Can, Pair, State
from meetbot.core.bilaterals.question import Known
from meetbot.core.delegations import Wish
from meetbot.core.model import Bilaterals, Contact, Host, Meeting, Organisation, Programme
from meetbot.core.times import Interval
from tests.core import builders

MONDAY = date(2021, 11, 15)
NOW = datetime(2021, 11, 1, tzinfo=UTC)
SIDES = ("cvt", "yunnan")


def organisation(key: str, country: str, zone: str, **other: Any) -> Organisation:
    return builders.organisation(key, name=key.upper(), country=country, zone=zone, **other)


CVT = organisation("cvt", "Myanmar", "Asia/Yangon")
YUNNAN = organisation("yunnan", "China", "Asia/Shanghai")
ILO = organisation("ilo", "Switzerland", "Europe/Zurich")


def plan(**other: Any) -> Bilaterals:
    values: dict[str, Any] = {"first_on": MONDAY, "last_on": MONDAY}
    return Bilaterals(**{"title": "Bilaterals", "after": "launch", "when": "", **values, **other})


def programme(*organisations: Organisation, **other: Any) -> Programme:
    values: dict[str, Any] = {
        "title": "Partnership",
        "zone": "Asia/Bangkok",
        "language": "en",
        "organiser": Contact("Office", "office@x.example"),
        "reports_to": (),
        "people": {},
        "meetings": {},
        "hosts": (Host("one@x.example"),),
        "bilaterals": plan(),
    }
    return Programme(
        key="p", organisations={one.key: one for one in organisations or (CVT, YUNNAN)}, **{**values, **other}
    )


def pair(a: str = "cvt", b: str = "yunnan", **other: Any) -> Pair:
    made = Pair(f"{a}+{b}", a, b, Wish.LIKE, 1, State.WAITING, "", NOW)
    return replace(made, **other)


def wall(text: str, zone: str = "Asia/Bangkok", day: date = MONDAY) -> datetime:
    return times.at(f"{day} {text}", zone)


def between(start: str, end: str, zone: str = "Asia/Bangkok", day: date = MONDAY) -> Interval:
    return Interval(wall(start, zone, day), wall(end, zone, day))


def always(organisation: str, can: Can = Can.YES) -> Availability:
    """Somebody who can at any time of the year."""
    whole = Interval(datetime(2021, 1, 1, tzinfo=UTC), datetime(2022, 1, 1, tzinfo=UTC))
    return Availability(organisation, ((whole, can),), NOW, "focal point")


def known(*pairs: Pair, **other: Any) -> Known:
    chosen = pairs or (pair(),)
    sides = {key: always(key) for one in chosen for key in (one.a, one.b)}
    return Known(**{"pairs": chosen, "availabilities": sides, "holidays": {}, "meetings": (), **other})


def meeting(key: str, interval: Interval, **other: Any) -> Meeting:
    opens = other.pop("opens_at", interval.start)
    made = Meeting(key, key.title(), "", interval, opens, "Asia/Bangkok", host="")
    return replace(made, **other)


def begins(steps: int, origin: datetime, step: timedelta, zone: str = "Asia/Bangkok") -> list[str]:
    """The moments of a set of steps as the clocks there show them."""
    at = (origin + number * step for number in range(steps.bit_length()) if steps >> number & 1)
    return [f"{one.astimezone(times.zone(zone)):%H:%M}" for one in at]
