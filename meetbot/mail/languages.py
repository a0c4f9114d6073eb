"""The languages of letters: gettext catalogues in `locales/`, English where there is none."""

from __future__ import annotations

import gettext
from functools import lru_cache
from pathlib import Path

_DOMAIN = "letters"
_LOCALES = Path(__file__).parent / "locales"


@lru_cache
def spoken(language: str) -> str:
    """The language in which a reader of `language` gets letters: that one when it is translated, else English."""
    return language if gettext.find(_DOMAIN, _LOCALES, [language]) else "en"


def catalogue(language: str) -> gettext.NullTranslations:
    """The sentences of that language; without a catalogue, the English ones of the templates."""
    return gettext.translation(_DOMAIN, _LOCALES, [language], fallback=True)
