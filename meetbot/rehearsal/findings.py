"""Gathers the evidence of a rehearsal, and the figures that are shown at its end."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from meetbot import serve
from meetbot.bootstrap import App
from meetbot.core import times
from meetbot.core.meetings import ref_in
from meetbot.core.model import LetterKind, Outcome, Programme, Registrant
from meetbot.core.outbox import LetterState
from meetbot.mail import transports
from meetbot.rehearsal import mailbox
from meetbot.rehearsal.director import Director
from meetbot.rehearsal.oracle import Evidence
from meetbot.store import due, outbox, registration
from meetbot.store.due import Kind


@dataclass
class Watch:
    """Notes, in programme time, when cues had fired and when each message was handed over."""

    clock: times.Clock
    fired_at: dict[datetime, datetime] = field(default_factory=dict)  #: by the `now` of the pass: when all was on disk
    handed_over: dict[str, datetime] = field(default_factory=dict)  #: by Message-ID
    broken: list[str] = field(default_factory=list)  #: passes that ended in an error nobody foresaw

    def passes(self) -> dict[Kind, serve.Pass]:
        """The daemon's passes under watch."""
        return {kind: self._watched(kind, run) for kind, run in serve.PASSES.items()}

    def _watched(self, kind: Kind, run: serve.Pass) -> serve.Pass:
        async def watched(app: App, programme: Programme, now: datetime, owner: str) -> Outcome:
            try:
                outcome = await run(app, programme, now, owner)
            except Exception as error:
                self.broken.append(f"{kind}: {type(error).__name__}: {error}"[:200])
                raise
            if kind is Kind.CUE:
                self.fired_at[now] = self.clock.now()
            return outcome

        return watched


@dataclass
class Watched(transports.Transport):
    """A mail transport under watch."""

    inner: transports.Transport
    watch: Watch

    async def deliver(self, message_id: str, sender: str, recipient: str, content: bytes) -> str:
        self.watch.handed_over.setdefault(message_id, self.watch.clock.now())
        return await self.inner.deliver(message_id, sender, recipient, content)

    async def check(self) -> str:
        return await self.inner.check()

    async def aclose(self) -> None:
        await self.inner.aclose()


@dataclass(frozen=True)
class Findings:
    """Evidence for the oracle, and one document for machines, from which people's summary is made."""

    evidence: Evidence
    document: dict[str, Any]


@dataclass(frozen=True)
class _Seen:
    """Everything there is to look at once the rehearsal is over."""

    mails: Sequence[mailbox.Mail]
    state: Mapping[str, Any]
    ledger: Sequence[Mapping[str, Any]]
    messages: Sequence[outbox.Outgoing]
    cues: Sequence[Any]
    everyone: Sequence[Registrant]
    link_owner: Mapping[str, str]


async def gather(director: Director, watch: Watch) -> Findings:
    """The evidence and the figures, once the rehearsal is over."""
    seen = await _look(director)
    effects = list(_effects(seen, watch))
    return Findings(_evidence(director, seen, effects, watch), _document(director, seen, effects, watch))


async def _look(director: Director) -> _Seen:
    app, key = director.app, director.meeting.key
    mails = list(mailbox.mails(app.settings.maildir))
    state, ledger = await director.zoom.state(), await director.zoom.ledger()
    at_zoom = await app.zoom.registrants(await director.zoom_id(), "approved")
    async with app.store.reading() as tx:
        everyone = await registration.listing(tx, key)
        return _Seen(
            mails=mails,
            state=state,
            ledger=ledger,
            messages=await outbox.listing(tx),
            cues=await due.ended(tx, [Kind.CUE], ["done", "missed", "failed", "waiting", "claimed"]),
            everyone=everyone,
            link_owner={one.join_link.reveal(): one.address for one in at_zoom if one.join_link is not None},
        )


