"""Names of people as they write them, in any script: kept as they are or refused, never bent into another form."""

from __future__ import annotations

import re
import unicodedata

from meetbot.files import written

_LONGEST = 120
# Burmese and Khmer stack up to about six marks on one letter; more is not a name.
_TOO_MANY_MARKS = re.compile(r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{5,}")
_INVISIBLE = {"\N{ZERO WIDTH SPACE}", "\N{ZERO WIDTH NON-JOINER}", "\N{ZERO WIDTH JOINER}"}


def read(text: str) -> str:
    """The name in NFC with single spaces; spaces between words of Khmer that do not show are kept. Raises Wrong."""
    name = re.sub(r"[ \u00a0\u3000]+", " ", unicodedata.normalize("NFC", text).replace("\N{SOFT HYPHEN}", "")).strip()
    for sign in name:
        if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") or _turns_direction(sign):
            raise written.Wrong(
                f"the invisible sign U+{ord(sign):04X} stands in the name", "write the name again by hand"
            )
    if not any(unicodedata.category(sign).startswith("L") for sign in name):
        raise written.Wrong("there is no letter in the name", "write the person's full name")
    if len(name) > _LONGEST:
        raise written.Wrong(f"the name has {len(name)} signs", f"shorten it to {_LONGEST}")
    if _TOO_MANY_MARKS.search(unicodedata.normalize("NFD", name)):
        raise written.Wrong("too many marks stand on one letter of the name", "write the name again by hand")
    return name


def line(text: str) -> str:
    """Any text on one line, without control characters and marks that turn the direction of what follows."""
    kept = (sign for sign in " ".join(text.split()) if unicodedata.category(sign) not in ("Cc", "Cs"))
    return "".join(sign for sign in kept if not _turns_direction(sign))


def _turns_direction(sign: str) -> bool:
    return unicodedata.category(sign) == "Cf" and sign not in _INVISIBLE
