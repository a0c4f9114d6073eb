"""Who sat before a screen, as somebody names them: found among the registrants of their organisation, or strangers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from meetbot.core import registration
from meetbot.core.attendance import likeness
from meetbot.core.model import Form, Organisation, Registrant, Sex
from meetbot.errors import UserError


@dataclass(frozen=True)
class Guest:
    """Somebody before a screen, as a focal point names them."""

    name: str
    organisation: str = ""  #: key, or as written
    sex: Sex | None = None
    address: str = ""  #: tells apart who is registered under the same name


@dataclass(frozen=True)
class Named:
    """Somebody who is said to have been behind a line."""

    name: str
    organisation: str  #: key, or as written
    registrant: int | None = None  #: id; None: had not registered
    sex: Sex | None = None


def named(one: Registrant) -> Named:
    return Named(one.form.name, one.organisation or one.form.organisation, one.id, one.form.sex)


def resolved(
    guests: Sequence[Guest], registrants: Sequence[Registrant], organisations: Mapping[str, Organisation]
) -> list[Named]:
    """Each guest as the registrant of that address or name in the same organisation, else as a stranger.

    Without an organisation the address alone tells.

    UserError with each name that two registrants of the organisation have.
    """
    problems: list[str] = []
    found = [_resolved(one, registrants, organisations, problems) for one in guests]
    if problems:
        raise UserError(*problems)
    return found


def _resolved(
    one: Guest, registrants: Sequence[Registrant], organisations: Mapping[str, Organisation], problems: list[str]
) -> Named:
    invited = registration.organisation_of(Form("", "", one.name, one.organisation), organisations)
    theirs = [each for each in registrants if _meant(one, each, invited)]
    if not one.address:
        alike = likeness.candidates({one.name: one.name}, theirs, organisations)[one.name]
        same = {each.registrant for each in alike if each.score == likeness.THE_SAME}
        theirs = [each for each in theirs if each.id in same]
    if len(theirs) > 1:
        problems.append(f"{len(theirs)} people named {one.name} are registered: add the mail address of the one meant.")
    return named(theirs[0]) if theirs else Named(one.name, invited or one.organisation, None, one.sex)


def _meant(guest: Guest, one: Registrant, invited: str | None) -> bool:
    """The registrant is of the guest's organisation, and has the address where one is given."""
    if invited is not None and one.organisation != invited:
        return False
    if guest.address:
        return registration.canonical_address(one.form.address) == registration.canonical_address(guest.address)
    return invited is not None
