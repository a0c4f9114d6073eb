"""Whether two names differ only by a slip of the hand: a letter left out, doubled, swapped, lost, or an initial."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import permutations

_LEAST = 5  # letters of a word in which a slip is still told from another name
_FOR_TWO = 16  # letters of a name in which there may be two
_LOST = "?\ufffd"
#: Spellings of one sound; what is left is the same for "Somchith" and "Somchit", "Viengxai" and "Viengxay".
_SOUNDS = ((re.compile(r"(.)\1+"), r"\1"), (re.compile(r"([tkpcg])h"), r"\1"), (re.compile("y"), "i"))


def sound(word: str) -> str:
    """The word as it sounds in Latin letters."""
    for pattern, by in _SOUNDS:
        word = pattern.sub(by, word)
    return word


def only_slips(shown: Sequence[str], registered: Sequence[str], known: Collection[str], *, signs: bool) -> bool:
    """Whether every word of the one is a word of the other but for slips. `known`: words that are names themselves.

    Where a whole word is a few `signs`, as in Chinese, each tells another name, and there are no slips.
    """
    if signs:
        return False
    left, right = _without_shared(shown, registered)
    if any(len(word) == 1 for word in left):
        return False
    if len(left) != len(right) or not left:
        left, right = ["".join(shown)], ["".join(registered)]
    if len(left) > (2 if len("".join(registered)) >= _FOR_TWO else 1) or any(word in known for word in left):
        return False
    return any(all(map(_slip, left, order)) for order in permutations(right))


def initials(shown: Sequence[str], registered: Sequence[str]) -> int | None:
    """How many whole words the two share, all others of `shown` being initials of the others; None: they are not."""
    left, right = _without_shared(shown, registered)
    fits = len(left) == len(right) and left and all(len(word) == 1 for word in left)
    return len(shown) - len(left) if fits and sorted(left) == sorted(word[0] for word in right) else None


def _without_shared(one: Sequence[str], other: Sequence[str]) -> tuple[list[str], list[str]]:
    here, there = Counter(one), Counter(other)
    return list((here - there).elements()), list((there - here).elements())


def _slip(shown: str, registered: str) -> bool:
    """One slip within the word: at its end a letter more or less makes another name, as does another letter."""
    if sound(shown) == sound(registered):
        return True
    if max(len(shown), len(registered)) < _LEAST:
        return False
    begins = _shared_beginning(shown, registered)
    ends = min(_shared_beginning(shown[::-1], registered[::-1]), min(len(shown), len(registered)) - begins)
    here, there = shown[begins : len(shown) - ends], registered[begins : len(registered) - ends]
    if not begins or not ends:
        return False
    swapped = len(here) == 2 and here == there[::-1]
    return swapped or len(here) + len(there) == 1 or (len(there) == 1 and here in _LOST)


def _shared_beginning(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
