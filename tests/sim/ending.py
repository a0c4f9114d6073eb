"""How everything stands at the end, gathered for the oracle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from meetbot.core.model import Programme
from meetbot.sandbox import Sandbox
from tests.sim import oracle, programme
from tests.sim.eye import Eye

_MARKER = "meetbot:ref="


def of(plan: Programme, sandbox: Sandbox, eye: Eye, *, cancelled_before: frozenset[str], now: datetime) -> oracle.End:
    """`cancelled_before`: the meetings that were cancelled at the end before this one."""
    takes_place = {key: one for key, one in plan.meetings.items() if not one.cancelled}
    return oracle.End(
        planned={key: f"{one.interval.start:%Y%m%dT%H%M%SZ}" for key, one in takes_place.items()},
        cancelled=frozenset(plan.meetings) - takes_place.keys(),
        at_zoom=_at_zoom(sandbox),
        registered=_registered(sandbox),
        statuses=eye.statuses,
        asked=eye.asked(),
        open_work=eye.open_work(now),
        cues=eye.cues(now),
        readers=frozenset(programme.READERS),
        held=frozenset(key for key, one in takes_place.items() if one.interval.end < now and key in eye.stood()),
        reinstated=cancelled_before & takes_place.keys(),
    )


def _at_zoom(sandbox: Sandbox) -> Mapping[str, int]:
    key_of = {programme.title(key): key for key in programme.KEYS}
    ours = [one for one in sandbox.account.meetings.values() if not one.deleted and _MARKER in one.agenda]
    return Counter(key_of[one.topic] for one in ours)


def _registered(sandbox: Sandbox) -> Mapping[tuple[str, str], Sequence[str]]:
    key_of = {programme.title(key): key for key in programme.KEYS}
    found: dict[tuple[str, str], list[str]] = {}
    for meeting in sandbox.account.meetings.values():
        if not meeting.deleted and _MARKER in meeting.agenda:
            for one in meeting.registrants.values():
                found.setdefault((key_of[meeting.topic], one.email.lower()), []).append(one.status)
    return found
