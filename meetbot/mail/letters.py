"""From a letter to its words: subject, text, HTML and, where the kind has one, the calendar entry. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from meetbot import errors
from meetbot.core import times
from meetbot.core.model import LINK_KINDS, Attachment, Contact, JoinLink, LetterKind, Message
from meetbot.mail import calendar, hours, inert, pages


@dataclass(frozen=True)
class Rendered:
    """A letter in words. The bodies may hold a join link or a page's address, so they never show in a repr."""

    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    calendar: bytes | None = field(repr=False)
    entries: tuple[Attachment, ...] = field(default=(), repr=False)  #: where several meetings changed, one for each


@dataclass(frozen=True)
class Change:
    """One of the letters that leave as one mail."""

    message: Message
    link: JoinLink | None
    uid: str | None  #: of the reader's calendar entry
    related: str | None = None  #: UID of the entry with which that one makes a series


def together(changes: Sequence[Change], *, organiser: Contact, made_at: datetime, page: str = "") -> Rendered:
    """What several letters have to say in one, the meeting that begins first before the others; of one, that letter.

    A calendar takes one meeting from a REQUEST (RFC 5546 3.2.2), so each entry is a file of its own.
    """
    if len(changes) == 1:
        one = changes[0]
        return render(
            one.message,
            organiser=organiser,
            link=one.link,
            uid=one.uid,
            related=one.related,
            made_at=made_at,
            page=page,
        )
    ordered = sorted(changes, key=lambda one: datetime.fromisoformat(one.message.letter.facts["starts_at"]))
    parts, entries = [], []
    for one in ordered:
        _check_link(one.message.letter.kind, one.link)
        file = f"{one.message.meeting}.ics"
        facts = {**_facts(one.message, organiser, one.link), "file": file}
        parts.append(facts)
        if facts["in_calendar"]:
            entry = _entry(one.message, facts, organiser, one.uid, one.related, made_at)
            entries.append(Attachment(file, "text/calendar", entry))
    first = ordered[0]
    shared = {**_facts(first.message, organiser, first.link), "files": len(entries)}
    words = pages.together(first.message.letter.language, shared, parts)
    return Rendered(words.subject, words.text, words.html, None, tuple(entries))


def render(
    message: Message,
    *,
    organiser: Contact,
    link: JoinLink | None,
    uid: str | None,
    related: str | None = None,
    made_at: datetime,
    page: str = "",
) -> Rendered:
    """The message in the reader's language, with times in the programme's zone and the reader's.

    MeetbotError when a link is given to a kind that may not carry one, or lacks where the letter is about it.
    `uid`: of the reader's calendar entry, needed when the message has a `sequence`; `related`: of another entry with
    which it makes a series. `made_at`: stamps that entry.
    `page`: address of the page that the letter opens; "": it is answered by mail.
    """
    kind = message.letter.kind
    _check_link(kind, link)
    facts = {**_facts(message, organiser, link), "page": page}
    words = pages.page(kind, message.letter.language, facts)
    entry = _entry(message, facts, organiser, uid, related, made_at) if facts["in_calendar"] else None
    return Rendered(words.subject, words.text, words.html, entry)


def fenced(kind: LetterKind, name: str) -> str:
    """The reader's name; empty where a visitor's "name" would become a link in a stranger's mail."""
    return "" if kind is LetterKind.RECEIVED and inert.like_a_link(name) else inert.line(name)


def _check_link(kind: LetterKind, link: JoinLink | None) -> None:
    if link is not None and kind not in LINK_KINDS:
        raise errors.MeetbotError(f"a letter of kind {kind!s} may not carry a join link")
    if link is None and kind in (LetterKind.LINK, LetterKind.REMINDER):
        raise errors.MeetbotError(f"a letter of kind {kind!s} needs the reader's join link")


def _has_entry(message: Message, link: JoinLink | None) -> bool:
    method = calendar.method(message.letter)
    allowed = link is not None or message.letter.kind not in LINK_KINDS
    return message.sequence is not None and (method == "CANCEL" or (method == "REQUEST" and allowed))


def _entry(
    message: Message,
    facts: Mapping[str, Any],
    organiser: Contact,
    uid: str | None,
    related: str | None,
    made_at: datetime,
) -> bytes:
    method = calendar.method(message.letter)
    if uid is None or message.sequence is None or method is None:
        raise errors.MeetbotError("a calendar entry needs its UID")
    starts_at, ends_at = (datetime.fromisoformat(facts[when]) for when in ("starts_at", "ends_at"))
    return calendar.entry(
        method=method,
        uid=uid,
        related=related,
        sequence=message.sequence,
        title=facts["meeting"],
        description=pages.invitation(message.letter.language, facts),
        interval=times.Interval(starts_at, ends_at),
        location=facts["link"],
        organiser=organiser,
        attendee=message.to,
        made_at=made_at,
    )


def _facts(message: Message, organiser: Contact, link: JoinLink | None) -> dict[str, Any]:
    letter = message.letter
    facts: dict[str, Any] = _inert(letter.facts)
    in_calendar = _has_entry(message, link)
    return {
        "text": "",
        "segments": [],
        "withdrawn": in_calendar,  # a denied registrant who holds an entry was approved before
        **facts,
        "kind": str(letter.kind),
        "name": fenced(letter.kind, facts["name"]),
        "organiser": Contact(inert.line(organiser.name), organiser.address),
        "link": link.reveal() if link else "",
        "in_calendar": in_calendar,
        "hours": hours.Hours(facts["zone"], letter.zone),
    }


def _inert(fact: Any, key: str = "") -> Any:
    """The facts without unseen characters; only a `text` may have more than one line."""
    match fact:
        case str():
            return inert.lines(fact) if key == "text" else inert.line(fact)
        case Mapping():
            return {name: _inert(value, name) for name, value in fact.items()}
        case list() | tuple():
            return [_inert(value) for value in fact]
        case _:
            return fact
