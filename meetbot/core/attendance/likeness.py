"""Who an open line may be, by the name that stood on the screen: proposed to a person, never counted by itself.

First the names that are the same once titles, devices and offices are taken away; only among the rest those that are
alike but for a slip of the hand. A name that two registrants share is never settled here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import permutations
from typing import Literal

from meetbot.core.attendance import name_words, slips, written_names
from meetbot.core.attendance.written_names import Spelling, WrittenName
from meetbot.core.model import Organisation, Registrant

_MOST_SHOWN = 5
THE_SAME = 100  #: the score of the very name
_ALIKE = 75  # of 100, from which a name is worth a look
_BY_A_WORD = 60  # the score of those who only have a word in common
_RARE = 5  # a word that more people have in their names tells nothing alone
_MOST_ORDERS = 4  # words of which every order is tried
_AT_ONCE = 500  # lines compared with everybody in one step, for the memory that it takes


@dataclass(frozen=True)
class Candidate:
    """A registrant who may be behind an open line."""

    registrant: int  #: id
    name: str
    organisation: str  #: key; as written on the form when not invited
    proof: Literal["N", "~"]  #: N: the name is theirs alone; ~: only alike, or not theirs alone
    score: int  #: how much alike, of 100
    why: str


def candidates(
    names: Mapping[str, str], registrants: Sequence[Registrant], organisations: Mapping[str, Organisation]
) -> dict[str, tuple[Candidate, ...]]:
    """For each open line (its key, and its name at Zoom) at most five who it may be, the likeliest first."""
    roll = _Roll(registrants, organisations)
    shown = {line: roll.read(name) for line, name in names.items()}
    found = {line: roll.same(one) for line, one in shown.items()}
    found |= roll.alike({line: one for line, one in shown.items() if one.spellings and not found[line]})
    settled = _one_to_one(found, shown)
    return {line: tuple(sorted(settled[line], key=_order)[:_MOST_SHOWN]) for line in names}


def _order(one: Candidate) -> tuple[bool, int, str, int]:
    return one.proof != "N", -one.score, one.name, one.registrant


def _one_to_one(found: Mapping[str, list[Candidate]], shown: Mapping[str, WrittenName]) -> dict[str, list[Candidate]]:
    """Two lines of one name may be one person who came twice; two of different names are not both the same person."""
    claims: dict[int, list[tuple[int, WrittenName]]] = defaultdict(list)
    for line, those in found.items():
        for one in those:
            if one.proof == "N":
                claims[one.registrant].append((one.score, shown[line]))
    return {
        line: [_unless_claimed(one, claims.get(one.registrant, [])) for one in those] for line, those in found.items()
    }


def _unless_claimed(one: Candidate, claims: Sequence[tuple[int, WrittenName]]) -> Candidate:
    names = {" ".join(sorted(each.ordered for each in name.spellings.values())) for _, name in claims}
    titles = {sex for _, name in claims for sex in name.sexes}
    slipped = one.score < THE_SAME and len(names) > 1
    if one.proof == "N" and (slipped or len(titles) > 1):
        return replace(one, proof="~", why="somebody else is there under a name as near")
    return one


class _Roll:
    """Everybody who may be proposed, by their names."""

    def __init__(self, registrants: Sequence[Registrant], organisations: Mapping[str, Organisation]) -> None:
        self._registrants = registrants
        self._offices = _Offices(registrants, organisations)
        names = [written_names.read(one.form.name, name_words.NOISE) for one in registrants]
        #: How many people have each word in their name, besides those whose own office is called so.
        self._having = Counter(
            word
            for one, name in zip(registrants, names, strict=True)
            for spelling in name.spellings.values()
            for word in set(spelling.plain) - self._offices.of(one)
        )
        self._noise = name_words.NOISE | (self._offices.words - self._having.keys())
        self._names = [
            name if self._noise.isdisjoint(_all_words(name)) else written_names.read(one.form.name, self._noise)
            for one, name in zip(registrants, names, strict=True)
        ]

    def read(self, name: str) -> WrittenName:
        return written_names.read(name, self._noise)

    def same(self, shown: WrittenName) -> list[Candidate]:
        """Those who bear the very name, in whatever order of its words."""
        bearing = {number for script, each in shown.spellings.items() for number in self._bearing(script, each)}
        if len(bearing) > 1:
            return [
                self._candidate(one, THE_SAME, f"{len(bearing)} people are named so: please choose") for one in bearing
            ]
        return [self._candidate(one, THE_SAME, self._doubt(one, shown), "the same name") for one in bearing]

    def alike(self, shown: Mapping[str, WrittenName]) -> dict[str, list[Candidate]]:
        """Those whose names are near it; sure is only a slip, and only where nobody else is as near."""
        scores: dict[str, dict[int, float]] = {line: self._by_words(one) for line, one in shown.items()}
        for script in {script for one in shown.values() for script in one.spellings}:
            for line, number, score in self._compared(script, shown):
                scores[line][number] = max(score, scores[line].get(number, 0))
        return {line: self._judged(shown[line], those) for line, those in scores.items()}

    def _candidate(self, number: int, score: float, doubt: str, why: str = "") -> Candidate:
        one = self._registrants[number]
        organisation = one.organisation or one.form.organisation
        return Candidate(one.id, one.form.name, organisation, "~" if doubt else "N", round(score), doubt or why)

    @cached_property
    def _shapes(self) -> Mapping[tuple[str, str], list[int]]:
        """Who bears a name, by its words in order of the alphabet, and by its letters without spaces."""
        shapes: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number, name in enumerate(self._names):
            for script, each in name.spellings.items():
                for shape in {each.ordered, each.joined, _letters(each)}:
                    shapes[script, shape].append(number)
        return shapes

    @cached_property
    def _by_word(self) -> Mapping[str, list[int]]:
        by_word: dict[str, list[int]] = defaultdict(list)
        for number, name in enumerate(self._names):
            for word in set(_all_words(name)):
                by_word[word].append(number)
        return by_word

    def _bearing(self, script: str, shown: Spelling) -> Iterator[int]:
        shapes = {shown.ordered, shown.joined} | ({_letters(shown)} if len(shown.words) == 1 else set())
        for number in {one for shape in shapes for one in self._shapes.get((script, shape), ())}:
            theirs = self._names[number].spellings[script]
            if _accents_agree(shown, theirs) and _same_words(shown, theirs):
                yield number

    def _told_otherwise(self, number: int, shown: WrittenName) -> str:
        """What stands beside the name and speaks against it; "" when nothing does."""
        one, theirs = self._registrants[number], self._names[number]
        if shown.sexes and theirs.sexes and shown.sexes.isdisjoint(theirs.sexes):
            return "the titles differ"
        offices = self._offices.named(shown.beside)
        if offices and one.organisation and one.organisation not in offices:
            return "another organisation stands beside the name"
        return ""

    def _doubt(self, number: int, shown: WrittenName) -> str:
        """What speaks against it although the name is the same; "" when nothing does."""
        theirs = self._names[number]
        if told := self._told_otherwise(number, shown):
            return told
        both = shown.spellings.keys() & theirs.spellings.keys()
        if any(not _within(shown.spellings[script], theirs.spellings[script]) for script in both):
            return "the name in the other script differs"
        if not any(_whole(script, shown.spellings[script]) for script in both):
            return "one word alone may be anybody's"
        return ""

    def _by_words(self, shown: WrittenName) -> dict[int, float]:
        shared = Counter(number for word in set(_all_words(shown)) for number in self._by_word.get(word, ()))
        rare = {word for word in set(_all_words(shown)) if 0 < len(self._by_word.get(word, ())) <= _RARE}
        by_rare = {number for word in rare for number in self._by_word[word]}
        return {number: _BY_A_WORD + count for number, count in shared.items() if count > 1 or number in by_rare}

    def _compared(self, script: str, shown: Mapping[str, WrittenName]) -> Iterator[tuple[str, int, float]]:
        """Every line with everybody of the script, letter by letter, in three orders of the words."""
        from rapidfuzz import fuzz, process  # with numpy 0.1 s, which commands that compare no names need not spend

        lines = [line for line, one in shown.items() if script in one.spellings]
        numbers = [number for number, name in enumerate(self._names) if script in name.spellings]
        theirs = [self._names[number].spellings[script] for number in numbers]
        for first in range(0, len(lines), _AT_ONCE):
            some = lines[first : first + _AT_ONCE]
            ours = [shown[line].spellings[script] for line in some]
            for here, there in (
                ([one.joined for one in ours], [one.joined for one in theirs]),
                ([one.joined for one in ours], ["".join(reversed(one.plain)) for one in theirs]),
                ([one.ordered for one in ours], [one.ordered for one in theirs]),
            ):
                alike = process.cdist(here, there, scorer=fuzz.ratio, score_cutoff=_ALIKE)
                for row, column in zip(*alike.nonzero(), strict=True):
                    yield some[row], numbers[column], float(alike[row, column])

    def _judged(self, shown: WrittenName, scores: Mapping[int, float]) -> list[Candidate]:
        slipped = {number: why for number in scores if (why := self._slipped(number, shown))}
        alone = len(slipped) == 1
        return [
            self._candidate(
                number,
                min(score, THE_SAME - 1),
                (self._doubt_of_slip(number, shown) if alone else "others are as near")
                if number in slipped
                else "alike",
                slipped.get(number, ""),
            )
            for number, score in scores.items()
        ]

    def _slipped(self, number: int, shown: WrittenName) -> str:
        """How the name shown became of theirs; "" when it is another name."""
        theirs = self._names[number]
        for script in shown.spellings.keys() & theirs.spellings.keys():
            here, there = shown.spellings[script], theirs.spellings[script]
            accents = here.words != here.plain and there.words != there.plain
            words = (here.words, there.words) if accents else (here.plain, there.plain)
            if slips.only_slips(*words, self._having, signs=script == "han"):
                return "the same name but for a slip"
            whole = slips.initials(here.plain, there.plain)
            if whole and (whole > 1 or self._registrants[number].organisation in self._offices.named(shown.beside)):
                return "the same name with an initial"
        return ""

    def _doubt_of_slip(self, number: int, shown: WrittenName) -> str:
        if len(shown.spellings.keys() & self._names[number].spellings.keys()) > 1:
            return "alike in one script only"
        return self._told_otherwise(number, shown)


class _Offices:
    """Words by which organisations are called."""

    def __init__(self, registrants: Sequence[Registrant], organisations: Mapping[str, Organisation]) -> None:
        self._of = {key: _words((key, one.name, *one.aliases)) for key, one in organisations.items()}
        texts = {text for one in registrants for text in (one.form.organisation, one.form.position)}
        self._written = {text: written_names.words_in(text) for text in texts}
        countries = _words(one.country for one in organisations.values())
        self.words = countries.union(*self._of.values(), *self._written.values())
        counted = Counter(word for words in self._of.values() for word in words)
        self._telling = {word: key for key, words in self._of.items() for word in words if counted[word] == 1}

    def of(self, one: Registrant) -> set[str]:
        return self._of.get(one.organisation or "", set()) | self._written[one.form.organisation]

    def named(self, words: Iterable[str]) -> set[str]:
        """Keys of the organisations that alone are called so."""
        return {self._telling[word] for word in words if word in self._telling and word not in name_words.NOISE}


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in written_names.words_in(text)}


def _all_words(name: WrittenName) -> list[str]:
    return [word for each in name.spellings.values() for word in each.plain]


def _letters(name: Spelling) -> str:
    return "".join(sorted(name.joined))


def _same_words(shown: Spelling, theirs: Spelling) -> bool:
    if shown.ordered == theirs.ordered or shown.joined == theirs.joined:
        return True
    few = len(theirs.words) <= _MOST_ORDERS and len(shown.words) == 1
    return few and any(shown.joined == "".join(order) for order in permutations(theirs.plain))


def _accents_agree(one: Spelling, other: Spelling) -> bool:
    """Written without accents it may be either; with them it must be the same."""
    if one.words == one.plain or other.words == other.plain:
        return True
    return sorted(one.words) == sorted(other.words) or "".join(one.words) == "".join(other.words)


def _within(shown: Spelling, theirs: Spelling) -> bool:
    """Every word of the one stands in the other."""
    one, other = set(shown.plain), set(theirs.plain)
    return shown.joined == theirs.joined or one <= other or other <= one or _same_words(shown, theirs)


def _whole(script: str, shown: Spelling) -> bool:
    """More than what people are called by: two words, or two signs, or a run of some length."""
    least = 2 if script == "han" else 6
    return len(shown.words) > 1 or len(shown.joined) >= least
