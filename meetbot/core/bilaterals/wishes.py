"""What two organisations wish of each other, of all that each has said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from meetbot.core.delegations import Pairing, Wish
from meetbot.core.model import Organisation

#: The keys of two organisations.
Sides = tuple[str, str]

#: What a first choice weighs; a second weighs half of it, a third a third, and so on.
_FIRST_CHOICE = 12
_STRONGEST = (Wish.NO, Wish.MUST, Wish.LIKE)


@dataclass(frozen=True)
class Preference:
    """What an organisation wishes: of one peer, or of all peers of a country, of a sector, or of both together."""

    organisation: str  #: key
    wish: Wish
    peer: str = ""  #: key; what is said of one peer comes before what is said of many
    country: str = ""
    sector: str = ""
    rank: int = 1  #: of what it would like: 1 is its first choice


class Wishes:
    def __init__(
        self,
        organisations: Mapping[str, Organisation],
        preferences: Iterable[Preference],
        sectors: Mapping[str, frozenset[str]],
    ) -> None:
        """`sectors`: those of each organisation, by key."""
        self._organisations, self._sectors = organisations, sectors
        self._by_organisation: dict[str, list[Preference]] = {}
        for one in sorted(preferences, key=lambda one: (not one.peer, _STRONGEST.index(one.wish), one.rank)):
            self._by_organisation.setdefault(one.organisation, []).append(one)

    def of(self, pair: Sides) -> list[Wish | None]:
        """What each side wishes, in the order of the pair; None: nothing."""
        return [one.wish if one else None for one in self._both(pair)]

    def points(self, pair: Sides) -> int:
        """What the pair weighs; 0: nobody wishes for it."""
        return sum(max(1, _FIRST_CHOICE // one.rank) for one in self._both(pair) if one)

    def pairing(self, pair: Sides) -> Pairing:
        return Pairing(*pair, Wish.MUST if Wish.MUST in self.of(pair) else Wish.LIKE, max(1, self.points(pair)))

    def named(self, pair: Sides) -> list[str]:
        """In words, what the sides wish of each other by name."""
        both = zip(pair, reversed(pair), self._both(pair), strict=True)
        return [_words(one, a, b) for a, b, one in both if one and one.peer]

    def reason(self, pair: Sides) -> str:
        """Why it is proposed."""
        both = zip(pair, reversed(pair), self._both(pair), strict=True)
        return "; ".join(_words(one, a, b) for a, b, one in both if one) or "so that both have enough"

    def out_of_reach(self, across: set[Sides]) -> Iterator[str]:
        """What is wished of a peer that cannot be one."""
        for key, preferences in sorted(self._by_organisation.items()):
            for one in preferences:
                if one.peer and one.wish is not Wish.NO and not {(key, one.peer), (one.peer, key)} & across:
                    yield f"{_words(one, key, one.peer)}, which is not on another side"

    def _both(self, pair: Sides) -> tuple[Preference | None, Preference | None]:
        return self._first(*pair), self._first(*reversed(pair))

    def _first(self, organisation: str, peer: str) -> Preference | None:
        """The one that counts: they are in that order."""
        own = self._by_organisation.get(organisation, ())
        return next((one for one in own if self._meant(one, peer)), None)

    def _meant(self, preference: Preference, peer: str) -> bool:
        if preference.peer:
            return preference.peer == peer
        country, sector = preference.country, preference.sector
        in_country = not country or self._organisations[peer].country.casefold() == country.casefold()
        in_sector = not sector or sector.casefold() in {one.casefold() for one in self._sectors.get(peer, ())}
        return bool(country or sector) and in_country and in_sector


def _words(one: Preference, organisation: str, peer: str) -> str:
    group = "" if one.peer else f" (as all of {' and '.join(filter(None, (one.country, one.sector)))})"
    if one.wish is Wish.LIKE:
        return f"{organisation} would like to meet {peer}{group}, choice {one.rank}"
    return f"{organisation} {'must' if one.wish is Wish.MUST else 'must not'} meet {peer}{group}"
