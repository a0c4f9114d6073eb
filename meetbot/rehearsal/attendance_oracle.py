"""Judges the attendance of a rehearsal: who sat before which screen is known here, and what was mailed is read.

Pure, and written from the promises: it shares no line with the count.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

Row = Mapping[str, str]
Who = tuple[str, str]

_FEW = 5
_PROOFS = ("registrant id", "mail address", "declared")
#: Minutes are rounded, and Zoom's report has whole seconds.
_ROUNDED, _CUT = timedelta(seconds=30), timedelta(seconds=2)
_COUNTED = ("Registered", "Approved", "Attended", "Stayed 60 % or more")
_OF = re.compile(r"\b(\d+) of (\d+)\b")
_LATE = re.compile(r"minutes late: (\d+)\b")


@dataclass(frozen=True)
class Person:
    """Somebody who may have been there."""

    name: str
    organisation: str  #: its name, as reports have it
    screen: str  #: whose connection to Zoom they would have sat before: their own or a colleague's
    proof: str  #: how they are to be known: "registrant id", "declared"


@dataclass(frozen=True)
class Report:
    """An attendance report as one reader got it."""

    to: str
    preliminary: bool
    says_changes: bool
    figure: str  #: "71 attended (66 proven, 5 declared), 4 lines open"; "": there is none in it
    text: str
    words: str  #: of all that can be read in it: text, page, tables
    endings: frozenset[str]  #: of its files
    rows: Sequence[Row]  #: of its CSV table


@dataclass(frozen=True)
class Confirmation:
    """A paper that somebody asked for."""

    address: str
    name: str
    mails: int  #: with a PDF, to that address
    verified: str  #: what the page says of its code
    forged: str  #: what it says of a code that nobody was given


@dataclass(frozen=True)
class Erased:
    """Somebody who asked to be erased, and the report made again before and after."""

    name: str
    address: str
    before: Sequence[Row]
    after: Sequence[Row]
    outside_before: Sequence[Row]
    outside_after: Sequence[Row]
    found: Sequence[str]  #: places in which they stand still


@dataclass(frozen=True)
class Evidence:
    """What was seen from outside, and who sat where."""

    people: Sequence[Person]
    seen: Mapping[str, Sequence[tuple[datetime, datetime]]]  #: by screen: when it was in the meeting
    opens_at: datetime
    unsettled: Sequence[str]  #: what stood on the screens of which nobody said who it was
    office: frozenset[str]  #: readers within
    outside: frozenset[str]  #: readers who are to see no name
    corrections: int  #: how often something was settled after the final report
    reports: Sequence[Report]
    secrets: frozenset[str]  #: names and addresses
    confirmation: Confirmation | None = None
    erased: Erased | None = None


def violations(evidence: Evidence) -> list[str]:
    """Every broken promise in words, with its number; empty when all held."""
    checks = (_mailed, _tables, _credited, _open, _figures, _nobody_named, _nothing_small, _confirmed, _erased)
    return [found for check in checks for found in check(evidence)]


def _mailed(evidence: Evidence) -> Iterator[str]:
    for reader in sorted(evidence.office | evidence.outside):
        reports = _of(evidence, reader)
        wanted = int(reader in evidence.office), 1 + evidence.corrections
        got = sum(one.preliminary for one in reports), sum(not one.preliminary for one in reports)
        if got != wanted:
            yield f"P12: {reader} got {got[0]} preliminary and {got[1]} final reports, not {wanted[0]} and {wanted[1]}"
        if [one.preliminary for one in reports] != sorted((one.preliminary for one in reports), reverse=True):
            yield f"P12: {reader} got a preliminary report after a final one"
    for reader in sorted(evidence.office):
        reports = _of(evidence, reader)
        for before, after in pairwise(reports):
            if before.figure != after.figure and not after.says_changes:
                yield f"P12: a report to {reader} does not say what changed: {after.figure}, before {before.figure}"


def _tables(evidence: Evidence) -> Iterator[str]:
    for one in evidence.reports:
        if not one.endings >= {"xlsx", "csv"}:
            yield f"P12: {one.to} got an attendance report without its tables"


def _credited(evidence: Evidence) -> Iterator[str]:
    there = {(one.name, one.organisation): one for one in evidence.people if _time(evidence, one.screen)}
    for report in _last(evidence, evidence.office):
        rows = [row for row in report.rows if row["Status"] == "attended"]
        for who, count in Counter(map(_who, rows)).items():
            if count > 1:
                yield f"P13: {_named(who)} stands {count} times in the report"
            if who not in there:
                yield f"P13: {_named(who)} is credited with attendance and was not there"
        yield from (f"P13: {_named(who)} was there and is not credited" for who in there.keys() - set(map(_who, rows)))
        for row in rows:
            if one := there.get(_who(row)):
                yield from _rightly(evidence, one, row)


def _rightly(evidence: Evidence, one: Person, row: Row) -> Iterator[str]:
    time, said = _time(evidence, one.screen), timedelta(minutes=int(row["Minutes"]))
    if abs(said - time) > _ROUNDED + _CUT * len(evidence.seen[one.screen]):
        yield f"P13: {_named(_who(row))} is credited with {said} and was there for {time}"
    if not row["Known by"].startswith(one.proof):
        yield f"P13: {_named(_who(row))} is known by {row['Known by']}, not by {one.proof}"


def _open(evidence: Evidence) -> Iterator[str]:
    for report in _last(evidence, evidence.office):
        shown = sorted(row["Name"] for row in report.rows if row["Status"] == "open")
        if shown != sorted(evidence.unsettled):
            yield f"P13: open are {shown}, not {sorted(evidence.unsettled)}"


def _figures(evidence: Evidence) -> Iterator[str]:
    there = [one for one in evidence.people if _time(evidence, one.screen)]
    declared, waiting = sum(one.proof == "declared" for one in there), len(evidence.unsettled)
    certain = f"{len(there)} attended ({len(there) - declared} proven, {declared} declared)"
    wanted = f"{certain}, {waiting} line{'s' * (waiting != 1)} open"
    for report in _last(evidence, evidence.office | evidence.outside):
        hidden = any(row.get("By") == "Everybody" and row["Attended"] == "hidden" for row in report.rows)
        if report.figure != wanted and not hidden:
            yield f"P13: {report.to} reads {report.figure or 'no figure'}, not {wanted}"


def _nobody_named(evidence: Evidence) -> Iterator[str]:
    for report in evidence.reports:
        if report.to in evidence.outside:
            for secret in sorted(evidence.secrets - {report.to}):
                if secret in report.words:
                    yield f"P33: the report to {report.to} names {secret}"


def _nothing_small(evidence: Evidence) -> Iterator[str]:
    for report in evidence.reports:
        if report.to not in evidence.outside:
            continue
        for row in report.rows:
            counts = [int(row[column]) for column in _COUNTED if row[column].isdigit()]
            if any(0 < count < _FEW for count in counts) or (counts and counts[0] < _FEW):
                yield f"P33: the table for {report.to} shows a small group: {row['By']} {row['Group']}"
        for words in [*_OF.finditer(report.text), *_LATE.finditer(report.text)]:
            if any(0 < int(count) < _FEW for count in words.groups()):
                yield f"P33: the report to {report.to} shows a small group: {words[0]}"


def _confirmed(evidence: Evidence) -> Iterator[str]:
    one = evidence.confirmation
    if one is None:
        return
    if one.mails != 1:
        yield f"P13: {one.address} asked for a confirmation of attendance and got {one.mails}"
    if one.name not in one.verified:
        yield f"P13: the code on the confirmation of {one.name} is not known"
    if one.name in one.forged or one.verified == one.forged:
        yield "P13: a code that nobody was given is taken for a confirmation"


def _erased(evidence: Evidence) -> Iterator[str]:
    one = evidence.erased
    if one is None:
        return
    yield from (f"P33: {one.address} is erased and still stands in {place}" for place in one.found)
    if one.outside_before != one.outside_after:
        yield f"P33: the figures are others since {one.address} was erased"
    for before, after in zip(one.before, one.after, strict=False):
        kept = {column: text for column, text in before.items() if column != "Name"}
        if any(after[column] != text for column, text in kept.items()):
            yield f"P33: a line of the report is other since {one.address} was erased: {kept}"
    names = Counter(row["Name"] for row in one.before), Counter(row["Name"] for row in one.after)
    if names[0] - names[1] != Counter([one.name]):
        yield f"P33: not the name of {one.address} alone has left the report"


def _time(evidence: Evidence, screen: str) -> timedelta:
    """For how long it was in the meeting since the doors opened, however many of its devices at once."""
    there, until = timedelta(), evidence.opens_at
    for start, end in sorted(evidence.seen.get(screen, ())):
        there += max(end - max(start, until), timedelta())
        until = max(until, end)
    return there


def _of(evidence: Evidence, reader: str) -> list[Report]:
    return [one for one in evidence.reports if one.to == reader]


def _last(evidence: Evidence, readers: frozenset[str]) -> Iterator[Report]:
    for reader in sorted(readers):
        yield from _of(evidence, reader)[-1:]


def _who(row: Row) -> Who:
    return row["Name"], row["Organisation"]


def _named(who: Who) -> str:
    return f"{who[0]} ({who[1]})"
