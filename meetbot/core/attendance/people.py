"""Who somebody is in a report: where they come from, what they do there, and the mark that knows them again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from meetbot.core import registration, rundown
from meetbot.core.attendance import owners
from meetbot.core.attendance.nouns import DELEGATE, INTERPRETER, PARTICIPANT, Declaration, Who
from meetbot.core.model import Meeting, Organisation, Programme, Registrant, Status

#: Makes of a text what tells nobody the text, and is the same for the same text.
Mark = Callable[[str], str]

UNKNOWN = "not given"
OTHERS = "Others"  #: what strangers write on the form is no heading of a report


@dataclass(frozen=True)
class People:
    """Everybody who may have come to a meeting."""

    programme: Programme
    meeting: Meeting
    registrants: Sequence[Registrant]
    by_id: Mapping[int, Registrant]
    by_address: Mapping[str, Sequence[Registrant]]
    mark: Mark

    @classmethod
    def of(cls, programme: Programme, meeting: Meeting, registrants: Sequence[Registrant], mark: Mark) -> People:
        by_id = {one.id: one for one in registrants}
        return cls(programme, meeting, registrants, by_id, owners.holders(registrants), mark)

    @cached_property
    def registered(self) -> Mapping[int, Who]:
        """Each registrant, by id."""
        return {one.id: self._registered(one) for one in self.registrants}

    def declared(self, one: Declaration) -> Who:
        """Somebody who had not registered, and of whom a person said that they were there."""
        invited = self.programme.organisations.get(one.organisation)
        person = self.mark(f"{registration.fold(one.name)}\n{registration.fold(one.organisation)}")[:16]
        return Who(None, person, one.name, *_home(invited, one.organisation, ""), PARTICIPANT, one.sex, approved=False)

    def _registered(self, one: Registrant) -> Who:
        invited = self.programme.organisations.get(one.organisation or "")
        home = _home(invited, one.form.organisation, one.form.country)
        approved = one.status == Status.APPROVED
        return Who(one.id, self._person(one), one.form.name, *home, self._role(one), one.form.sex, approved)

    def _person(self, one: Registrant) -> str:
        """By the address; where several have it, by address and name."""
        address = registration.canonical_address(one.form.address)
        shared = len(self.by_address[address]) > 1
        return self.mark(f"{address}\n{registration.fold(one.form.name)}" if shared else address)[:16]

    def _role(self, one: Registrant) -> str:
        if one.form.source == INTERPRETER:
            return INTERPRETER
        parts = (part for segment in self.meeting.rundown for part in segment.parts if part.person is not None)
        played = next((part for part in parts if rundown.plays(one, part, self.programme)), None)
        if played:
            return played.role.value
        return DELEGATE if self.meeting.delegations and one.form.source == "delegation" else PARTICIPANT


def _home(invited: Organisation | None, organisation: str, country: str) -> tuple[str, str | None, str, str]:
    """Organisation, its key, country and constituent: as invited, else as somebody wrote it."""
    if invited:
        return invited.name, invited.key, invited.country, invited.constituent
    return organisation or UNKNOWN, None, country or UNKNOWN, UNKNOWN
