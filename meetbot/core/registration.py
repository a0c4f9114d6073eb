"""Who may join: what becomes of a registration form, and when its writer is reminded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from meetbot.core import text
from meetbot.core.model import Form, Interpreter, Meeting, Organisation, Person, Programme, Reminders, Status

NAME_LIMIT = 64  # Zoom API, Add a meeting registrant: first_name, last_name

#: So long an approval of several people at once can be taken back before Zoom and they are told.
UNDO_FOR = timedelta(seconds=60)
#: A list that would approve more people than this is looked at by a person first.
APPROVED_UNASKED = 50

_FRESH = timedelta(minutes=10)  # a reminder so soon after the link letter says nothing new
_LAST_HOUR = timedelta(hours=1)
_ABBREVIATION = re.compile(r"\(([A-Z][A-Z0-9&.-]+)\)")
_LINK = re.compile(
    r"https?:|www\.|\w\.[a-z]{2,}/|\b(?:[\w-]+\.)+(?:com|org|net|info|example|me|ru|cn|io)\b", re.IGNORECASE
)
_OFFICIAL = {"host", "administrator", "admin", "support", "moderator", "zoom"}
_TITLES = {"h e", "dr", "mr", "mrs", "ms", "prof", "u", "daw", "ឯកឧត្តម"}

#: What an action makes of a status. What is not here is refused and changes nothing.
TRANSITIONS: dict[tuple[Status, str], Status] = {
    (Status.PENDING, "approve"): Status.APPROVED,
    (Status.PENDING, "deny"): Status.DENIED,
    (Status.PENDING, "cancel"): Status.CANCELLED,
    (Status.APPROVED, "cancel"): Status.CANCELLED,
    (Status.APPROVED, "undo"): Status.PENDING,
    (Status.DENIED, "approve"): Status.APPROVED,
    (Status.CANCELLED, "approve"): Status.APPROVED,
}


@dataclass(frozen=True)
class Approve:
    reason: str


@dataclass(frozen=True)
class Hold:
    """A person must look; the registrant stays pending."""

    reason: str


@dataclass(frozen=True)
class Refused:
    """The action does not fit the status; nothing changes."""

    reason: str


def transition(status: Status, action: str) -> Status | Refused:
    """The status after the action."""
    return TRANSITIONS.get((status, action)) or Refused(f"already {status}: cannot {action}")


def fold(written: str) -> str:
    """The text for comparing: one form, no case, no invisible characters, punctuation and space as one space."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", written).casefold())
    shown = (character for character in plain if unicodedata.category(character) != "Cf")
    return " ".join("".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in shown).split())


def canonical_address(address: str) -> str:
    """The address for comparing: NFKC, invisible characters dropped, no case in either part."""
    if address.isascii():
        return address.casefold().strip()  # what the rest comes to, soon enough for a list of a million
    plain = unicodedata.normalize("NFKC", address).casefold()
    return "".join(c for c in plain if unicodedata.category(c) != "Cf").strip()


def organisation_of(form: Form, organisations: Mapping[str, Organisation]) -> str | None:
    """Key of the invited organisation that the form names: by name, alias, key or the abbreviation in brackets.

    Exact after folding, never by likeness; None when none fits, or more than one.
    """
    full, stem, abbreviation = _readings(form.organisation)
    named = [key for key, one in organisations.items() if {full, stem} & _names(one)]
    meant = [key for key, one in organisations.items() if abbreviation in _names(one)] if abbreviation else []
    return named[0] if len({*named, *meant}) == 1 and named else None


def decide(
    form: Form,
    *,
    programme: Programme,
    meeting: Meeting,
    approved_of_organisation: int,
    sharing_address: str | None,
    now: datetime,
    approved_at_zoom: bool = False,
    erased_at: datetime | None = None,
) -> Approve | Hold:
    """Approve who interprets, and an invited organisation's person within its quota; hold everything else.

    `sharing_address`: name of somebody else who registered for the meeting with the same address.
    `approved_at_zoom`: Zoom lets them in although nobody here approved them. `erased_at`: somebody with this address
    was erased then, and has not come back since.
    """
    doubt = (
        _doubt_about_meeting(meeting, now)
        or (f"erased on {erased_at:%Y-%m-%d}: do they themselves want to come back?" if erased_at else None)
        or ("approved at Zoom, but by nobody here" if approved_at_zoom else None)
        or _doubt_about_person(form, programme, meeting)
        or (f"the same address as {sharing_address}: one join link for two people" if sharing_address else None)
    )
    if doubt:
        return Hold(doubt)
    if form.source == "interpreter" and (interpreter := meeting.interpreter(form.address)):
        return Approve(_interprets(interpreter))
    key = organisation_of(form, programme.organisations)
    if key is None:
        return Hold(f"not an invited organisation: {form.organisation or 'none given'}")
    if meeting.delegations and key not in meeting.delegations:
        return Hold(f"{programme.organisations[key].name} is not one of the two delegations")
    if meeting.delegations and form.source == "delegation":
        return Approve(f"named by the focal point of {programme.organisations[key].name}")
    return _within_quota(programme, programme.organisations[key], approved_of_organisation)


