"""What is left of a name as somebody wrote it, when all that is not the name has been taken away.

People add their office, a title, a device, a language: "NPIC_Mr. SOK Dara's iPhone" is "sok dara". Each script stands
apart, because nobody can tell for certain how a name of one is spelled in another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from meetbot.core.attendance import name_words

#: Zoom shows no more characters of a name than this.
CUT_AT = 64

#: A run of one script is a word; a sign lost on the way ("?") may stand within it.
_SCRIPTS = {
    "khmer": "\u1780-\u17d3\u17dd",
    "lao": "\u0e81-\u0ecd\u0edc-\u0edf",
    "thai": "\u0e01-\u0e3a\u0e40-\u0e4e",
    "burmese": "\u1000-\u103f\u1050-\u109f\uaa60-\uaa7f",
    "han": "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff",
    "latin": "a-z\u00df-\u02af\u0300-\u036f\u1e00-\u1eff",
    "other": "\u0370-\u0dff\u10a0-\u10ff\u1100-\u11ff\u3040-\u30ff\uac00-\ud7af",
}
_WORD = re.compile("|".join(f"(?P<{name}>[{signs}]+(?:[?\ufffd][{signs}]+)*)" for name, signs in _SCRIPTS.items()))
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200c-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_BRACKETS = re.compile(r"[(\[{【「〈《]([^)\]}】」〉》]*)(?:[)\]}】」〉》]|$)")
_PARTS = re.compile(r"[_|/\\,;:@·•-]|[–—]")
_HUMP = re.compile("(?<=[a-z])(?=[A-Z])")
#: Signs above, below and beside a letter: in which order they were typed cannot be seen.
_SIGNS = re.compile("[\u0eb1-\u0ebc\u0ec8-\u0ecd\u102b-\u1038\u103a-\u103e\u17b6-\u17d1]{2,}")
_PLAIN = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})
_ACCENTS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True)
class Spelling:
    """A name in one script: its words as written, folded."""

    words: tuple[str, ...]

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """Without accents."""
        return self.words if all(map(str.isascii, self.words)) else tuple(map(_without_accents, self.words))

    @cached_property
    def ordered(self) -> str:
        return " ".join(sorted(self.plain))

    @cached_property
    def joined(self) -> str:
        return "".join(self.plain)


@dataclass(frozen=True)
class WrittenName:
    """Somebody's name in each script that it is written in."""

    spellings: Mapping[str, Spelling]  #: by script
    sexes: frozenset[str] = frozenset()  #: "f", "m": what its titles tell
    beside: frozenset[str] = frozenset()  #: words that were taken away


def read(text: str, noise: Collection[str]) -> WrittenName:
    """The name in the text, without brackets, titles, devices, and words that are `noise` (folded)."""
    shown = _folded(text)
    outside = _BRACKETS.sub(" ", shown)
    taken: set[str] = set()
    words = _words(outside, noise, taken, cut=len(text) >= CUT_AT)
    for inside in _BRACKETS.findall(shown):
        for script, said in _words(inside, noise, taken, cut=False).items():
            words.setdefault(script, said)
            taken.update(said)
    sexes: set[str] = set()
    spellings = {script: Spelling(named) for script, said in words.items() if (named := _untitled(script, said, sexes))}
    return WrittenName(spellings, frozenset(sexes), frozenset(taken))


def words_in(text: str) -> set[str]:
    """Every word of the text, folded."""
    return {match[0] for match in _WORD.finditer(_folded(text))}


def _folded(text: str) -> str:
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text).replace("\u200b", " "))
    text = _HUMP.sub(" ", name_words.DEVICE.sub(" ", text)).casefold()
    return _in_order(text)


def _in_order(text: str) -> str:
    return text if text.isascii() else _SIGNS.sub(lambda signs: "".join(sorted(signs[0])), text)


def _affixes(told: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
    return {script: {_in_order(affix): sex for affix, sex in those.items()} for script, those in told.items()}


_TITLES, _PREFIXES, _SUFFIXES = map(_affixes, (name_words.TITLES, name_words.PREFIXES, name_words.SUFFIXES))


def _words(text: str, noise: Collection[str], taken: set[str], *, cut: bool) -> dict[str, list[str]]:
    """The words by script, without the parts that are all noise, nor other noise as long as something is left."""
    parts = [[(match.lastgroup or "", match[0]) for match in _WORD.finditer(part)] for part in _PARTS.split(text)]
    if cut and parts[-1] and any(word.startswith(parts[-1][-1][1]) for word in noise):
        parts[-1].pop()
    kept: dict[str, list[str]] = {}
    for part in parts:
        for script, word in part:
            if word in noise or (script == "han" and name_words.OFFICE.search(word)):
                taken.add(word)
            else:
                kept.setdefault(script, []).append(word)
    return kept


def _untitled(script: str, words: list[str], sexes: set[str]) -> tuple[str, ...]:
    """The words without titles before or behind, in whatever way the script puts them there."""
    left = [bare for word in words if (bare := _without_affixes(script, word, sexes))]
    titles = _TITLES.get(script, {})
    if script == "latin" and left[:2] == ["h", "e"]:
        left = left[2:]
    while len(left) > 1 and left[0] in titles and left[0] != left[1] and (len(left) > 2 or script != "latin"):
        sexes.update(titles[left[0]])
        left = left[1:]
    return tuple(left)


def _without_affixes(script: str, word: str, sexes: set[str]) -> str:
    for affix, sex in _PREFIXES.get(script, {}).items():
        if word.startswith(affix):
            rest = word.removeprefix(affix)
            if not rest or unicodedata.category(rest[0])[0] == "L":
                sexes.update(sex)
                return rest
    for affix, sex in _SUFFIXES.get(script, {}).items():
        if word.endswith(affix):
            sexes.update(sex)
            return word.removesuffix(affix)
    return word


def _without_accents(word: str) -> str:
    if not "a" <= word[0] <= "\u036f" and word[0] < "\u1e00":
        return word
    plain: Iterable[str] = unicodedata.normalize("NFD", word.translate(_PLAIN))
    return _ACCENTS.sub("", str(plain))
