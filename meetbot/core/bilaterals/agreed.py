"""A confirmed bilateral is one more planned meeting of the programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from meetbot.core.model import Bilaterals, Interpreter, Meeting, Programme
from meetbot.core.times import Interval


@dataclass(frozen=True)
class Agreed:
    """What was agreed for a pair."""

    a: str
    b: str
    starts_at: datetime
    minutes: int
    interpreters: tuple[Interpreter, ...] = ()
    cancelled: bool = False
    subject: str = ""  #: of a meeting of a series, see `Pair`


def meeting(key: str, agreed: Agreed, programme: Programme) -> Meeting:
    """The planned meeting. It names no host, so that one of the programme's hosts is chosen."""
    sides = [programme.organisations[one] for one in (agreed.a, agreed.b) if one in programme.organisations]
    names = " – ".join(one.name for one in sides)
    plan = programme.bilaterals
    title = agreed.subject or (plan.title if isinstance(plan, Bilaterals) else "Bilateral meeting")
    return Meeting(
        key=key,
        title=f"{title}: {names}",
        text="",
        interval=Interval(agreed.starts_at, agreed.starts_at + timedelta(minutes=agreed.minutes)),
        opens_at=agreed.starts_at,
        zone=programme.zone,
        host="",
        interpreters=agreed.interpreters,
        cancelled=agreed.cancelled,
        delegations=(agreed.a, agreed.b),
    )


def with_agreed(programme: Programme, agreed: Mapping[str, Agreed]) -> Programme:
    """The programme with the meetings that its peers have agreed on."""
    if not agreed:
        return programme
    added = {key: meeting(key, one, programme) for key, one in sorted(agreed.items())}
    return replace(programme, meetings={**programme.meetings, **added})


def with_spoken(programme: Programme, spoken: Mapping[str, tuple[str, ...]]) -> Programme:
    """The programme with the languages that organisations (keys) themselves say that they can meet in."""
    said = {
        key: replace(programme.organisations[key], speaks=languages)
        for key, languages in spoken.items()
        if key in programme.organisations
    }
    return replace(programme, organisations={**programme.organisations, **said}) if said else programme


def said_since(
    spoken: Mapping[str, tuple[str, ...]], before: Programme, written: Programme
) -> Mapping[str, tuple[str, ...]]:
    """What of it stays when another file is applied: where the file itself says something new, that counts."""
    return {
        key: languages
        for key, languages in spoken.items()
        if key in before.organisations
        and key in written.organisations
        and before.organisations[key].speaks == written.organisations[key].speaks
    }
