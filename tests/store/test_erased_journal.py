"""Who was erased is remembered beside the store, in a file that names nobody."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from meetbot.core import times
from meetbot.store.erased_journal import ErasedJournal, Line

NOW = times.at("2021-11-20 10:12", "Asia/Bangkok")


def line(number: int) -> Line:
    return Line(NOW + timedelta(microseconds=number), "0a1b2c3d", f"{number:032x}")


@pytest.fixture
def journal(tmp_path: Path) -> ErasedJournal:
    return ErasedJournal(tmp_path / "erased.journal")


def test_what_is_noted_is_read_back_to_the_microsecond(journal: ErasedJournal) -> None:
    """The file is for its owner alone."""
    journal.note([line(1), line(2)])
    journal.note([line(3)])

    assert journal.lines() == {line(1), line(2), line(3)}
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600


def test_no_journal_is_an_empty_one(journal: ErasedJournal) -> None:
    """Neither reading nor noting nothing makes a file: that it is missing is told."""
    journal.note([])

    assert (journal.lines(), journal.path.exists()) == (frozenset(), False)


@pytest.mark.parametrize("torn", range(len(str(line(2)))))
def test_P17_a_torn_last_line_costs_only_itself(journal: ErasedJournal, torn: int) -> None:
    """Wherever the power went while a line was written, those before and after it are read."""
    journal.path.write_text(f"\n{line(1)}\n" + f"\n{line(2)}\n"[:torn])

    journal.note([line(3)])

    assert journal.lines() == {line(1), line(3)}


@pytest.mark.parametrize("garbage", ["\x00" * 90, "yesterday 0a1b2c3d " + "0" * 32, f"{line(2)} more", "é"])
def test_garbage_is_passed_over(journal: ErasedJournal, garbage: str) -> None:
    """A disk that came back with blocks of zeros, another program's line, and what is no time."""
    journal.note([line(1)])
    with journal.path.open("a") as file:
        file.write(f"{garbage}\n")

    assert journal.lines() == {line(1)}
