"""Which letter goes to whom: facts frozen at the moment of the decision, never the join link itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from meetbot.core.model import (
    Contact,
    Letter,
    LetterKind,
    Meeting,
    Message,
    Part,
    Programme,
    Registrant,
    Segment,
    Status,
)


def received(programme: Programme, meeting: Meeting, registrant: Registrant, *, revision: int) -> Message:
    """Your form came, this is not the link: before any approval."""
    return _to_registrant(
        LetterKind.RECEIVED, programme, meeting, registrant, revision, once=True, facts={"waits": True}
    )


def link(
    programme: Programme,
    meeting: Meeting,
    registrant: Registrant,
    *,
    revision: int,
    sequence: int,
    replaced: bool = False,
) -> Message:
    """The join link with the calendar entry and the day's programme; `replaced`: they hold one that no longer works."""
    return _to_registrant(
        LetterKind.LINK,
        programme,
        meeting,
        registrant,
        revision,
        facts={"segments": _segments(programme, meeting.rundown), **({"replaced": True} if replaced else {})},
        sequence=sequence,
        needs_link=True,
        mark=f"replaced-{sequence}" if replaced else "",
    )


def reminder(
    programme: Programme, meeting: Meeting, registrant: Registrant, *, revision: int, before: timedelta
) -> Message:
    minutes = int(before.total_seconds() // 60)
    return _to_registrant(
        LetterKind.REMINDER,
        programme,
        meeting,
        registrant,
        revision,
        facts={"before_minutes": minutes, "segments": _segments(programme, meeting.rundown)},
        mark=str(minutes),
        needs_link=True,
        useful_until=meeting.interval.start,
    )


def moved(
    programme: Programme,
    meeting: Meeting,
    registrant: Registrant,
    *,
    revision: int,
    sequence: int,
    before: Mapping[str, Any],
) -> Message:
    """One letter that begins with what changed; the link again for those who may come in."""
    admitted = registrant.status is Status.APPROVED and registrant.pushed
    return _to_registrant(
        LetterKind.MOVED,
        programme,
        meeting,
        registrant,
        revision,
        facts={
            "change": {"before": dict(before), "after": times_of(meeting)},
            "segments": _segments(programme, meeting.rundown),
        },
        sequence=sequence if admitted else None,
        needs_link=admitted,
    )


def cancelled(
    programme: Programme, meeting: Meeting, registrant: Registrant, *, revision: int, sequence: int | None
) -> Message:
    """The meeting will not take place; withdraws the calendar entry of those who have one."""
    return _to_registrant(LetterKind.CANCELLED, programme, meeting, registrant, revision, facts={}, sequence=sequence)


def denied(
    programme: Programme,
    meeting: Meeting,
    registrant: Registrant,
    *,
    revision: int,
    sequence: int | None,
    withdrawn: bool,
) -> Message:
    """They may not come in; `withdrawn`: they might before. A `sequence` takes back their calendar entry."""
    return _to_registrant(
        LetterKind.DENIED,
        programme,
        meeting,
        registrant,
        revision,
        facts={"reason": registrant.reason, "withdrawn": withdrawn},
        sequence=sequence,
    )


def cue(
    programme: Programme,
    meeting: Meeting,
    to: Contact,
    *,
    kind: str,
    cue_key: str,
    zone: str,
    language: str,
    facts: Mapping[str, Any],
    registrant: int | None,
    revision: int,
    useful_until: datetime,
) -> Message:
    """A word to somebody on stage, with the expected times of their own segment."""
    shared = _facts(programme, meeting, to.name)
    return Message(
        letter=Letter(LetterKind.CUE, {**shared, "cue": kind, **facts}, language, zone),
        to=to,
        dedupe=f"cue:{meeting.key}:{revision}:{cue_key}:{facts['for'] or ''}:{to.address.lower()}:{registrant or ''}",
        meeting=meeting.key,
        registrant=registrant,
        revision=revision,
        useful_until=useful_until,
    )


def report(
    programme: Programme, meeting: Meeting, to: Contact, *, document: Mapping[str, Any], version: int, revision: int
) -> Message:
    """The attendance report of one version to one reader."""
    facts = {**_facts(programme, meeting, to.name), "report": document, "version": version}
    return Message(
        letter=Letter(LetterKind.REPORT, facts, programme.language, programme.zone),
        to=to,
        dedupe=f"report:{meeting.key}:{version}:{to.address.lower()}",
        meeting=meeting.key,
        revision=revision,
    )


def domain(programme: Programme) -> str:
    """The right-hand side of identities that we make: Message-IDs and calendar UIDs."""
    return programme.organiser.address.rpartition("@")[2]


def times_of(meeting: Meeting) -> dict[str, Any]:
    """What people must know to come at the right time, as plain JSON."""
    return {
        "title": meeting.title,
        "starts_at": meeting.interval.start.isoformat(),
        "ends_at": meeting.interval.end.isoformat(),
        "zone": meeting.zone,
    }


def parts_text(programme: Programme, parts: Iterable[Part]) -> list[str]:
    """The people and delegations of a segment as an organiser writes them: "Mr Ma Hezu, Deputy Director General, …"."""
    written = []
    for part in parts:
        if part.person is not None:
            person = programme.people[part.person]
            written.append(", ".join(text for text in (person.name, person.office) if text))
        elif part.organisation is not None:
            written.append(programme.organisations[part.organisation].name)
    return written


def _facts(programme: Programme, meeting: Meeting, name: str) -> dict[str, Any]:
    return {
        "programme": programme.title,
        "meeting": meeting.title,
        "starts_at": meeting.interval.start.isoformat(),
        "ends_at": meeting.interval.end.isoformat(),
        "opens_at": meeting.opens_at.isoformat(),
        "zone": meeting.zone,
        "name": name,
    }


def _segments(programme: Programme, rundown: Sequence[Segment]) -> list[dict[str, Any]]:
    return [
        {
            "title": segment.title,
            "starts_at": segment.interval.start.isoformat(),
            "ends_at": segment.interval.end.isoformat(),
            "timed": segment.timed,
            "people": parts_text(programme, segment.parts),
        }
        for segment in rundown
    ]


def _to_registrant(
    kind: LetterKind,
    programme: Programme,
    meeting: Meeting,
    registrant: Registrant,
    revision: int,
    *,
    facts: Mapping[str, Any],
    sequence: int | None = None,
    needs_link: bool = False,
    once: bool = False,
    mark: str = "",
    useful_until: datetime | None = None,
) -> Message:
    form = registrant.form
    stamp = "once" if once else str(revision)
    return Message(
        letter=Letter(kind, {**_facts(programme, meeting, form.name), **facts}, registrant.language, registrant.zone),
        to=Contact(form.name, form.address),
        dedupe=":".join(filter(None, (kind, meeting.key, str(registrant.id), stamp, mark))),
        meeting=meeting.key,
        registrant=registrant.id,
        revision=revision,
        sequence=sequence,
        useful_until=useful_until or meeting.interval.end,
        needs_link=needs_link,
    )
