"""Who stands at the page of an organisation, and what there is for them to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from meetbot.core.bilaterals import Availability, Delegate, Pair, State, asking, question, series
from meetbot.core.bilaterals.series import Proposal
from meetbot.core.delegations import Wish
from meetbot.core.model import Bilaterals, Organisation, Programme
from meetbot.core.times import Interval
from meetbot.flows.bilaterals import Known, offering
from meetbot.web import availability
from meetbot.web.availability import Day

_MET = (State.HELD, State.REPORTED)


@dataclass(frozen=True)
class Visit:
    """One request, by somebody who speaks for an organisation."""

    programme: Programme
    plan: Bilaterals
    organisation: Organisation
    known: Known
    now: datetime
    in_english: bool = False  #: see `links.Opened`

    @property
    def language(self) -> str:
        """The focal point's, or else the programme's."""
        focal_point = self.organisation.focal_point
        return (focal_point and focal_point.language) or self.programme.language

    @property
    def pairs(self) -> Sequence[Pair]:
        """The organisation's own, by time, those without one last."""
        theirs = [one for one in self.known.pairs if one.wish is not Wish.NO and self._other(one) is not None]
        return sorted(theirs, key=lambda one: (one.starts_at is None, one.starts_at or self.now, one.key))

    @property
    def answer(self) -> Availability | None:
        return self.known.availability

    @property
    def delegates(self) -> Sequence[Delegate]:
        return self.known.delegates

    @property
    def late(self) -> bool:
        """Whether the time for answers is over."""
        return self.until is not None and self.now >= self.until

    @property
    def until(self) -> datetime | None:
        """When answers are asked for; None while the days are not known."""
        return asking.deadline(self.programme, self.plan) if self.plan.first_on else None

    @property
    def zones(self) -> tuple[str, ...]:
        """Those of all whom it meets."""
        return tuple(dict.fromkeys(self.peer(one).zone for one in self.pairs))

    def pair(self, key: str | None) -> Pair | None:
        """Its own pair of that key; of another organisation's there is nothing to see here."""
        return next((one for one in self.pairs if one.key == key), None)

    def peer(self, pair: Pair) -> Organisation:
        return self.programme.organisations[pair.other(self.organisation.key)]

    def interval(self, pair: Pair) -> Interval | None:
        """When the pair meets; None while no time has been found."""
        return Interval(pair.starts_at, pair.starts_at + self.plan.duration) if pair.starts_at else None

    def shared(self, pair: Pair) -> tuple[str, ...] | None:
        """The languages that both can meet in, see `question.shared`."""
        return question.shared(self.organisation, self.peer(pair))

    @property
    def languages(self) -> tuple[str, ...]:
        """All that are spoken in the programme, by its organisations and its interpreters."""
        spoken = [one.speaks for one in self.programme.organisations.values()]
        spoken += [one.languages for one in self.plan.interpreters if not one.sign]
        return tuple(sorted({language for one in spoken for language in one}, key=str.casefold))

    def series(self, pair: Pair) -> Proposal | None:
        """The further meetings that one of the two has asked for last; None: nobody has."""
        return next((one for one in self.known.series if one.pair == pair.key), None)

    def can_go_on(self, pair: Pair) -> bool:
        """Whether further meetings can be asked for: the two have met, and nothing is asked for already."""
        asked = self.series(pair)
        first = series.first_of(pair.key) == pair.key
        return first and pair.state in _MET and (asked is None or asked.state is not State.PROPOSED)

    def meetings(self, asked: Proposal) -> Sequence[Interval]:
        """When they would be."""
        return [Interval(at, at + self.plan.duration) for at in sorted(asked.starts.values())]

    def asked(self) -> tuple[Day, ...]:
        """The times of which it is asked; none while nobody is to be met or the days are not known."""
        offered = offering.offered(self.programme, self.organisation, self.pairs, now=self.now)
        return availability.days(offered, self.plan.duration)

    def _other(self, pair: Pair) -> Organisation | None:
        return self.programme.organisations.get(pair.other(self.organisation.key))
