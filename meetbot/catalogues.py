"""Sentences in the readers' languages: gettext catalogues, read as translators save them; English where one lacks.

A catalogue is a text file (.po) and is never compiled, so no compiled file can be forgotten or be older than its text.
"""

from __future__ import annotations

import gettext
import io
import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from babel import Locale, dates
from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

#: What a translation has in common with its sentence, else it would lose a fact or break a page.
_MARKS = re.compile(r"%%|%\(\w+\)s|%|<[^>]*>?|https?://[A-Za-z0-9./-]+")
_READ_BY = re.compile(r'^"X-Read-By:(.*?)(?:\\n)?"$', re.MULTILINE)


@dataclass(frozen=True)
class Catalogue:
    """All that is said in one language."""

    sentences: gettext.NullTranslations
    known: frozenset[str]  #: the English of what can be said
    draft: bool  #: nobody who speaks the language has read it yet


_ENGLISH = Catalogue(gettext.NullTranslations(), frozenset(), draft=False)


class Catalogues:
    """Those of one folder: `<domain>.pot` has every sentence, `<language>/LC_MESSAGES/<domain>.po` a translation."""

    def __init__(self, folder: Path, domain: str) -> None:
        self._folder = folder
        self._domain = domain
        self._read: dict[str, Catalogue] = {}

    @cached_property
    def languages(self) -> frozenset[str]:
        """Those that have a catalogue, besides English."""
        found = self._folder.glob(f"*/LC_MESSAGES/{self._domain}.po")
        return frozenset(file.parent.parent.name for file in found)

    def spoken(self, language: str) -> str:
        """The language in which a reader of `language` is spoken to: that one where it can be read, else English."""
        return "en" if self.catalogue(language) is _ENGLISH else language

    def catalogue(self, language: str) -> Catalogue:
        """English where there is none, and where it cannot be read: a slip in a file must not stop letters."""
        if language not in self._read:
            try:
                self._read[language] = self._from_file(language)
            except (ValueError, PoFileError):
                self._read[language] = _ENGLISH
        return self._read[language]

    def file(self, language: str) -> Path:
        """Where that language's sentences stand."""
        return self._folder / language / "LC_MESSAGES" / f"{self._domain}.po"

    def lacking(self, language: str) -> list[str]:
        """The sentences that are said in English, for they are not translated, or with other marks than the English."""
        with (self._folder / f"{self._domain}.pot").open("rb") as file:
            said = [_english(entry) for entry in read_po(file) if entry.id]
        return [sentence for sentence in said if sentence not in self.catalogue(language).known]

    def _from_file(self, language: str) -> Catalogue:
        if language not in self.languages:
            return _ENGLISH
        text = self.file(language).read_text(encoding="utf-8")
        catalogue = read_po(io.StringIO(text), locale=language, ignore_obsolete=True, abort_invalid=True)
        for entry in [entry for entry in catalogue if entry.id and not fits(entry)]:
            catalogue.delete(entry.id, entry.context)
        read_by = _READ_BY.search(text)
        known = frozenset(_english(entry) for entry in catalogue if entry.id)
        return Catalogue(_compiled(catalogue), known, draft=not (read_by and read_by[1].strip()))


def fits(entry: Message) -> bool:
    """Whether the translation can stand for its sentence: whole, not doubted, with the same names, tags and links."""
    translations = entry.string if isinstance(entry.string, (list, tuple)) else (entry.string,)
    marks = _marks(_english(entry))
    return not entry.fuzzy and all(said and _marks(said) == marks for said in translations)


def own_name(language: str) -> str:
    """What the language calls itself, such as "中文"."""
    return Locale.parse(language).get_language_name(language) or language


@lru_cache(maxsize=1000)  # every letter about a meeting has the same few
def day_text(on: date, language: str) -> str:
    """The date with its weekday, the month in words: "Wed 10 Nov 2021", "2021年11月10日星期三".

    By Unicode CLDR in other languages than English; digits are those of the clock, 0 to 9, in every one.
    """
    if language == "en":
        return f"{on:%a %-d %b %Y}"
    return dates.format_date(on, "full", locale=language)


def _english(entry: Message) -> str:
    return entry.id[-1] if isinstance(entry.id, (list, tuple)) else entry.id


def _marks(sentence: str) -> set[str]:
    return set(_MARKS.findall(sentence)) - {"%%"}


def _compiled(catalogue: Catalog) -> gettext.GNUTranslations:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