def split_name(name: str) -> tuple[str, str]:
    """First and last name for Zoom, at most 64 characters each (Zoom API, Add a meeting registrant).

    Zoom shows one after the other, so the name reads as written. A name of one word has no last name, and a title
    alone is no first name.
    """
    words = name.split()
    for at in range(len(words) - 1, 0, -1):
        first, last = " ".join(words[:at]), " ".join(words[at:])
        if max(len(first), len(last)) <= NAME_LIMIT and not all(fold(word) in _TITLES for word in words[:at]):
            return first, last
    whole = " ".join(words)
    first = text.shortened(whole, NAME_LIMIT)
    return first, text.shortened(whole[len(first) :].strip(), NAME_LIMIT)


def reminders_due(meeting: Meeting, reminders: Reminders, approved_at: datetime) -> tuple[datetime, ...]:
    """When to remind somebody approved at that instant, in order.

    Left out is what would come before the link letter, or within ten minutes of it.
    """
    due = sorted(meeting.interval.start - before for before in reminders.before)
    return tuple(at for at in due if at - approved_at > _FRESH)


def urgent(meeting: Meeting, now: datetime) -> bool:
    """Whoever is approved this late stands before the door: they go before hundreds who have days."""
    return meeting.interval.start - now <= _LAST_HOUR


def _readings(written: str) -> tuple[str, str, str]:
    """The name folded whole, without the abbreviation in brackets, and that abbreviation; "" where there is none."""
    plain = unicodedata.normalize("NFKC", written)
    found = _ABBREVIATION.search(plain)
    return fold(plain), fold(_ABBREVIATION.sub(" ", plain)), fold(found[1]) if found else ""


def _names(organisation: Organisation) -> set[str]:
    folded = {*_readings(organisation.name), fold(organisation.key), *map(fold, organisation.aliases)}
    return folded - {""}


def _doubt_about_meeting(meeting: Meeting, now: datetime) -> str | None:
    if meeting.cancelled:
        return "the meeting is cancelled"
    return "the meeting is over" if now >= meeting.interval.end else None


def _doubt_about_person(form: Form, programme: Programme, meeting: Meeting) -> str | None:
    hosts = (meeting.host, *meeting.alternative_hosts, *(one.address for one in programme.hosts))
    if canonical_address(form.address) in map(canonical_address, hosts):
        return "a host's address: Zoom lets no host register"
    if _LINK.search("".join(c for c in form.name if unicodedata.category(c) != "Cf")):
        return "there is a link in the name"
    if _OFFICIAL & set(fold(form.name).split()):
        return "the name sounds like the staff of the meeting"
    known = next((one for one in programme.people.values() if _poses_as(form, one)), None)
    return f"the name of {known.name}, who is in the rundown: is it really them?" if known else None


def _poses_as(form: Form, person: Person) -> bool:
    """On Zoom's open page anybody can write a speaker's name; the organiser's own lists are believed."""
    if form.source != "zoom" or canonical_address(person.address or "") == canonical_address(form.address):
        return False
    written, real = set(fold(form.name).split()), set(fold(person.name).split())
    return min(len(written), len(real)) > 1 and (written <= real or real <= written)


def _interprets(one: Interpreter) -> str:
    return f"interprets into {one.languages[0]}" if one.sign else f"interprets between {' and '.join(one.languages)}"


def _within_quota(programme: Programme, organisation: Organisation, approved: int) -> Approve | Hold:
    if not programme.approve_invited:
        return Hold("every registration is looked at by a person")
    if approved >= organisation.quota:
        return Hold(f"would be the {_ordinal(approved + 1)} of {organisation.quota} for {organisation.name}")
    return Approve(f"invited: {approved + 1} of {organisation.quota} for {organisation.name}")


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def stale(before: timedelta, due_at: datetime, now: datetime) -> bool:
    """A reminder found this late no longer says what it should: "tomorrow" six hours on is not tomorrow any more."""
    return now - due_at > before / 4
