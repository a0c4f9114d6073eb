"""What is about persons goes by itself when its time has come; figures stay."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from meetbot.errors import UserError
from meetbot.flows import attendance as flow
from meetbot.store import outbox, tables
from tests.flows.stage import PROGRAMME, Stage
from tests.flows.test_erasing import DARA, HLA, documents, everything, figures, held_meeting


async def night(stage: Stage, day: str) -> None:
    """What is done by three in the morning of that day; nothing ran in between."""
    stage.leap(f"{day} 01:00")
    await stage.until(f"{day} 03:00")


async def count(stage: Stage, table: str) -> int:
    async with stage.app.store.reading() as tx:
        return await tx.scalar(select(func.count()).select_from(tables.metadata.tables[table])) or 0


async def at_night(stage: Stage, day: str) -> None:
    """The service was down until that night, and works through it."""
    stage.leap(f"{day} 01:55")
    await stage.until(f"{day} 02:05")


async def test_P33_readings_go_ninety_days_after_the_meeting_and_the_report_stays(stage: Stage) -> None:
    """A night before they are there still. Afterwards no report is made of nothing."""
    await held_meeting(stage)
    made = await documents(stage)

    await at_night(stage, "2022-02-08")
    before = await count(stage, "reading")
    await at_night(stage, "2022-02-10")

    async with stage.app.store.transaction() as tx:
        with pytest.raises(UserError):
            await flow.renew(
                tx, await stage.programme(), await stage.launch(), links=stage.app.store.links, now=stage.now
            )
    assert (before > 0, await count(stage, "reading"), await count(stage, "fact")) == (True, 0, 0)
    assert await documents(stage) == made


async def test_P33_after_twelve_months_nobody_is_named_any_more_and_every_figure_stays(stage: Stage) -> None:
    """Registrations, letters, reports: of a year ago they name nobody, and no letter goes out again."""
    await held_meeting(stage)
    made, mails = await documents(stage), len(stage.mails())

    await at_night(stage, "2022-11-09")
    before = await everything(stage)
    await at_night(stage, "2022-11-12")

    after = await everything(stage)
    told = (DARA, HLA, "Sok Dara", "Hla Min")
    assert [text in before for text in told] == [True] * 4
    assert [text for text in told if text in after] == []
    assert [figures(one) for one in await documents(stage)] == [figures(one) for one in made]
    async with stage.app.store.reading() as tx:
        assert {one.state for one in await outbox.listing(tx)} == {"accepted"}
    assert len(stage.mails()) == mails


async def test_P33_the_programme_says_how_long(stage: Stage) -> None:
    """An office whose rule is a week has it."""
    await stage.apply(PROGRAMME + "retention: {attendance_days: 7, registrations_months: 1}\n")
    await held_meeting(stage)

    await at_night(stage, "2021-11-19")

    assert await count(stage, "reading") == 0
