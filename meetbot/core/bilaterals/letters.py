"""The letters of the bilaterals: to focal points, and to the organiser about who has not answered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from meetbot.core import times
from meetbot.core.bilaterals import windows
from meetbot.core.bilaterals.nouns import Pair, State
from meetbot.core.bilaterals.series import Proposal
from meetbot.core.delegations import FocalPoint
from meetbot.core.model import Bilaterals, Contact, Letter, LetterKind, Message, Organisation, Programme


@dataclass(frozen=True)
class Change:
    """What became of one bilateral."""

    pair: Pair  #: as it stands now; one that is agreed or moved has its `starts_at`
    what: Literal["agreed", "moved", "cancelled"]
    before: datetime | None = None  #: when it was to begin until now; None: it had no time
    reason: str = ""  #: why, for the reader


@dataclass(frozen=True)
class Silent:
    """An organisation that has not answered, and those whose bilaterals wait for it."""

    organisation: Organisation
    waiting_for: Sequence[Organisation]


def availability(
    programme: Programme,
    organisation: Organisation,
    peers: Sequence[Organisation],
    *,
    page: int,
    until: datetime,
    nudge: timedelta | None = None,
) -> Message:
    """When can you meet these peers? `nudge`: how long before the deadline they are asked once more.

    ValueError while the days of the bilaterals are not known or the organisation has no focal point.
    """
    plan = _plan(programme)
    if plan.first_on is None or plan.last_on is None:
        raise ValueError("the days of the bilaterals are not known yet")
    key = asked_key(organisation)
    facts = {
        "first_on": plan.first_on.isoformat(),
        "last_on": plan.last_on.isoformat(),
        "minutes": _minutes(plan),
        "peers": [{"name": one.name, "country": one.country} for one in peers],
        "until": until.isoformat(),
        "nudge": nudge is not None,
    }
    dedupe = key if nudge is None else f"{key}:{until.isoformat()}:{nudge // timedelta(minutes=1)}"
    return _to_focal_point(LetterKind.AVAILABILITY, programme, organisation, facts, dedupe, page, useful_until=until)


def asked_key(organisation: Organisation) -> str:
    """Dedupe key of the letter that first asks its focal point; ValueError without one."""
    return f"availability:{organisation.key}:{_focal_point(organisation).address.lower()}"


def proposal(
    programme: Programme, organisation: Organisation, pairs: Sequence[Pair], *, page: int, until: datetime
) -> Message:
    """These times have been found for you: agree or decline until then. ValueError without a focal point."""
    facts = {
        "meetings": [_times(programme, organisation, pair, pair.starts_at) for pair in pairs],
        "until": until.isoformat(),
    }
    said = _digest(f"{one.key}.{one.revision}" for one in pairs)
    dedupe = f"proposal:{organisation.key}:{said}"
    return _to_focal_point(LetterKind.PROPOSAL, programme, organisation, facts, dedupe, page, useful_until=until)


def bilaterals(programme: Programme, organisation: Organisation, changes: Sequence[Change], *, page: int) -> Message:
    """All that has changed for a focal point, in one letter and without join links. ValueError without one."""
    facts: dict[str, Any] = {"agreed": [], "moved": [], "cancelled": []}
    for one in changes:
        at = one.before if one.what == "cancelled" else one.pair.starts_at
        meeting = _times(programme, organisation, one.pair, at)
        before = _times(programme, organisation, one.pair, one.before)
        facts[one.what].append({**meeting, "before": before, "reason": one.reason})
    said = _digest(f"{one.pair.key}.{one.pair.revision}.{one.what}.{one.pair.starts_at}" for one in changes)
    dedupe = f"bilaterals:{organisation.key}:{said}"
    return _to_focal_point(LetterKind.BILATERALS, programme, organisation, facts, dedupe, page)


def series(programme: Programme, organisation: Organisation, asked: Proposal, pair: Pair, *, page: int) -> Message:
    """The other side of the pair asks for these further meetings or, where they are cancelled, does not want them.

    ValueError without a focal point.
    """
    facts = {
        "peer": programme.organisations[pair.other(organisation.key)].name,
        "subject": asked.subject,
        "meetings": [_times(programme, organisation, pair, at) for at in sorted(asked.starts.values())],
        "declined": asked.state is State.CANCELLED,
        "reason": asked.reason,
    }
    first = min(asked.starts.values(), default=None)
    until = first - windows.NOTICE if first and asked.state is State.PROPOSED else None
    dedupe = f"series:{organisation.key}:{asked.pair}:{asked.revision}:{asked.state}"
    return _to_focal_point(LetterKind.SERIES, programme, organisation, facts, dedupe, page, useful_until=until)


def silent(programme: Programme, sides: Sequence[Silent], *, until: datetime, now: datetime) -> Message:
    """To the organiser after the deadline: whom to telephone, and which bilaterals wait for them."""
    facts = {
        **_facts(programme, programme.organiser.name),
        "until": until.isoformat(),
        "now": now.isoformat(),
        "sides": [_silent(programme, one) for one in sides],
    }
    return Message(
        letter=Letter(LetterKind.SILENT, facts, programme.language, programme.zone),
        to=programme.organiser,
        dedupe=f"silent:{until.isoformat()}",
    )


def _silent(programme: Programme, side: Silent) -> dict[str, Any]:
    organisation, focal_point = side.organisation, side.organisation.focal_point
    hours = windows.hours_of(organisation, _plan(programme))
    return {
        "organisation": organisation.name,
        "zone": organisation.zone,
        "opens": f"{hours.start:%H:%M}",
        "closes": f"{hours.end:%H:%M}",
        "person": focal_point.name if focal_point else "",
        "address": focal_point.address if focal_point else "",
        "telephone": focal_point.telephone if focal_point else "",
        "waiting_for": [one.name for one in side.waiting_for],
    }


def _to_focal_point(
    kind: LetterKind,
    programme: Programme,
    organisation: Organisation,
    facts: Mapping[str, Any],
    dedupe: str,
    page: int,
    *,
    useful_until: datetime | None = None,
) -> Message:
    focal_point = _focal_point(organisation)
    shared = {**_facts(programme, focal_point.name), "organisation": organisation.name}
    return Message(
        letter=Letter(kind, {**shared, **facts}, focal_point.language or programme.language, organisation.zone),
        to=Contact(focal_point.name, focal_point.address),
        dedupe=dedupe,
        useful_until=useful_until,
        page=page,
    )


def _facts(programme: Programme, name: str) -> dict[str, Any]:
    return {"programme": programme.title, "meeting": _plan(programme).title, "zone": programme.zone, "name": name}


def _times(programme: Programme, organisation: Organisation, pair: Pair, starts_at: datetime | None) -> dict[str, Any]:
    """Whom they meet and when; both instants None where there is no time."""
    peer = programme.organisations[pair.other(organisation.key)]
    ends_at = starts_at and starts_at + _plan(programme).duration
    return {
        "peer": peer.name,
        "country": peer.country,
        "zone": peer.zone,
        "starts_at": starts_at and times.utc(starts_at).isoformat(),
        "ends_at": ends_at and times.utc(ends_at).isoformat(),
    }


def _plan(programme: Programme) -> Bilaterals:
    if programme.bilaterals is None:
        raise ValueError("the programme has no bilaterals")
    return programme.bilaterals


def _focal_point(organisation: Organisation) -> FocalPoint:
    if organisation.focal_point is None:
        raise ValueError(f"{organisation.key} has no focal point")
    return organisation.focal_point


def _minutes(plan: Bilaterals) -> int:
    return plan.duration // timedelta(minutes=1)


def _digest(said: Iterable[str]) -> str:
    """Short, whatever the number of pairs: a unique index of PostgreSQL takes no long text."""
    return hashlib.sha256("\n".join(sorted(said)).encode()).hexdigest()[:32]
