"""One row of a list becomes one registration form, or says which of its cells stands in the way."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from meetbot.core import model, registration, times
from meetbot.files import addresses, names, sexes, written
from meetbot.files.people.table import Row, Sheet

_T = TypeVar("_T")
_LONGEST = 300
_LANGUAGES = {
    "en": "english|anglais|英语|英文",
    "km": "khmer|cambodian|ខ្មែរ|ភាសាខ្មែរ|高棉语|柬埔寨语",
    "lo": "lao|laotian|ລາວ|ພາສາລາວ|老挝语",
    "my": "burmese|myanmar|မြန်မာ|မြန်မာဘာသာ|缅甸语",
    "zh": "chinese|mandarin|中文|汉语|普通话|zh cn|zh hans",
}
_LANGUAGE_BY_WORD = {
    registration.fold(word): code for code, words in _LANGUAGES.items() for word in (code, *words.split("|"))
}


@dataclass
class RowReader:
    """Reads the rows below one header and gathers what is wrong with them."""

    sheet: Sheet
    header: Row
    column: Mapping[str, int]  #: field -> column
    programme: model.Programme
    meeting: str
    problems: list[model.Problem] = field(default_factory=list)

    def form(self, row: Row) -> model.Form | None:
        """The form that the row holds; None when a cell of it cannot be taken."""
        before = len(self.problems)
        self._whole(row)
        name = self._name(row)
        address = self._address(row)
        organisation, position, country = (
            self._take(row, kind, _text) or "" for kind in ("organisation", "position", "country")
        )
        person = self._take(row, "person", self._person)
        language, zone = self._choice(row, "language", _language), self._choice(row, "zone", _zone)
        sex = self._choice(row, "sex", sexes.read)
        if name is None or address is None or any(not problem.warning for problem in self.problems[before:]):
            return None
        form = model.Form(self.meeting, address, name, organisation, position, country, language, zone, person, sex=sex)
        self._look_at(row, form)
        return form

    def _cell(self, row: Row, kind: str) -> str:
        return row[self.column[kind]] if kind in self.column else ""

    def _note(self, row: Row, kind: str, what: str, remedy: str = "", *, is_warning: bool = False) -> None:
        place = self.sheet.place(row, self.column.get(kind, 0))
        self.problems.append(model.Problem(place, what, remedy, warning=is_warning))

    def _take(self, row: Row, kind: str, read: Callable[[str], _T]) -> _T | None:
        """The cell as `read` reads it; None when it is empty or wrong."""
        if not (text := self._cell(row, kind)):
            return None
        try:
            return read(text)
        except written.Wrong as wrong:
            self._note(row, kind, wrong.what, wrong.remedy)
            return None

    def _choice(self, row: Row, kind: str, read: Callable[[str], _T]) -> _T | None:
        """As `_take`, but a wrong choice only means that none was made."""
        try:
            return read(text) if (text := self._cell(row, kind)) else None
        except written.Wrong as wrong:
            self._note(row, kind, f"{wrong.what}: left open", wrong.remedy, is_warning=True)
            return None

    def _whole(self, row: Row) -> None:
        """A CSV row with more or fewer fields than its header has probably lost a quote or a separator."""
        fields, expected = len(row.cells), len(self.header.cells)
        if not self.sheet.lettered and (fields < expected or any(row.cells[expected:])):
            what = f"the row has {fields} fields, the header {expected}"
            remedy = "put a text that holds the separator in quotes"
            self.problems.append(model.Problem(self.sheet.place(row, 0), what, remedy))

    def _name(self, row: Row) -> str | None:
        if "name" in self.column and self._cell(row, "name"):
            return self._take(row, "name", names.read)
        parts = [self._take(row, kind, names.read) for kind in ("given", "family")]
        if not any(parts):
            self._note(row, "name" if "name" in self.column else "given", "the name is missing", "write it")
        return " ".join(part for part in parts if part) or None

    def _address(self, row: Row) -> str | None:
        text = self._cell(row, "address")
        if not text:
            self._note(row, "address", "the mail address is missing", "write it, or leave the person out")
            return None
        address = self._take(row, "address", addresses.read)
        if address and address.fixed:
            self._note(row, "address", f"'{text}' is read as {address.value}", is_warning=True)
        if address and address.doubt:
            self._note(row, "address", f"{address.value}: {address.doubt}", is_warning=True)
        return address.value if address else None

    def _person(self, text: str) -> str:
        """The person in the rundown, by key or exact name."""
        wanted = registration.fold(text)
        for key, person in self.programme.people.items():
            if wanted in (registration.fold(key), registration.fold(person.name)):
                return key
        known = [*self.programme.people, *(person.name for person in self.programme.people.values())]
        remedy = written.did_you_mean(text, known) or "write the key or the name of a person of the programme"
        raise written.Wrong(f"'{text}' has no part in the programme", remedy)

    def _look_at(self, row: Row, form: model.Form) -> None:
        """What a person should see although the row is taken."""
        organisations = self.programme.organisations
        if form.organisation and registration.organisation_of(form, organisations) is None:
            remedy = written.did_you_mean(form.organisation, [one.name for one in organisations.values()])
            what = f"'{form.organisation}' is not an invited organisation: waits for a person to look"
            self._note(row, "organisation", what, remedy, is_warning=True)
        for kind in self.column:
            if "\N{REPLACEMENT CHARACTER}" in self._cell(row, kind):
                what = "a sign was lost when the file was saved"
                self._note(row, kind, what, "write it again", is_warning=True)


def _text(text: str) -> str:
    """One line of text, whatever it looks like: a formula stays the text that it is."""
    for sign in text:
        if unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\r\n\t":
            raise written.Wrong(f"the invisible sign U+{ord(sign):04X} stands in the text", "remove it")
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if len(line) > _LONGEST:
        raise written.Wrong(f"the text has {len(line)} signs", f"shorten it to {_LONGEST}")
    return line


def _language(text: str) -> str:
    code = _LANGUAGE_BY_WORD.get(registration.fold(text))
    if code is None:
        raise written.Wrong(f"'{text}' is not a language of the letters", f"write one of {', '.join(_LANGUAGES)}")
    return code


def _zone(text: str) -> str:
    try:
        return times.zone(text).key
    except ValueError as error:
        raise written.Wrong(str(error)) from None
