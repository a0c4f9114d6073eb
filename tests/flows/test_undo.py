"""Everybody approved by mistake: for a minute nobody is told, and one word takes it back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from meetbot.core import registration as core_registration
from meetbot.errors import UserError
from meetbot.flows import registration as flow
from meetbot.store import due, holds, outbox, registration
from tests.flows.stage import Stage, form

pytestmark = pytest.mark.every_database

ADDRESSES = ("a@else.example", "b@else.example", "c@else.example")


async def approved_together(stage: Stage) -> None:
    """Three strangers wait, and somebody approves them all."""
    names = ("Sok Dara", "Hla Min", "Keo Vong")
    strangers = zip(ADDRESSES, names, strict=True)
    await stage.register(*(form(address, name, "A College Elsewhere") for address, name in strangers))
    await stage.run_due()
    await decide(stage, [1, 2, 3], "approve")


async def decide(stage: Stage, ids: list[int], action: str) -> None:
    plan = await stage.programme()
    await flow.decide(stage.app.store, plan, ids, action, reason="because", now=stage.now, by="mina")


async def statuses(stage: Stage) -> list[str]:
    async with stage.app.store.reading() as tx:
        return [one.status for one in await registration.listing(tx, "launch")]


async def links(stage: Stage) -> list[str]:
    """The states of all link letters."""
    async with stage.app.store.reading() as tx:
        return [one.state for one in await outbox.listing(tx, kinds=["link"])]


async def undo(stage: Stage) -> tuple[dict[str, int], tuple[str, ...]]:
    outcome = await flow.undo(stage.app.store, await stage.programme(), now=stage.now, by="mina")
    return dict(outcome.counts), tuple(outcome.remarks)


async def pass_by(stage: Stage, time: timedelta) -> None:
    stage.sandbox.leap(stage.now + time)
    await stage.run_due()


async def test_F61_several_approved_at_once_are_told_a_minute_later(stage: Stage) -> None:
    """Neither Zoom nor they hear of it before; then all have their link."""
    await approved_together(stage)
    await pass_by(stage, core_registration.UNDO_FOR - timedelta(seconds=1))
    before = (stage.writes()[1:], await links(stage))
    await pass_by(stage, timedelta(seconds=2))

    assert [call for call in before[0] if call[1].endswith("/registrants")] == []
    assert before[1] == []
    assert await links(stage) == ["accepted"] * 3


async def test_F61_within_the_minute_it_is_all_taken_back(stage: Stage) -> None:
    """They are pending again, nothing is told to anybody; approved later one by one, each gets one link."""
    await approved_together(stage)
    answer = await undo(stage)
    await pass_by(stage, timedelta(hours=1))
    after = (await statuses(stage), await links(stage))
    added = [call for call in stage.writes() if call[1].endswith("/registrants")]
    await decide(stage, [2], "approve")
    await stage.run_due()

    assert (answer, after, added) == (({"pending": 3}, ()), (["pending"] * 3, []), [])
    assert await links(stage) == ["accepted"]


async def test_F61_while_mail_is_held_it_is_not_too_late(stage: Stage) -> None:
    """Zoom let them in already and their letters wait: both are taken back, and the letters never leave."""
    await approved_together(stage)
    async with stage.app.store.transaction() as tx:
        await holds.put(tx, [due.Scope.MAIL], now=stage.now, who="mina", reason="a look")
    await pass_by(stage, timedelta(minutes=2))
    answer = await undo(stage)
    async with stage.app.store.transaction() as tx:
        await holds.lift(tx, [due.Scope.MAIL])
    await pass_by(stage, timedelta(minutes=2))

    (meeting,) = stage.at_zoom()
    assert answer == ({"pending": 3}, ())
    assert await links(stage) == ["cancelled"] * 3
    assert {one.status for one in meeting.registrants.values()} == {"denied"}


async def test_F61_who_was_written_to_or_decided_about_since_is_left_alone(stage: Stage) -> None:
    """Each is named with what to do; nothing is said to them."""
    await approved_together(stage)
    await decide(stage, [1], "cancel")
    await pass_by(stage, timedelta(minutes=2))

    counts, remarks = await undo(stage)

    assert counts == {}
    assert remarks == (
        "Sok Dara <a@else.example>: decided about since, now cancelled",
        "Hla Min <b@else.example>: written to already; `meetbot registrants cancel 2`",
        "Keo Vong <c@else.example>: written to already; `meetbot registrants cancel 3`",
    )
    assert await statuses(stage) == ["cancelled", "approved", "approved"]


async def test_F61_one_approval_is_told_at_once_and_is_no_matter_for_undo(stage: Stage) -> None:
    """Only several at once wait; without such an approval there is nothing to take back."""
    await stage.register(form("a@else.example", "Sok Dara", "A College Elsewhere"))
    await decide(stage, [1], "approve")
    await stage.run_due()

    with pytest.raises(UserError, match="Nobody has approved several people at once"):
        await undo(stage)
    assert await links(stage) == ["accepted"]


async def test_L20_whom_a_list_would_approve_is_known_before_anybody_is_taken_in(stage: Stage) -> None:
    """By the same rules with their quotas (two for each organisation); nothing of it stays."""
    forms = [form(f"p{number}@npic.example", f"Sok {number} Dara") for number in range(3)]

    would = await flow.would_approve(stage.app.store, await stage.programme(), forms, now=stage.now)

    assert [one.form.address for one in would] == ["p0@npic.example", "p1@npic.example"]
    assert await statuses(stage) == []
