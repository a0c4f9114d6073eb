"""Every pair on one line: where it stands, since when, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetbot.core.bilaterals import question
from meetbot.core.bilaterals.nouns import Availability, Pair, State
from meetbot.core.bilaterals.series import Proposal
from meetbot.core.model import Organisation, Programme
from meetbot.core.times import Interval

#: In this order a person wants to see them: what needs somebody first, what is over last.
_ORDER = (
    State.STUCK,
    State.WAITING,
    State.PROPOSED,
    State.AGREED,
    State.CREATED,
    State.HELD,
    State.REPORTED,
    State.CANCELLED,
)
_BY_ITSELF = {
    State.AGREED: "the service makes its meeting at Zoom",
    State.CREATED: "it takes place",
    State.HELD: "the attendance report follows",
    State.REPORTED: "",
    State.CANCELLED: "",
}


@dataclass(frozen=True)
class Row:
    """One pair, for a person who looks at all of them."""

    pair: Pair
    a: Organisation
    b: Organisation
    interval: Interval | None  #: proposed or agreed; None: not found yet
    language: str  #: what they meet in, or between which languages somebody interprets; "": not known
    age: timedelta  #: how long it has stood where it stands
    next_step: str  #: what happens next, and who has to do it


def rows(
    programme: Programme,
    pairs: Iterable[Pair],
    answers: Mapping[str, Availability],
    further: Iterable[Proposal] = (),
    *,
    now: datetime,
) -> tuple[Row, ...]:
    """What needs somebody first; within a state by time, then by key. Pairs of organisations that are gone stay out.

    `further`: the series that sides have asked for.
    """
    asked = {one.pair: one for one in further if one.state is State.PROPOSED}
    known = [one for one in pairs if {one.a, one.b} <= programme.organisations.keys()]
    ordered = sorted(known, key=lambda one: (_ORDER.index(one.state), one.starts_at or now, one.key))
    return tuple(_row(programme, one, answers, asked.get(one.key), now) for one in ordered)


def counts(shown: Sequence[Row]) -> Mapping[State, int]:
    """How many stand where; states without a pair are left out."""
    found = {state: sum(row.pair.state is state for row in shown) for state in _ORDER}
    return {state: count for state, count in found.items() if count}


def _row(
    programme: Programme, pair: Pair, answers: Mapping[str, Availability], asked: Proposal | None, now: datetime
) -> Row:
    sides = programme.organisations[pair.a], programme.organisations[pair.b]
    length = programme.bilaterals.duration if programme.bilaterals else timedelta()
    interval = Interval(pair.starts_at, pair.starts_at + length) if pair.starts_at else None
    next_step = _next_step(pair, sides, answers) if asked is None else _goes_on(asked, pair)
    return Row(pair, *sides, interval, _language(pair, *sides), now - pair.since, next_step)


def _goes_on(asked: Proposal, pair: Pair) -> str:
    missing = " and ".join(side for side in (pair.a, pair.b) if side not in asked.agreed_by)
    meetings = "a further meeting" if len(asked.starts) == 1 else f"{len(asked.starts)} further meetings"
    return f"{missing} agree on the page to {meetings} about {asked.subject}, or meetbot bilaterals series {pair.key}"


def _language(pair: Pair, a: Organisation, b: Organisation) -> str:
    if (shared := question.shared(a, b)) is None:
        return ""
    if shared:
        return " or ".join(shared)
    by = f"interpreted by {pair.interpreter}" if pair.interpreter else "an interpreter is needed"
    return f"{' or '.join(a.speaks)} – {' or '.join(b.speaks)}, {by}"


def _next_step(pair: Pair, sides: Sequence[Organisation], answers: Mapping[str, Availability]) -> str:
    silent = [one for one in sides if one.key not in answers]
    unheard = pair.interpreter is None and question.shared(*sides) == ()
    match pair.state:
        case State.AGREED | State.CREATED if unheard:
            return f"it needs an interpreter: meetbot bilaterals move --pairs {pair.key} --to DAY finds a time with one"
        case State.WAITING if silent:
            return f"answer of {' and '.join(map(_reached, silent))}"
        case State.WAITING:
            return "a time is looked for"
        case State.PROPOSED:
            missing = [one.key for one in sides if one.key not in pair.agreed_by]
            return f"{' and '.join(missing)} agree on the page, or meetbot create-bilaterals"
        case State.STUCK:
            return "a person changes something: see the reason"
    return _BY_ITSELF[pair.state]


def _reached(organisation: Organisation) -> str:
    """With the telephone number, for whoever asks again."""
    focal_point = organisation.focal_point
    if focal_point is None:
        return f"{organisation.key} (no focal point)"
    return f"{organisation.key} ({focal_point.name}{', ' * bool(focal_point.telephone)}{focal_point.telephone})"
