"""The languages that people can meet in, as somebody writes them: by their English names, as Zoom has them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from meetbot.errors import UserError
from meetbot.files import names, written

_LONGEST = 60
_MOST = 12
_BETWEEN = re.compile(r"[,;/\n，；、၊]")


def read(chosen: Iterable[str], other: str, known: Iterable[str]) -> tuple[str, ...]:
    """Those chosen of a list and those written beside it, none twice. UserError with each that is not the name of one.

    A language of the list is kept as it stands there, however its capitals are written.
    """
    spelling = {one.casefold(): one for one in known}
    languages: dict[str, str] = {}
    problems = []
    for text in (*chosen, *_BETWEEN.split(other)):
        if text.strip():
            try:
                one = name(names.line(text))
            except written.Wrong as wrong:
                problems.append(f"{wrong.what}; {wrong.remedy}.")
            else:
                languages[one.casefold()] = spelling.get(one.casefold(), one)
    if len(languages) > _MOST:
        problems.append(f"There are {len(languages)} languages; choose at most {_MOST}.")
    if problems:
        raise UserError(*problems)
    return tuple(languages.values())


def name(text: str) -> str:
    """The text, if it can be the name of one language; `written.Wrong` if not."""
    if not all(sign.isalpha() or sign in " -()'" for sign in text) or not text or len(text) > _LONGEST:
        raise written.Wrong(f"'{text}' is not the name of one language", "write it as Zoom shows it, such as English")
    return text
