"""The donor's table: every group that is large enough, and no way to find out about one that is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from meetbot.core.attendance import donor, small, versions
from meetbot.core.attendance.donor import Figures, Row
from meetbot.core.model import Reader
from tests.documents import HOMES, Guest, document, open_line

COUNTED = ("registered", "approved", "attended", "stayed")


def of(organisation: str, count: int, **about: Any) -> list[Guest]:
    return [Guest(f"{organisation} {number} {about}", organisation, **about) for number in range(count)]


def crowd(seed: int) -> list[Guest]:
    """People of every organisation, most of whom come, some from elsewhere, some without a stated sex."""
    draw = Random(seed)
    return [
        Guest(
            f"Person {number}",
            draw.choice([*HOMES, "A College Elsewhere"]),
            minutes=draw.choice([None, 60, 170, 170, 170]),
            sex=draw.choice(["female", "female", "male", "male", "other", None]),
            role=draw.choice(["participant"] * 5 + ["speaker"]),
            approved=draw.random() < 0.9,
        )
        for number in range(draw.randrange(20, 120))
    ]


def shown(table: donor.DonorsTable) -> Mapping[tuple[str, str, str | None], Figures | None]:
    return {(row.division, row.name, row.sex): row.figures for row in table.rows}


def test_office_sees_every_group_with_its_figures() -> None:
    """Invited are places; whoever was not approved did not come; somebody who left early did not stay."""
    guests = [*of("NPIC", 2), *of("CVT", 1, minutes=60), *of("CVT", 1, minutes=None, approved=False)]

    table = donor.donors_table(document(guests), for_outside=False)

    rows = {(row.division, row.name): row for row in table.rows}
    assert rows["all", ""] == Row("all", "", None, 40, Figures(4, 3, 3, 2))
    assert rows["organisation", "NPIC"] == Row("organisation", "NPIC", None, 8, Figures(2, 2, 2, 2))
    assert rows["organisation", "CVT"] == Row("organisation", "CVT", None, 8, Figures(2, 1, 1, 0))
    assert rows["country", "Cambodia"] == Row("country", "Cambodia", None, 16, Figures(2, 2, 2, 2))
    assert rows["role", "participant"] == Row("role", "participant", None, None, Figures(4, 3, 3, 2))
    assert (table.hidden, table.asked_sex, {row.sex for row in table.rows}) == (0, False, {None})


def test_who_did_not_state_a_sex_is_a_group_of_its_own() -> None:
    """Nobody is spread over the others; each sex and "not stated" add up to the whole."""
    guests = [*of("NPIC", 3, sex="female"), *of("NPIC", 2, sex="male"), *of("NPIC", 4)]

    table = shown(donor.donors_table(document(guests), for_outside=False))

    attended = {sex: figures.attended for (division, _, sex), figures in table.items() if division == "all" and figures}
    assert attended == {None: 9, "female": 3, "male": 2, "other": 0, "not stated": 4}


def test_small_group_is_hidden_and_so_is_one_that_would_give_it_away() -> None:
    """NPIC's three are the country's total less MOLVT's: MOLVT is hidden too, the country is not."""
    guests = [*of("NPIC", 3), *of("MOLVT", 9), *of("CVT", 8), *of("Lao-Korea Institute", 7)]

    table = shown(donor.donors_table(document(guests), for_outside=True))

    assert table["country", "Cambodia", None] == Figures(12, 12, 12, 12)
    assert table["organisation", "CVT", None] == Figures(8, 8, 8, 8)
    assert table["organisation", "NPIC", None] is None
    assert table["organisation", "MOLVT", None] is None


def test_groups_of_one_each_are_not_told_by_their_sum() -> None:
    """Five organisations with one person each: whoever knows that nobody is hidden for having none would know all."""
    guests = [guest for name in HOMES for guest in of(name, 1)]

    table = shown(donor.donors_table(document(guests), for_outside=True))

    assert [key for key, figures in table.items() if figures and key[0] == "organisation"] == []
    assert table["all", "", None] == Figures(5, 5, 5, 5)


def test_an_organisation_of_nobody_is_hidden_as_a_small_one_is() -> None:
    """Otherwise a hidden group would be known to have somebody."""
    table = shown(donor.donors_table(document(of("NPIC", 6)), for_outside=True))

    assert table["organisation", "NPIC", None] == Figures(6, 6, 6, 6)
    assert table["organisation", "CVT", None] is None


def test_nobody_at_all_is_a_table() -> None:
    """A meeting for which nobody registered has a version for outside too."""
    table = donor.donors_table(document(), for_outside=True)

    assert {row.figures for row in table.rows} == {None}


@pytest.mark.parametrize("seed", range(12))
def test_P37_no_hidden_figure_can_be_computed_from_what_is_shown(seed: int) -> None:
    """No sum or difference of shown groups, with any factors, is a hidden group of somebody (exact linear algebra)."""
    guests = crowd(seed)
    whole = document(guests)
    truth = shown(donor.donors_table(whole, for_outside=False))
    table = shown(donor.donors_table(whole, for_outside=True))

    vectors = {head: [Fraction(one in members) for one in range(atoms)] for head, members, atoms in _groups(whole)}
    basis = _echelon([vectors[head] for head, figures in table.items() if figures])
    hidden = [head for head, figures in table.items() if figures is None and any(vars(truth[head]).values())]
    assert hidden
    assert [head for head in hidden if not any(_reduced(vectors[head], basis))] == []
    assert all(figures in (None, truth[head]) for head, figures in table.items())
    assert [head for head, figures in table.items() if figures and _small(figures)] == []


