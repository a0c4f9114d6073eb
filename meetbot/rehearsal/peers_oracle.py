"""Judges the bilaterals of a rehearsal from what stood at Zoom and in the mailboxes, by clocks on the wall.

Pure, and written from the promises: it shares no line with the search for times.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from meetbot.core.bilaterals import Pair, State
from meetbot.core.delegations import WorkingHours
from meetbot.core.model import Programme
from meetbot.rehearsal.mailbox import Mail


@dataclass(frozen=True)
class Seen:
    """One bilateral as it stood at Zoom."""

    key: str
    sides: tuple[str, str]
    starts_at: datetime
    minutes: int
    host: str
    interpreters: tuple[str, ...]
    links: Mapping[str, str]  #: join link -> whose it is
    came: frozenset[str]  #: addresses of those who came
    credited: frozenset[str]  #: addresses of those whom the report credits; interpreters are no guests
    final: bool  #: its report is
    open: tuple[str, ...] = ()  #: names on its lines that prove nobody

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Series:
    """Further meetings as the page showed them to the side that agreed."""

    pair: str
    side: str  #: by its clocks
    walls: tuple[str, ...]  #: "Mon 22 Nov 2021 10:00"


@dataclass(frozen=True)
class Evidence:
    """What was seen from outside of all bilaterals."""

    programme: Programme
    pairs: Sequence[Pair]
    seen: Sequence[Seen]
    mails: Sequence[Mail]
    accepted: Mapping[str, datetime]  #: Message-ID -> when the mail server took it
    silent: frozenset[str]  #: names of the organisations that had not answered by the deadline
    pages: Mapping[str, frozenset[str]]  #: page -> readers in whose mailbox it was
    series: Sequence[Series] = ()  #: that both sides have agreed to
    until: datetime | None = None  #: when it was seen: what ends later has no report yet; None: all is over


def violations(evidence: Evidence) -> list[str]:
    """Every broken promise in words; empty when all held."""
    checks = (
        _one_meeting_each,
        _nobody_twice,
        _interpreted,
        _in_working_hours,
        _own_links,
        _entries,
        _pages,
        _silent,
        _attendance,
        _further,
    )
    return [found for check in checks for found in check(evidence)]


def _one_meeting_each(evidence: Evidence) -> Iterator[str]:
    standing = Counter(one.key for one in evidence.seen)
    for pair in evidence.pairs:
        wanted = int(pair.state in (State.CREATED, State.HELD, State.REPORTED))
        if standing[pair.key] != wanted:
            yield f"P06: {pair.key} is {pair.state} and stands {standing[pair.key]} times at Zoom"
        if pair.state in (State.WAITING, State.STUCK) and not pair.reason:
            yield f"P04: {pair.key} is left out without a reason"


def _nobody_twice(evidence: Evidence) -> Iterator[str]:
    for one, other in combinations(evidence.seen, 2):
        if one.starts_at < other.ends_at and other.starts_at < one.ends_at:
            for what, ours, theirs in (
                ("host", {one.host}, {other.host}),
                ("delegation", set(one.sides), set(other.sides)),
                ("interpreter", set(one.interpreters), set(other.interpreters)),
            ):
                for who in sorted(ours & theirs):
                    yield f"P17: the {what} {who} is in {one.key} and {other.key} at once"


def _interpreted(evidence: Evidence) -> Iterator[str]:
    for one in evidence.seen:
        a, b = (set(evidence.programme.organisations[side].speaks) for side in one.sides)
        if a and b and not a & b and not one.interpreters:
            yield f"P06: nobody interprets at Zoom between the sides of {one.key}"
        for address in map(str.lower, one.interpreters):
            theirs = {link for link, owner in one.links.items() if owner.lower() == address}
            letters = [mail.message_id for mail in evidence.mails if mail.to == address and mail.links & theirs]
            if not any(evidence.accepted.get(letter, one.starts_at) < one.starts_at for letter in letters):
                yield f"P02: {address} interprets in {one.key} and had no link of their own before it began"


def _in_working_hours(evidence: Evidence) -> Iterator[str]:
    plan = evidence.programme.bilaterals
    for one in evidence.seen:
        for side in one.sides:
            organisation = evidence.programme.organisations[side]
            hours = (plan.hours if plan else {}).get(organisation.country, WorkingHours())
            start, end = (at.astimezone(ZoneInfo(organisation.zone)) for at in (one.starts_at, one.ends_at))
            if start.weekday() not in hours.weekdays or start.date() != end.date():
                yield f"P22: {one.key} is on {start:%A %H:%M} for {side}"
            elif not _works(hours, start.time(), end.time()):
                yield f"P22: {one.key} is at {start:%H:%M}–{end:%H:%M} for {side}"


def _works(hours: WorkingHours, start: time, end: time) -> bool:
    if not (hours.start <= start and end <= hours.end):
        return False
    return hours.lunch is None or end <= hours.lunch[0] or start >= hours.lunch[1]


def _own_links(evidence: Evidence) -> Iterator[str]:
    owner = {link: address for one in evidence.seen for link, address in one.links.items()}
    for mail in evidence.mails:
        for link in mail.links & owner.keys():
            if owner[link] != mail.to:
                yield f"P32: {mail.to} got the join link of {owner[link]} ({mail.subject})"
    written = {(mail.to, link) for mail in evidence.mails for link in mail.links}
    for link, address in owner.items():
        if (address, link) not in written:
            yield f"P02: {address} never got their join link"


def _entries(evidence: Evidence) -> Iterator[str]:
    sequences: dict[tuple[str, str], list[int]] = {}
    for mail in evidence.mails:
        if mail.entry is not None:
            sequences.setdefault((mail.to, mail.entry.uid), []).append(mail.entry.sequence)
    for (address, _), found in sequences.items():
        if found != sorted(set(found)):
            yield f"P10: the calendar entries of {address} do not follow one another: {found}"
    for message_id, copies in Counter(mail.message_id for mail in evidence.mails).items():
        if copies > 1:
            yield f"P02: {copies} copies of {message_id}"


def _pages(evidence: Evidence) -> Iterator[str]:
    for readers in evidence.pages.values():
        if len(readers) > 1:
            yield f"P30: {', '.join(sorted(readers))} hold one page between them"


def _silent(evidence: Evidence) -> Iterator[str]:
    told = [mail for mail in evidence.mails if mail.to == evidence.programme.organiser.address.lower()]
    for name in sorted(evidence.silent):
        if not any(name in " ".join(mail.text.split()) for mail in told):
            yield f"P04: the organiser was not told that {name} is silent"


def _attendance(evidence: Evidence) -> Iterator[str]:
    for one in evidence.seen:
        if evidence.until is not None and one.ends_at > evidence.until:
            continue
        if not one.final:
            yield f"P12: {one.key} has no final attendance report"
        for address in sorted((one.credited ^ one.came) - set(one.interpreters)):
            yield f"P13: {address} is {'' if address in one.credited else 'not '}credited with {one.key}"
        for name in one.open:
            yield f"P13: {name} is an open line of {one.key}, where everybody came by a link or held it"


def _further(evidence: Evidence) -> Iterator[str]:
    for series in evidence.series:
        zone = ZoneInfo(evidence.programme.organisations[series.side].zone)
        standing = [one for one in evidence.seen if one.key.startswith(f"{series.pair}.")]
        walls = [f"{at.astimezone(zone):%a %-d %b %Y %H:%M}" for at in sorted(one.starts_at for one in standing)]
        if walls != list(series.walls):
            agreed, found = (", ".join(some) or "nothing" for some in (series.walls, walls))
            yield f"P04: {series.pair} agreed to {agreed}, and {found} stand at Zoom"
        for one in standing:
            uids = {entry.uid for mail in evidence.mails if mail.links & one.links.keys() for entry in mail.entries}
            if len(uids) != 1:
                yield f"P10: {one.key} has {len(uids)} calendar entries"
