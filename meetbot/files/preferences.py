"""What organisations wish of each other, as an Excel or CSV list, with each cell at fault named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from meetbot.core import model
from meetbot.core.bilaterals.wishes import Preference
from meetbot.core.delegations import Wish
from meetbot.files import lists, pairs, people, sheet, written

_HEADERS = {
    "organisation": ("organisation", "organization", "delegation"),
    "wish": ("wish", "preference"),
    "peer": ("peer", "meets", "with"),
    "country": ("country", "peers of country"),
    "sector": ("sector", "peers of sector"),
    "rank": ("rank", "choice"),
    "own": ("own sectors", "its sectors"),
}
_EXAMPLE = "name the columns in one row, such as: Organisation, Wish, Peer, Country, Sector, Rank, Own sectors"


@dataclass(frozen=True)
class Preferences:
    """What came of a list. A row with an error is not among the preferences."""

    preferences: tuple[Preference, ...]
    sectors: Mapping[str, frozenset[str]]  #: of each organisation, by key
    problems: tuple[model.Problem, ...]


def read(path: Path, organisations: Mapping[str, model.Organisation]) -> Preferences:
    """The preferences in the file. Raises ProgrammeError where it is no list."""
    return parse(people.read(path), organisations)


def parse(table: people.Sheet, organisations: Mapping[str, model.Organisation]) -> Preferences:
    """A row tells a wish, the organisation's own sectors (separated by commas), or both."""
    missing = model.Problem(table.name, "the columns Organisation and Wish are needed", _EXAMPLE)
    listed = lists.listing(table, _HEADERS, ("organisation", "wish"), missing)
    problems = list(listed.problems)
    found: list[Preference] = []
    sectors: dict[str, frozenset[str]] = {}
    for row in listed.rows:
        try:
            key = lists.organisation(row.cells["organisation"], organisations)
        except written.Wrong as wrong:
            problems.append(row.problem("organisation", wrong))
            continue
        own = frozenset(one.strip() for one in row.cells.get("own", "").split(",") if one.strip())
        sectors[key] = sectors.get(key, frozenset()) | own
        if row.cells["wish"] or not own:
            one, wrongs = _preference(row, key, organisations)
            problems += wrongs
            found += [one] if one else []
    problems += _unknown_groups(listed, organisations, sectors)
    return Preferences(tuple(found), sectors, tuple(problems))


def template(programme: model.Programme, *, made_at: datetime) -> bytes:
    """A list to fill in; on a second sheet stand the organisations that can be named."""
    columns = {"Organisation": 28, "Wish": 10, "Peer": 28, "Country": 20, "Sector": 20, "Rank": 8, "Own sectors": 40}
    return sheet.book(
        [sheet.Table("Preferences", columns, []), sheet.organisations(programme)], title="Preferences", made_at=made_at
    )


def _preference(
    row: lists.Row, key: str, organisations: Mapping[str, model.Organisation]
) -> tuple[Preference | None, list[model.Problem]]:
    problems = []
    wish, peer, rank = Wish.LIKE, "", 1
    for field, text in row.cells.items():
        try:
            if field == "wish":
                wish = pairs.wish(text)
            elif field == "peer" and text:
                peer = _peer(text, key, organisations)
            elif field == "rank" and text:
                rank = _rank(text)
        except written.Wrong as wrong:
            problems.append(row.problem(field, wrong))
    country, sector = row.cells.get("country", ""), row.cells.get("sector", "")
    if bool(row.cells.get("peer")) == bool(country or sector):
        unclear = written.Wrong("it is not clear whom the wish is about", "name one peer, or a country or a sector")
        problems.append(row.problem("wish", unclear))
    return (None if problems else Preference(key, wish, peer, country, sector, rank)), problems


def _peer(text: str, key: str, organisations: Mapping[str, model.Organisation]) -> str:
    peer = lists.organisation(text, organisations)
    if peer == key:
        raise written.Wrong(f"'{key}' cannot meet itself", "name another organisation")
    return peer


def _rank(text: str) -> int:
    rank = written.whole(text)
    if rank == 0:
        raise written.Wrong("there is no choice 0", "write 1 for the first choice")
    return rank


def _unknown_groups(
    listed: lists.Listing, organisations: Mapping[str, model.Organisation], sectors: Mapping[str, frozenset[str]]
) -> list[model.Problem]:
    """A country or a sector that no organisation has would be a wish for nobody."""
    known = {
        "country": {one.country for one in organisations.values()},
        "sector": {sector for own in sectors.values() for sector in own},
    }
    problems = []
    for row in listed.rows:
        for field, names in known.items():
            text = row.cells.get(field, "")
            if text and text.casefold() not in {one.casefold() for one in names}:
                remedy = written.did_you_mean(text, names) or f"write one of: {', '.join(sorted(names)) or 'none'}"
                problems.append(row.problem(field, written.Wrong(f"no organisation has the {field} '{text}'", remedy)))
    return problems