def _evidence(director: Director, seen: _Seen, effects: Sequence[_Effect], watch: Watch) -> Evidence:
    of_kind = {one.message_id: one.message.letter.kind for one in seen.messages}
    return Evidence(
        mails=seen.mails,
        statuses={one.form.address: one.status for one in seen.everyone},
        link_owner=seen.link_owner,
        link_mails=Counter(mail.to for mail in seen.mails if of_kind.get(mail.message_id) is LetterKind.LINK),
        zoom_meetings=[one for one in seen.state["meetings"] if not one["deleted"] and ref_in(one["agenda"])],
        planned=[one.title for one in director.programme.meetings.values() if not one.cancelled],
        fired=Counter(effect.cue for effect in effects),
        cues={row.subject: _ended(row, seen) for row in seen.cues},
        broken=watch.broken,
    )


def _document(director: Director, seen: _Seen, effects: Sequence[_Effect], watch: Watch) -> dict[str, Any]:
    rate = director.clock.rate
    fired = [watch.fired_at[row.done_at] - row.due_at for row in seen.cues if row.done_at in watch.fired_at]
    outside = [effect.lateness for effect in effects]
    standing = (one for one in seen.state["meetings"] if not one["deleted"])
    ended = Counter(_ended(row, seen) for row in seen.cues)
    ended["fired"] = ended.pop("done", 0)
    return {
        "meetings": [{"topic": one["topic"], "id": one["id"], "start": one["start_time"]} for one in standing],
        "registrants": dict(Counter(str(one.status) for one in seen.everyone)),
        "letters": dict(Counter(str(one.message.letter.kind) for one in seen.messages if one.accepted_at)),
        "cues": {
            "missed": 0,
            **ended,
            "lateness_ms": {
                "programme_time": _spread(fired, 1.0),
                "real_time": _spread(fired, rate),
                "first_effect_outside_in_real_time": _spread(outside, rate),
            },
        },
    }


def _ended(row: Any, seen: _Seen) -> str:
    """As the cue ended. On a machine that is too busy every letter of one may be of no more use: it is missed, and on
    record as that."""
    letters = _letters(row, seen)
    late = letters and all(one.state is LetterState.EXPIRED for one in letters)
    return "missed" if late else str(row.state)


def _letters(row: Any, seen: _Seen) -> list[outbox.Outgoing]:
    mark = f":{row.detail['cue']}:"
    return [one for one in seen.messages if mark in one.message.dedupe]


@dataclass(frozen=True)
class _Effect:
    """The first thing that was seen of a cue, and how long after it fell due."""

    cue: str
    lateness: timedelta


def _effects(seen: _Seen, watch: Watch) -> Iterator[_Effect]:
    """Everything that was seen of each cue outside, one for each time that it fired."""
    subject_of = {mail.message_id: (mail.to, mail.subject) for mail in seen.mails}
    for row in seen.cues:
        what = row.detail["cue"].rpartition(":")[2]
        if what.startswith("recording"):
            kind = what.replace("_", ".")
            at = [datetime.fromisoformat(one["at"]) for one in seen.ledger if (one["effect"] or {}).get("kind") == kind]
            yield from (_Effect(row.subject, instant - row.due_at) for instant in at)
            continue
        letters = [one for one in _letters(row, seen) if one.message_id in watch.handed_over]
        first = min((watch.handed_over[one.message_id] for one in letters), default=None)
        times_told = Counter(subject_of.get(one.message_id) for one in letters)
        if first is not None:
            yield from [_Effect(row.subject, first - row.due_at)] * max(times_told.values())


def _spread(lateness: Sequence[timedelta], rate: float) -> dict[str, float]:
    """p50, p99 and the largest, in milliseconds."""
    values = sorted(one.total_seconds() * 1000 / rate for one in lateness)
    if not values:
        return {"p50": 0.0, "p99": 0.0, "max": 0.0}
    p99 = values[min(len(values) - 1, int(len(values) * 0.99))]
    return {"p50": round(statistics.median(values), 1), "p99": round(p99, 1), "max": round(values[-1], 1)}
