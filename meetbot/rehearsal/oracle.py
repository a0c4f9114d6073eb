"""Judges a rehearsal from what the mailboxes and the Zoom sandbox saw, against what the made-up people really did.

Pure: evidence in, violations out. It is written from the promises, not from the code that should keep them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from meetbot.core.model import Status
from meetbot.rehearsal.mailbox import Mail

_HOUR = re.compile(r"\b([01]\d|2[0-3]):[0-5]\d\b")
_ZONED = re.compile(r"UTC")


@dataclass(frozen=True)
class Evidence:
    """What was seen from outside."""

    mails: Sequence[Mail]
    statuses: Mapping[str, Status]  #: the organiser's decisions, by address
    link_owner: Mapping[str, str]  #: join link -> address, as the sandbox gave them out
    link_mails: Mapping[str, int]  #: address -> how many mails first brought the link and the calendar entry
    zoom_meetings: Sequence[Mapping[str, Any]]  #: the sandbox's, with our marker and not deleted
    planned: Sequence[str]  #: topics that should stand at Zoom
    fired: Mapping[str, int]  #: cue -> how often it had an effect
    cues: Mapping[str, str]  #: cue -> the state in which it ended
    broken: Sequence[str] = ()  #: what went wrong inside that nobody foresaw


def violations(evidence: Evidence) -> list[str]:
    """Every broken promise in words, with its number; empty when all held."""
    checks = (
        _links_only_to_approved,
        _links_only_to_their_owner,
        _link_once,
        _no_mail_twice,
        _one_meeting_each,
        _calendar_entries_agree,
        _cues_once_or_on_record,
        _hours_with_zone,
        _nothing_broke,
    )
    return [found for check in checks for found in check(evidence)]


def _links_only_to_approved(evidence: Evidence) -> Iterator[str]:
    for mail in evidence.mails:
        if mail.links and evidence.statuses.get(mail.to) is not Status.APPROVED:
            yield f"P01: a join link went to {mail.to}, who is not approved ({mail.subject})"


def _links_only_to_their_owner(evidence: Evidence) -> Iterator[str]:
    for mail in evidence.mails:
        for link in mail.links:
            owner = evidence.link_owner.get(link)
            if owner != mail.to:
                yield f"P32: {mail.to} got the join link of {owner or 'nobody'} ({mail.subject})"


def _link_once(evidence: Evidence) -> Iterator[str]:
    for address, status in evidence.statuses.items():
        got = evidence.link_mails.get(address, 0)
        if status is Status.APPROVED and got != 1:
            yield f"P02: {address} is approved and got {got} link mails"


def _no_mail_twice(evidence: Evidence) -> Iterator[str]:
    for message_id, copies in Counter(mail.message_id for mail in evidence.mails).items():
        if copies > 1:
            yield f"P02: {copies} copies of {message_id}"


def _one_meeting_each(evidence: Evidence) -> Iterator[str]:
    standing = Counter(str(meeting["topic"]) for meeting in evidence.zoom_meetings)
    if standing != Counter(evidence.planned):
        yield f"P06: planned {sorted(evidence.planned)}, at Zoom {sorted(standing.elements())}"


def _calendar_entries_agree(evidence: Evidence) -> Iterator[str]:
    entries: dict[str, list[tuple[str, int]]] = {}
    for mail in evidence.mails:
        if mail.entry is not None:
            entries.setdefault(mail.to, []).append((mail.entry.uid, mail.entry.sequence))
    for address, found in entries.items():
        sequences = [sequence for _, sequence in found]
        if len({uid for uid, _ in found}) > 1 or sequences != sorted(set(sequences)):
            yield f"P10: the calendar entries of {address} do not follow one another: {found}"


def _cues_once_or_on_record(evidence: Evidence) -> Iterator[str]:
    for cue, state in evidence.cues.items():
        times = evidence.fired.get(cue, 0)
        if (state == "done" and times != 1) or (state != "done" and times):
            yield f"P11: cue {cue} is {state} and was seen {times} times"
        if state in ("waiting", "claimed"):
            yield f"P11: cue {cue} is neither fired nor on record"


def _hours_with_zone(evidence: Evidence) -> Iterator[str]:
    for mail in evidence.mails:
        if _HOUR.search(mail.text) and not _ZONED.search(mail.text):
            yield f"P22: a mail to {mail.to} gives an hour without a zone ({mail.subject})"


def _nothing_broke(evidence: Evidence) -> Iterator[str]:
    for what in dict.fromkeys(evidence.broken):
        yield f"P04: a pass broke: {what}"
