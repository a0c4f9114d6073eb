"""The languages of letters: a catalogue for each in `locales/`, English where there is none."""

from __future__ import annotations

from pathlib import Path

from meetbot.catalogues import Catalogues

CATALOGUES = Catalogues(Path(__file__).parent / "locales", "letters")


def written(language: str) -> tuple[str, ...]:
    """The languages in which a reader of `language` gets a letter: that one, and English below while it is a draft."""
    spoken = CATALOGUES.spoken(language)
    return (spoken, "en") if CATALOGUES.catalogue(language).draft else (spoken,)
