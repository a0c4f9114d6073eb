"""Gathers what was seen of the attendance in a rehearsal: reports as mailed, and who sat before which screen."""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from meetbot.core.model import LetterKind
from meetbot.rehearsal import attendance, day, mailbox
from meetbot.rehearsal.attendance import Attendance
from meetbot.rehearsal.attendance_oracle import Evidence, Person, Report
from meetbot.rehearsal.cast import Habit, Member
from meetbot.store import attendance as store_attendance
from meetbot.store import outbox

_FIGURE = re.compile(r"^\d+ attended \(\d+ proven, \d+ declared\), \d+ lines? open$", re.MULTILINE)
_CHANGED = "Changed since the last report:"
_NO_ORGANISATION = "not given"


@dataclass(frozen=True)
class Findings:
    """Evidence for the judge, and a document for machines."""

    evidence: Evidence
    document: dict[str, Any]
    last: Sequence[mailbox.Mail]  #: the last report that each reader got


async def gather(played: Attendance) -> Findings:
    """Once everybody has done what they wanted to do about the report."""
    director = played.director
    async with director.app.store.reading() as tx:
        sent = await outbox.listing(tx, kinds=[LetterKind.REPORT], meetings=[director.meeting.key])
        made = await store_attendance.reports(tx, director.meeting.key)
    ids = {one.mail for one in sent}
    mails = [mail for mail in mailbox.mails(director.app.settings.maildir) if mail.message_id in ids]
    readers = director.programme.reports_to
    beside = played.in_the_hall()
    evidence = Evidence(
        people=[*_people([one for one in director.members if one.habit is not Habit.BESIDE]), *_beside(played, beside)],
        seen=_seen(await director.zoom.ledger(), await director.zoom_id()),
        opens_at=director.meeting.opens_at,
        unsettled=list(day.UNKNOWN.values()),
        office=frozenset(one.address.lower() for one in readers if not one.outside),
        outside=frozenset(one.address.lower() for one in readers if one.outside),
        corrections=played.corrections,
        reports=[_report(mail) for mail in mails],
        secrets=frozenset(text for one in (*director.members, *beside) for text in (one.name, one.address) if text),
        confirmation=played.confirmation,
        erased=played.erased,
    )
    document = made[-1].document if made else {}
    figures = ("registered", "approved", "attended", "proven", "declared", "open")
    return Findings(
        evidence,
        {
            **{figure: document.get(figure, 0) for figure in figures},
            "confirmations": int(played.confirmation is not None),
            "erased": int(played.erased is not None),
        },
        list({mail.to: mail for mail in mails}.values()),
    )


def _people(members: Sequence[Member]) -> Iterator[Person]:
    """Each before a screen of their own."""
    for one in members:
        proof = "declared" if one.habit is Habit.WITHOUT_LINK else "registrant id"
        yield Person(one.name, one.organisation or _NO_ORGANISATION, one.address, proof)


def _beside(played: Attendance, beside: Sequence[Member]) -> Iterator[Person]:
    holder = next((one for one in played.director.members if one.habit is Habit.SCREEN), None)
    for one in beside if holder else ():
        yield Person(one.name, one.organisation, holder.address if holder else "", "declared")


def _seen(ledger: Sequence[Mapping[str, Any]], zoom_id: str) -> dict[str, list[tuple[datetime, datetime]]]:
    """When each person was let in and when they left, on any device."""
    since: dict[tuple[str, str], datetime] = {}
    seen: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for entry in ledger:
        effect = entry["effect"] or {}
        if str(effect.get("meeting")) != zoom_id or "person" not in effect or "device" not in effect:
            continue
        at, device = datetime.fromisoformat(entry["at"]), (effect["person"], effect["device"])
        if effect["kind"] in ("live.admitted", "live.joined"):
            since[device] = at
        elif effect["kind"] == "live.left" and device in since:
            seen[effect["person"]].append((since.pop(device), at))
    return seen


def _report(mail: mailbox.Mail) -> Report:
    files, text = dict(mailbox.attachments(mail.path)), "\n".join(mail.text.splitlines())
    table = next((content for name, content in files.items() if name.endswith(".csv")), b"")
    figure = _FIGURE.search(text)
    return Report(
        to=mail.to,
        preliminary=any("not-final" in name for name in files),
        says_changes=_CHANGED in text,
        figure=figure[0] if figure else "",
        text=text,
        words="\n".join([mailbox.words(mail.path), *_unpacked(files)]),
        endings=frozenset(name.rpartition(".")[2] for name in files),
        rows=attendance.rows(table),
    )


def _unpacked(files: Mapping[str, bytes]) -> Iterator[str]:
    """All that can be read in the tables; a workbook is a folder of XML."""
    for name, content in files.items():
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                yield from (book.read(part).decode() for part in book.namelist() if part.endswith(".xml"))
        else:
            yield content.decode("utf-8", "replace")
