"""A copy from before an erasure brings nobody back: by the journal they are erased again, before anything leaves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from meetbot.core.model import Status
from meetbot.errors import UserError
from meetbot.flows import backup
from meetbot.flows.attendance import erased_again, exporting
from meetbot.flows.attendance.erased_again import CaughtUp
from meetbot.store import erasures, registration, seal
from meetbot.store.backup.workplace import workplace
from meetbot.store.erased_journal import Line
from tests.flows.stage import Stage, form
from tests.flows.test_erasing import DARA, HLA, erase, everything, receipt
from tests.flows.test_restored import KEY, home, later, make, reopen, resume, told


@pytest.fixture(autouse=True)
async def _closed(stage: Stage) -> AsyncIterator[None]:
    """The store that was opened anew, too."""
    yield
    await stage.app.store.aclose()


@pytest.fixture
async def early(stage: Stage) -> Path:
    """A backup with Dara and Hla in it; Dara was erased since, here and at Zoom."""
    await stage.register(form(DARA), form(HLA, "Hla Min", "Center for Vocational Training"))
    await later(stage, minutes=5)
    file = make(stage)
    await erase(stage, DARA)
    await later(stage, minutes=5)
    return file


async def put_back(stage: Stage, file: Path) -> backup.PutBack:
    """Restored, and not begun on yet."""
    await stage.app.store.aclose()
    with workplace(stage.app.settings.data_dir) as folder:
        real = stage.now.replace(year=stage.now.year + 50)  # the lease of the former life is by this machine's clock
        opened = backup.look_into(file, KEY, home(stage), folder, now=real, progress=lambda _: None)
        done = await backup.put_back(opened, now=stage.now, progress=lambda _: None)
    await reopen(stage)
    return done


async def catch_up(stage: Stage) -> CaughtUp:
    """As `serve` does when it begins."""
    app = stage.app
    return await erased_again.catch_up(app.store, await stage.programme(), app.erased, now=stage.now, by="meetbot")


def to_dara(stage: Stage) -> list[tuple[str, str]]:
    """Also to the address that leads nowhere and stands in place of theirs."""
    return [one for one in told(stage) if one[0].startswith(("dara", "erased"))]


async def names(stage: Stage) -> list[tuple[str, Status]]:
    async with stage.app.store.reading() as tx:
        return [(one.form.name, one.status) for one in await registration.listing(tx, "launch")]


async def test_P33_a_restored_store_holds_nobody_who_was_erased_since(stage: Stage, early: Path) -> None:
    """Neither in a table nor in a file; whoever restores is told who it was, and the others are there."""
    done = await put_back(stage, early)

    assert [(one.address, one.names) for one in done.erased_again] == [(DARA, ["Sok Dara"])]
    assert done.erased_unknown == ""
    assert [one for one in (DARA, "Sok Dara") if one in await everything(stage)] == []
    assert DARA.encode() not in (stage.app.settings.data_dir / "meetbot.db").read_bytes()
    assert await names(stage) == [("(erased)", Status.CANCELLED), ("Hla Min", Status.APPROVED)]


async def test_P33_the_receipt_is_of_the_time_of_then(stage: Stage, early: Path) -> None:
    """Zoom is asked once more as soon as somebody resumes, and does not have them any more."""
    (line,) = stage.app.erased.lines()
    await put_back(stage, early)
    waits = (await receipt(stage))["at_zoom"]
    await resume(stage)
    await later(stage, hours=1)

    async with stage.app.store.reading() as tx:
        (one,) = await erasures.listing(tx)
    assert waits == [{"meeting": "launch", "state": "waits", "reason": ""}]
    assert (one.at, one.who) == (line.at, "restore")
    assert one.said["at_zoom"] == [{"meeting": "launch", "state": "was not there", "reason": ""}]


async def test_P33_P26_nothing_is_sent_to_them_after_the_restore(stage: Stage) -> None:
    """Their letter was on its way in the backup, and the registration of another was being told to Zoom."""
    await stage.register(form(DARA), form(HLA, "Hla Min", "Center for Vocational Training"))
    await later(stage, minutes=5)
    async with stage.app.store.transaction() as tx:
        await tx.execute(text("UPDATE message SET state = 'sending', accepted_at = NULL"))
        await tx.execute(
            text("UPDATE due SET state = 'claimed', owner = 'gone#1/push' WHERE kind IN ('letter', 'push')")
        )
    file = make(stage)
    async with stage.app.store.transaction() as tx:
        await tx.execute(text("UPDATE message SET state = 'accepted'"))
        await tx.execute(text("UPDATE due SET state = 'done' WHERE kind IN ('letter', 'push')"))
    await erase(stage, DARA)
    await later(stage, minutes=5)
    mails = to_dara(stage)

    await put_back(stage, file)
    await resume(stage)
    await later(stage, days=7)

    assert to_dara(stage) == mails
    assert [one.email for one in stage.at_zoom()[0].registrants.values()] == [HLA]


async def test_P33_who_comes_back_after_a_restore_waits_for_a_person(stage: Stage, early: Path) -> None:
    """Also where the backup is older than their registration, and held nobody of that address."""
    await stage.register(form("maly@npic.example", "Maly Sok"))
    await later(stage, minutes=5)
    await erase(stage, "maly@npic.example")
    done = await put_back(stage, early)

    await stage.register(form("maly@npic.example", "Maly Sok"))

    assert [one.address for one in done.erased_again] == [DARA]
    assert (await names(stage))[-1] == ("Maly Sok", Status.PENDING)


async def test_P33_who_came_back_by_their_own_will_before_the_backup_stays(stage: Stage) -> None:
    """The store knows of their erasure, so its line says nothing new; not even after an older copy was put back."""
    await stage.register(form(DARA))
    early = make(stage)
    await erase(stage, DARA)
    await later(stage, minutes=5)
    await put_back(stage, early)
    await resume(stage)
    await stage.register(form(DARA))
    await stage.decide(DARA, "approve")
    late = make(stage)

    done = await put_back(stage, late)

    assert done.erased_again == []
    assert (await names(stage))[-1] == ("Sok Dara", Status.APPROVED)


async def test_P33_without_the_journal_it_is_said_that_they_may_be_back(stage: Stage, early: Path) -> None:
    """An empty machine knows nothing of what came after the backup, and does not pretend."""
    stage.app.erased.path.unlink()

    done = await put_back(stage, early)

    assert (done.erased_again, done.erased_unknown) == ([], f"{stage.app.erased.path} is missing")
    assert (await names(stage))[0] == ("Sok Dara", Status.APPROVED)


async def test_P33_lines_of_another_data_key_are_told(stage: Stage, early: Path) -> None:
    (line,) = stage.app.erased.lines()
    stage.app.erased.path.unlink()
    stage.app.erased.note([Line(line.at, "ffffffff", line.mark)])

    done = await put_back(stage, early)

    said = f"1 line of {stage.app.erased.path} was written with another data.key"
    assert (done.erased_again, done.erased_unknown) == ([], said)


async def test_P33_a_copy_that_was_put_in_place_by_hand_is_caught_up_when_the_service_begins(stage: Stage) -> None:
    """No mail has gone since, so that nothing else tells that it is old."""
    await stage.register(form(DARA))
    await stage.run_due()
    await stage.app.store.aclose()
    database = stage.app.settings.data_dir / "meetbot.db"
    copy = database.read_bytes()
    await reopen(stage)
    await erase(stage, DARA)
    await stage.app.store.aclose()
    database.write_bytes(copy)
    await reopen(stage)

    found, again = await catch_up(stage), await catch_up(stage)

    assert ([one.address for one in found.people], again.people) == ([DARA], [])
    assert DARA not in await everything(stage)


@pytest.mark.every_database
async def test_P17_an_erasure_that_was_killed_before_its_end_is_finished(stage: Stage) -> None:
    """Its line stands in the journal, and the store knows nothing of it: what was begun after one `yes` is done."""
    await stage.register(form(DARA))
    links = stage.app.store.links
    stage.app.erased.note([Line(stage.now, erasures.key_mark(links), erasures.mark(links, DARA))])

    found = await catch_up(stage)

    assert [one.address for one in found.people] == [DARA]
    assert DARA not in await everything(stage)


@pytest.mark.every_database
async def test_P33_a_lost_journal_is_whole_again_when_the_service_begins(stage: Stage) -> None:
    """The store knows everybody who was erased; nobody is erased by that."""
    await stage.register(form(DARA), form(HLA, "Hla Min", "Center for Vocational Training"))
    await erase(stage, DARA)
    lines = stage.app.erased.lines()
    stage.app.erased.path.unlink()

    found = await catch_up(stage)

    assert (found.people, stage.app.erased.lines()) == ([], lines)
    assert (await names(stage))[1] == ("Hla Min", Status.APPROVED)


@pytest.mark.every_database
async def test_P33_the_journal_names_nobody(stage: Stage) -> None:
    """Neither address nor name, and a mark that another deployment would not make."""
    await stage.register(form(DARA))
    await erase(stage, DARA)

    written = stage.app.erased.path.read_text()
    (line,) = stage.app.erased.lines()

    assert [one for one in (DARA, "dara", "Dara") if one in written] == []
    assert line.mark == erasures.mark(stage.app.store.links, DARA)
    assert line.mark != erasures.mark(seal.from_settings("A" * 43 + "=", stage.app.settings.data_dir), DARA)


async def test_P33_what_is_held_of_them_after_a_restore_is_nothing(stage: Stage, early: Path) -> None:
    """They ask what is held, and hear when they were erased."""
    await put_back(stage, early)

    with pytest.raises(UserError, match=rf"^{DARA}: erased on 2021-11-03; nothing is held of them any more"):
        await exporting.export(stage.app.store, await stage.programme(), DARA)
