"""What passes while a person holds it is told as it was; nothing comes in a burst afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from meetbot.core.times import at
from meetbot.flows import hold
from meetbot.store import audit, due, holds
from meetbot.store.due import Kind, Scope
from tests.flows.stage import PROGRAMME, Stage, form

SPOKEN = PROGRAMME.replace("organisation: npic}", "organisation: npic, address: tang@npic.example}")


async def ended(stage: Stage) -> dict[str, str]:
    """Cues that were missed, and why."""
    async with stage.app.store.reading() as tx:
        return {row.subject: row.reason for row in await due.ended(tx, [Kind.CUE], ["missed"])}


async def resume(stage: Stage, *scopes: Scope) -> hold.Outlook:
    return await hold.resume(stage.app.store, scopes, await stage.programme(), now=stage.now, by="Mina")


async def test_P04_P11_cues_that_pass_while_held_are_missed_and_say_so(stage: Stage) -> None:
    """Held from 13:50 to 14:20: what was due then is missed with that cause, what comes later is given."""
    await stage.apply(SPOKEN)
    stage.leap("2021-11-10 13:30")
    await stage.until("2021-11-10 13:50")
    await hold.put(stage.app.store, [Scope.CUES], now=stage.now, by="Mina", reason="the hall is not open")
    await stage.until("2021-11-10 14:20")
    before = len(stage.mails())

    outlook = await resume(stage, Scope.CUES)
    await stage.run_due()

    cause = "held from Wed 10 Nov 2021 13:50 Bangkok (UTC+7) to 14:20 Bangkok (UTC+7) by Mina"
    assert await ended(stage) == {"launch/welcome:next": cause}
    assert {one.row.subject: one.reason for one in outlook.missed} == await ended(stage)
    assert len(stage.mails()) == before
    await stage.until("2021-11-10 14:29")
    assert len(stage.mails()) == before + 2  # the closing word for one, the next for the other
    assert await ended(stage) == {"launch/welcome:next": cause}


async def test_P04_what_was_missed_before_the_hold_is_not_blamed_on_it(stage: Stage) -> None:
    """The service was down until 14:10 and cues were held only then: the cause is how late it was found."""
    stage.leap("2021-11-10 13:30")
    await stage.until("2021-11-10 13:50")
    stage.leap("2021-11-10 14:10")
    await hold.put(stage.app.store, [Scope.CUES], now=stage.now, by="Mina", reason="a look first")
    stage.leap("2021-11-10 14:12")

    await resume(stage, Scope.CUES)

    assert await ended(stage) == {"launch/welcome:next": "found 17 min late, more than the 2 min within which it helps"}


async def test_P04_who_held_what_and_who_resumed_is_kept(stage: Stage) -> None:
    """One audit row for each scope and each way."""
    begun = stage.now
    await hold.put(stage.app.store, [Scope.MAIL, Scope.ZOOM], now=begun, by="Mina", reason="wrong list")
    stage.sandbox.leap(begun + timedelta(minutes=5))

    await resume(stage, Scope.MAIL)

    async with stage.app.store.reading() as tx:
        held = await holds.all_(tx)
        noted = [(row.who, row.what, row.detail) for row in await audit.listing(tx) if row.who == "Mina"]
    assert held == {Scope.ZOOM: holds.Hold(begun, "Mina", "wrong list")}
    assert noted == [
        ("Mina", "mail.held", "wrong list"),
        ("Mina", "zoom.held", "wrong list"),
        ("Mina", "mail.resumed", f"held since {begun.isoformat()} by Mina"),
    ]


@pytest.mark.every_database
async def test_F61_letters_that_would_leave_are_counted_by_kind(stage: Stage) -> None:
    """How many, of which kind, since when, and how many are of no more use by now."""
    await hold.put(stage.app.store, [Scope.MAIL], now=stage.now, by="Mina", reason="wrong list")
    await stage.register(form("dara@npic.example"), form("stranger@elsewhere.example", "A Stranger", "Elsewhere"))
    await stage.run_due()

    async with stage.app.store.reading() as tx:
        now = await hold.outlook(tx, list(Scope), await stage.programme(), now=stage.now)
        late = at("2021-11-10 16:00", "Asia/Bangkok")
        too_late = await hold.outlook(tx, list(Scope), await stage.programme(), now=late)

    assert [(one.kind, one.count) for one in now.letters] == [("link", 1), ("received", 1)]
    assert (now.of_no_use, list(too_late.letters), too_late.of_no_use) == (0, [], 2)
    assert stage.mails() == []
