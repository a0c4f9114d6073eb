"""What people wrote, in any script: cut to a limit, compared, shown only in part."""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"
_VIRAMA = 9  # the combining class of the sign that puts the next consonant below (Unicode Standard, 4.3)


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters; a letter keeps its marks and subscripts, and a joined emoji stays whole."""
    if len(text) <= limit:
        return text
    end = limit
    while end > 0 and _continues(text, end):
        end -= 1
    return text[: end or limit].rstrip()


def _continues(text: str, index: int) -> bool:
    """The character there belongs to the one before it."""
    stacks = unicodedata.combining(text[index - 1]) == _VIRAMA
    return stacks or unicodedata.category(text[index])[0] == "M" or _JOINER in text[index - 1 : index + 1]


def masked(address: str) -> str:
    """Enough of an address to recognise it, not enough to write to: "s…@example.org"."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}…{at}{domain}" if at else ""
