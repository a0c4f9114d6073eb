"""Gathers the evidence of the bilaterals of a rehearsal, and the figures that are shown of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from meetbot.core.bilaterals import Pair, overview
from meetbot.core.model import LetterKind, Meeting, Programme
from meetbot.files import board
from meetbot.rehearsal import mailbox
from meetbot.rehearsal.bilaterals import Peers
from meetbot.rehearsal.peers import Answers
from meetbot.rehearsal.peers_oracle import Evidence, Seen
from meetbot.store import attendance, bilaterals, outbox


@dataclass(frozen=True)
class Findings:
    """Evidence for the judge, and a document for machines."""

    evidence: Evidence
    document: dict[str, Any]


async def gather(peers: Peers) -> Findings:
    """Once the bilaterals are over."""
    app = peers.director.app
    programme, now = await app.needed_programme(), app.clock.now()
    async with app.store.reading() as tx:
        pairs = await bilaterals.pairs(tx)
        messages = await outbox.listing(tx)
    kind_of = {one.mail: one.message.letter.kind for one in messages}
    accepted = {one.mail: one.accepted_at for one in messages if one.accepted_at}
    meetings = {one.key: programme.meetings[one.key] for one in pairs if one.key in programme.meetings}
    mails = [
        mail
        for mail in mailbox.mails(app.settings.maildir)
        if kind_of.get(mail.message_id) is not None and mail.message_id in _of(messages, meetings)
    ]
    seen = [await _seen(peers, one, meetings[key]) for key, one in (await _at_zoom(peers, meetings)).items()]
    evidence = Evidence(programme, pairs, seen, mails, accepted, _silent(peers), peers.pages_read(), peers.series, now)
    document = {
        "pairs": dict(Counter(str(one.state) for one in pairs)),
        "letters": dict(Counter(str(kind_of[mail.message_id]) for mail in mails)),
        "attended": sum(len(one.credited) for one in seen),
    }
    await asyncio.to_thread(_lay_out, peers.director.folder, programme, pairs, now)
    return Findings(evidence, document)


def _lay_out(folder: Path, programme: Programme, pairs: Sequence[Pair], now: datetime) -> None:
    """The board as the organiser would export it."""
    rows = overview.rows(programme, pairs, {}, now=now)
    title = programme.bilaterals.title if programme.bilaterals else programme.title
    (folder / "bilaterals.xlsx").write_bytes(board.xlsx(rows, title=title, zone=programme.zone, made_at=now))


def _of(messages: Sequence[outbox.Outgoing], meetings: Mapping[str, Meeting]) -> frozenset[str]:
    """Message-IDs of the letters that are about bilaterals."""
    theirs = (
        LetterKind.AVAILABILITY,
        LetterKind.PROPOSAL,
        LetterKind.BILATERALS,
        LetterKind.SERIES,
        LetterKind.SILENT,
    )
    return frozenset(
        one.mail for one in messages if one.message.meeting in meetings or one.message.letter.kind in theirs
    )


async def _at_zoom(peers: Peers, meetings: Mapping[str, Meeting]) -> dict[str, Mapping[str, Any]]:
    """What stands there, by the key of its pair."""
    key_of = {meeting.title: key for key, meeting in meetings.items()}
    state = await peers.director.zoom.state()
    standing = (one for one in state["meetings"] if not one["deleted"] and one["topic"] in key_of)
    return {key_of[one["topic"]]: one for one in standing}


async def _seen(peers: Peers, one: Mapping[str, Any], meeting: Meeting) -> Seen:
    app = peers.director.app
    people = await app.zoom.registrants(str(one["id"]), "approved")
    async with app.store.reading() as tx:
        reports = await attendance.reports(tx, meeting.key)
    last = reports[-1] if reports else None
    address_of = {row["name"]: row["email"] for row in one["registrants"]}
    interpretation = one["settings"]["language_interpretation"]
    return Seen(
        key=meeting.key,
        sides=(meeting.delegations[0], meeting.delegations[1]),
        starts_at=datetime.fromisoformat(one["start_time"]).astimezone(UTC),
        minutes=one["duration"],
        host=one["host"],
        interpreters=tuple(who["email"] for who in interpretation.get("interpreters", ())),
        links={who.join_link.reveal(): who.address for who in people if who.join_link},
        came=frozenset(peers.came.get(meeting.key, ())),
        credited=frozenset(address_of[line["name"]] for line in (last.document["lines"] if last else ())),
        final=last is not None and last.final,
        open=tuple(line["name"] for line in (last.document["open_lines"] if last else ())),
    )


def _silent(peers: Peers) -> frozenset[str]:
    """Who had not answered when the deadline came."""
    return frozenset(one.organisation.name for one in peers.colleges if one.answers is Answers.BY_TELEPHONE)
