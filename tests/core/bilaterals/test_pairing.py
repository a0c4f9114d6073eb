"""Who is to meet whom: pairs proposed from wishes, each with its reason, and what cannot be met is said."""

from __future__ import annotations

import itertools

from meetbot.core.bilaterals import pairing
from meetbot.core.bilaterals.pairing import Limits, Proposals
from meetbot.core.bilaterals.wishes import Preference
from meetbot.core.delegations import Pairing, Wish
from tests.core.bilaterals.builders import organisation

HERE, THERE = ("cvt", "npic"), ("baoshan", "wuxi")
ALL = {key: organisation(key, "Myanmar", "Asia/Yangon") for key in HERE} | {
    key: organisation(key, "China", "Asia/Shanghai") for key in THERE
}
SECTORS = {"baoshan": frozenset({"Welding"}), "wuxi": frozenset({"Tourism"})}


def proposed(*wishes: Preference, at_least: int = 0, at_most: int = 4) -> Proposals:
    return pairing.propose(ALL, (HERE, THERE), wishes, Limits(at_least, at_most), SECTORS)


def keys(found: Proposals) -> list[str]:
    return [one.pairing.key for one in found.pairs]


def test_only_what_somebody_wishes_is_proposed() -> None:
    """A must weighs as a must; the reason says who wished what."""
    found = proposed(Preference("cvt", Wish.MUST, "wuxi"), Preference("baoshan", Wish.LIKE, "npic", rank=2))

    assert [(one.pairing, one.reason) for one in found.pairs] == [
        (Pairing("cvt", "wuxi", Wish.MUST, 12), "cvt must meet wuxi"),
        (Pairing("npic", "baoshan", Wish.LIKE, 6), "baoshan would like to meet npic, choice 2"),
    ]
    assert found.unmet == ()


def test_a_no_is_kept_even_against_a_must() -> None:
    """And the contradiction is told, with both sides of it."""
    found = proposed(Preference("cvt", Wish.MUST, "wuxi"), Preference("wuxi", Wish.NO, "cvt"))

    assert (keys(found), found.unmet) == ([], ("cvt must meet wuxi; wuxi must not meet cvt: not proposed",))


def test_of_more_wishes_than_places_the_first_choice_is_taken() -> None:
    """Whoever has its most is named for what is left out."""
    found = proposed(Preference("cvt", Wish.LIKE, "wuxi", rank=2), Preference("cvt", Wish.LIKE, "baoshan"), at_most=1)

    assert keys(found) == ["baoshan+cvt"]
    assert found.unmet == ("cvt would like to meet wuxi, choice 2: cvt has its most, 1, with others",)


def test_a_wish_of_a_sector_is_one_of_each_in_it() -> None:
    """What is said of one peer by name comes before it."""
    found = proposed(Preference("npic", Wish.LIKE, sector="welding"), Preference("npic", Wish.NO, country="China"))

    assert keys(found) == []
    assert keys(proposed(Preference("npic", Wish.LIKE, sector="welding"))) == ["baoshan+npic"]


def test_everybody_has_at_least_so_many() -> None:
    """Pairs that nobody wishes for come only then; who cannot have enough is named."""
    found = proposed(Preference("cvt", Wish.NO, country="China"), at_least=1)

    assert keys(found) == ["baoshan+npic", "npic+wuxi"]
    assert {one.reason for one in found.pairs} == {"so that both have enough"}
    assert found.unmet == ("cvt has 0 of at least 1: no other peer is free to meet it",)


def test_the_order_of_the_wishes_has_no_effect() -> None:
    """The list may be sorted in any way."""
    wishes = (
        Preference("cvt", Wish.LIKE, "wuxi"),
        Preference("npic", Wish.LIKE, "wuxi"),
        Preference("wuxi", Wish.LIKE, "cvt", rank=2),
    )

    found = {tuple(keys(proposed(*order, at_most=1))) for order in itertools.permutations(wishes)}

    assert len(found) == 1