@pytest.mark.parametrize("seed", range(4))
def test_P37_every_hidden_figure_could_be_another(seed: int) -> None:
    """Counts of people are not negative, and nobody attends who was not approved: that gives nothing away either."""
    whole = document(crowd(seed))
    table = donor.donors_table(whole, for_outside=True)
    cells = donor._all_cells(whole["cells"], whole["asked_sex"])
    groups = {head: frozenset(members) for head, members, _ in _groups(whole)}
    counts = [tuple(cell[name] for name in COUNTED) for cell in cells]
    sums = {group: small._sum(group, counts) for group in groups.values()}

    kept = {groups[row.division, row.name, row.sex] for row in table.rows if row.figures is None}

    assert small._given_away(sums, kept, counts) == []


def test_what_is_left_out_gives_the_others_away() -> None:
    """The same look at a table in which only the small groups are hidden finds some: it can find."""
    cells = [(3, 3, 3, 3), (9, 9, 9, 9)]
    npic, molvt = frozenset({0}), frozenset({1})

    found = small._given_away({npic: cells[0], molvt: cells[1], npic | molvt: (12, 12, 12, 12)}, {npic}, cells)

    assert found == [npic]
    assert small.hidden([[npic | molvt, npic, molvt]], cells) == {npic, molvt}


def test_P37_version_for_outside_names_nobody() -> None:
    """No name, no sentence in which one could stand, no mark of a person, no line: only groups."""
    guests = [*of("NPIC", 9), *of("Sok Dara's own office", 6), Guest("Absent Person", minutes=None)]
    whole = document(
        guests, open=1, open_lines=[open_line("Open Person")], changes=["Sok is counted"], remarks=["Sok: damaged name"]
    )

    told = versions.version(whole, Reader.DONOR)

    texts = [text.lower() for text in _texts(told)]
    private = ("sok", "person", "mark of", *(guest.name.lower() for guest in guests))
    assert [text for text in texts for word in private if word in text] == []
    assert (told["attended"], told["open"], told["for"]) == (15, 1, "donor")
    assert told["segments"][0]["present"] == 15


def test_version_for_the_office_has_everything_and_the_groups() -> None:
    """Nothing is taken away or changed."""
    whole = document(of("NPIC", 2))

    told = versions.version(whole, Reader.ORGANISER)

    assert {name: told[name] for name in whole} == whole
    assert told["groups"][0] == {
        "division": "all",
        "name": "",
        "sex": None,
        "invited": 40,
        "registered": 2,
        "approved": 2,
        "attended": 2,
        "stayed": 2,
    }


def test_segment_and_meeting_with_few_people_show_no_count_outside() -> None:
    """A group is a group, by whatever it is put together."""
    whole = document(of("NPIC", 9))
    whole["segments"][0]["present"] = 4
    whole["meetings"] = [{**whole["meeting"], "state": "final", "open": 0, **dict.fromkeys(COUNTED, 2)}]

    told = versions.version(whole, Reader.DONOR)

    assert told["segments"][0]["present"] is None
    assert {told["meetings"][0][name] for name in COUNTED} == {None}


def _groups(whole: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str, str | None], set[int], int]]:
    """Every row of the table with the numbers of its cells, and how many cells there are."""
    cells = donor._all_cells(whole["cells"], whole["asked_sex"])
    for row in donor.donors_table(whole, for_outside=False).rows:
        members = {
            number
            for number, cell in enumerate(cells)
            if (row.division == "all" or cell[row.division] == row.name)
            and row.sex in (None, cell["sex"] or "not stated")
        }
        yield (row.division, row.name, row.sex), members, len(cells)


def _echelon(rows: Sequence[Sequence[Fraction]]) -> list[list[Fraction]]:
    basis: list[list[Fraction]] = []
    for row in rows:
        rest = _reduced(row, basis)
        lead = next((value for value in rest if value), None)
        if lead:
            basis.append([value / lead for value in rest])
    return basis


def _reduced(row: Sequence[Fraction], basis: Sequence[Sequence[Fraction]]) -> list[Fraction]:
    """What of the row no sum of the basis gives."""
    rest = list(row)
    for one in basis:
        factor = rest[next(number for number, value in enumerate(one) if value)]
        if factor:
            rest = [value - factor * other for value, other in zip(rest, one, strict=True)]
    return rest


def _small(figures: Figures) -> bool:
    return figures.registered < small.LEAST or any(0 < count < small.LEAST for count in vars(figures).values())


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for key, inner in value.items():
                yield from (key, *_texts(inner))
        case list():
            for inner in value:
                yield from _texts(inner)


def test_how_few_came_late_is_not_told_outside() -> None:
    """One below five and on it; that nobody did may be known."""
    told = [versions.version(document([Guest("Sok Dara")], late=late), Reader.DONOR)["late"] for late in (0, 4, 5)]

    assert told == [0, None, 5]
