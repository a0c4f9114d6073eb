"""What the file may say but perhaps does not mean: warnings, each in its place."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from meetbot.core import model, registration
from meetbot.core import programme as programmes
from meetbot.files import written
from meetbot.files.programme import at_zoom, delegations, schema
from meetbot.files.programme.source import Source, Trouble


def warnings(programme: model.Programme, file: schema.File, source: Source) -> Iterator[Trouble]:
    """All that a person should look at once more."""
    yield from _numbers(file, source)
    yield from _countries_without_zone(file)
    yield from _rare_constituents(file)
    yield from _perhaps_the_same(file, source)
    yield from _no_addresses(programme)
    yield from delegations.warnings(programme)
    yield from at_zoom.warnings(file)
    for oddity in programmes.oddities(programme):
        yield Trouble(oddity.path, oddity.text, at_key=True, warning=True)


def _numbers(file: schema.File, source: Source) -> Iterator[Trouble]:
    """Numbers of the list of participants that are skipped or given twice: perhaps a row was lost."""
    numbered = [(key, one.number) for key, one in file.organisations.items() if one.number is not None]
    first: dict[int, str] = {}
    for key, number in numbered:
        where = ("organisations", key, "number")
        if number in first:
            line = source.line_of(("organisations", first[number], "number"))
            yield Trouble(where, f"number {number} is given twice, here and in line {line}", _COUNT, warning=True)
        first.setdefault(number, key)
    for (_, before), (key, after) in pairwise(sorted(numbered, key=lambda entry: entry[1])):
        if after - before > 1:
            skipped = f"{before + 1}" if after - before == 2 else f"{before + 1} to {after - 1}"
            where = ("organisations", key, "number")
            yield Trouble(where, f"the numbers skip {skipped}", _COUNT, warning=True)


_COUNT = "see whether the list of participants lost a row"


def _countries_without_zone(file: schema.File) -> Iterator[Trouble]:
    for key, one in file.organisations.items():
        if one.zone is None and one.country not in file.countries:
            what = f"no zone is known for {one.country}: its people read times in {file.zone}"
            remedy = written.did_you_mean(one.country, file.countries) or f"add {one.country} under countries"
            yield Trouble(("organisations", key, "country"), what, remedy, warning=True)


def _rare_constituents(file: schema.File) -> Iterator[Trouble]:
    """A kind of organisation written once and nearly like another splits the figures of the report."""
    kinds = [one.constituent for one in file.organisations.values()]
    common = {kind for kind in kinds if kinds.count(kind) > 1}
    for key, one in file.organisations.items():
        if one.constituent not in common and (remedy := written.did_you_mean(one.constituent, common)):
            what = f"'{one.constituent}' is a constituent of its own in the report"
            yield Trouble(("organisations", key, "constituent"), what, remedy, warning=True)


def _perhaps_the_same(file: schema.File, source: Source) -> Iterator[Trouble]:
    first: dict[str, str] = {}
    for key, one in file.organisations.items():
        for name in {registration.fold(name) for name in (one.name, *one.aliases)}:
            if name in first:
                line = source.line_of(("organisations", first[name]))
                what = f"'{key}' and '{first[name]}' (line {line}) have the same name"
                yield Trouble(("organisations", key), what, "keep one of them", at_key=True, warning=True)
        first.update({registration.fold(name): key for name in (one.name, *one.aliases)})


def _no_addresses(programme: model.Programme) -> Iterator[Trouble]:
    without = [one for one in programme.people.values() if one.address is None]
    if without:
        what = (
            f"{len(without)} of {len(programme.people)} people have no address: their cues wait for their registration"
        )
        remedy = "add addresses when they are known, or tie each person to a registrant"
        yield Trouble(("people",), what, remedy, at_key=True, warning=True)
