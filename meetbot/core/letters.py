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
    ReportReader,
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
    programme: Programme,
    meeting: Meeting,
    to: ReportReader,
    *,
    document: Mapping[str, Any],
    version: int,
    revision: int,
    thread: str | None = None,
    page: int | None = None,
) -> Message:
    """The attendance report of one version to one reader; `thread`: Message-ID of the first that they got.

    `page`: id of the link to the page on which they settle what is open.
    """
    about = {"report": document, "version": version, "thread": thread, "outside": to.outside}
    facts = {**_facts(programme, meeting, to.name), **about}
    return Message(
        letter=Letter(LetterKind.REPORT, facts, programme.language, programme.zone),
        to=to,
        dedupe=f"report:{meeting.key}:{version}:{to.address.lower()}",
        meeting=meeting.key,
        revision=revision,
        page=page,
    )


def consolidated(programme: Programme, to: ReportReader, *, document: Mapping[str, Any], version: int) -> Message:
    """The attendance of several meetings in one report, to one reader."""
    facts = {
        "programme": programme.title,
        "meeting": document["meeting"]["title"],
        **{name: document["meeting"][name] for name in ("starts_at", "ends_at", "zone")},
        "name": to.name,
        "report": document,
        "version": version,
        "outside": to.outside,
    }
    return Message(
        letter=Letter(LetterKind.REPORT, facts, programme.language, programme.zone),
        to=to,
        dedupe=f"report::{version}:{to.address.lower()}",
    )


def confirmation(
    programme: Programme, meeting: Meeting, registrant: Registrant, *, number: int, revision: int
) -> Message:
    """On paper, that they attended; `number`: of the confirmation."""
    to = Contact(registrant.form.name, registrant.form.address)
    facts = {**_facts(programme, meeting, to.name), "confirmation": number}
    return Message(
        letter=Letter(LetterKind.CONFIRMATION, facts, registrant.language, registrant.zone),
        to=to,
        dedupe=f"confirmation:{number}",
        meeting=meeting.key,
        registrant=registrant.id,
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


def _interpreting(programme: Programme, meeting: Meeting, address: str) -> dict[str, Any]:
    """What an interpreter needs besides. Zoom knows one only while they are signed in with their own address (Zoom
    Support, Using language interpretation)."""
    interpreter = meeting.interpreter(address)
    if interpreter is None:
        return {}
    sides = [programme.organisations[key] for key in meeting.delegations if key in programme.organisations]
    return {
        "interpreting": {
            "languages": list(interpreter.languages),
            "sign": interpreter.sign,
            "address": interpreter.address,
            "sides": [{"name": one.name, "country": one.country, "zone": one.zone} for one in sides],
        }
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
    shared = {**_facts(programme, meeting, form.name), **_interpreting(programme, meeting, form.address)}
    return Message(
        letter=Letter(kind, {**shared, **facts}, registrant.language, registrant.zone),
        to=Contact(form.name, form.address),
        dedupe=":".join(filter(None, (kind, meeting.key, str(registrant.id), stamp, mark))),
        meeting=meeting.key,
        registrant=registrant.id,
        revision=revision,
        sequence=sequence,
        useful_until=useful_until or meeting.interval.end,
        needs_link=needs_link,
    )
