"""What left is remembered beside the store, through crashes and pruning."""

from __future__ import annotations

import asyncio
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from meetbot.core import times
from meetbot.mail.journal import KEPT_FOR, Journal, Line

NOW = times.at("2021-11-10 14:00", "Asia/Bangkok")


def line(number: int, **later: float) -> Line:
    return Line(NOW + timedelta(**later), f"{number:032x}", f"<{number}@network.example>", number)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "sent.journal")


def all_of(journal: Journal) -> list[Line]:
    return list(journal.since(NOW - 2 * KEPT_FOR))


async def test_what_is_noted_is_read_back_in_its_order(journal: Journal) -> None:
    """From any moment on, the moment itself left out; the file is for its owner alone."""
    await journal.note(line(1), line(2, minutes=1))
    await journal.note(line(3, minutes=2))

    assert all_of(journal) == [line(1), line(2, minutes=1), line(3, minutes=2)]
    assert list(journal.since(NOW + timedelta(minutes=1))) == [line(3, minutes=2)]
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600


def test_no_journal_is_an_empty_one(journal: Journal) -> None:
    """Reading and pruning make no file."""
    journal.prune(now=NOW)

    assert (all_of(journal), journal.path.exists()) == ([], False)


@pytest.mark.parametrize("torn", range(1, len(str(line(2)))))
async def test_P17_a_torn_last_line_costs_only_itself(journal: Journal, torn: int) -> None:
    """Wherever the power went while a line was written, those before and after it are read."""
    journal.path.write_text(str(line(1)) + str(line(2))[:torn])

    await journal.note(line(3))

    assert all_of(journal)[0] == line(1)
    assert all_of(journal)[-1] == line(3)
    assert len(all_of(journal)) <= 2 or all_of(journal)[1].message_id == line(2).message_id


def test_garbage_is_passed_over(journal: Journal) -> None:
    """A block of zeros, as a power cut leaves it, or a foreign line hides nothing else."""
    journal.path.write_bytes(str(line(1)).encode() + bytes(512) + b"\n\xff\xfe hello\n" + str(line(2)).encode())

    assert all_of(journal) == [line(1), line(2)]


async def test_pruning_keeps_four_hundred_days(journal: Journal) -> None:
    """What is older goes, what is younger stays, and the next line is found behind it."""
    await journal.note(line(1, days=-401), line(2, days=-399))

    journal.prune(now=NOW)
    await journal.note(line(3))

    assert all_of(journal) == [line(2, days=-399), line(3)]
    assert [path.name for path in journal.path.parent.iterdir()] == ["sent.journal"]


async def test_nothing_is_lost_between_pruning_and_writing(journal: Journal) -> None:
    """Whoever waits while another process prunes writes into the new file, not into the one that has gone."""
    await journal.note(line(0, days=-401))

    async def prune() -> None:
        await asyncio.to_thread(journal.prune, now=NOW)

    await asyncio.gather(*(work for number in range(1, 40) for work in (journal.note(line(number)), prune())))

    assert sorted(one.revision for one in all_of(journal)) == list(range(1, 40))


async def test_merging_takes_over_what_only_the_other_knows(journal: Journal, tmp_path: Path) -> None:
    """A line in both is there once, and the other stays as it is."""
    other = Journal(tmp_path / "other.journal")
    await journal.note(line(1), line(2))
    await other.note(line(2), line(3))

    journal.merge(other)
    journal.merge(other)

    assert (all_of(journal), all_of(other)) == ([line(1), line(2), line(3)], [line(2), line(3)])
