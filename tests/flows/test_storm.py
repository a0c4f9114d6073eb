"""A machine that writes too much is stopped before its letters leave; a person's busy day is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from meetbot.core import letters
from meetbot.flows import hold, storm
from meetbot.store import audit, holds, outbox, registration
from meetbot.store.due import Scope
from tests.flows.stage import PROGRAMME, Stage, form

LATER = PROGRAMME.replace("start: 14:00\n    end: 15:00", "start: 14:30\n    end: 15:30")
MANY = PROGRAMME.replace("quota: 2", "quota: 500")


def moved_to(minute: int) -> str:
    """The programme with its meeting begun so many minutes after two."""
    return PROGRAMME.replace("start: 14:00\n    end: 15:00", f"start: 14:{minute:02}\n    end: 15:30")


async def held(stage: Stage) -> str | None:
    """Why mail is held; None: it is not."""
    async with stage.app.store.transaction() as tx:
        await storm.Watch().stopped(tx, await stage.programme(), now=stage.now)
        found = (await holds.all_(tx)).get(Scope.MAIL)
    return found.reason if found else None


async def go_on(stage: Stage, minutes: int) -> None:
    stage.sandbox.leap(stage.now + timedelta(minutes=minutes))
    await stage.run_due()


async def crowd(stage: Stage, people: int) -> None:
    await stage.apply(MANY)
    await stage.register(*(form(f"p{number}@npic.example", f"Person {number}") for number in range(people)))
    await stage.run_due()


async def test_P41_an_import_and_two_moves_in_a_row_go_out(stage: Stage) -> None:
    """Sixty people are taken in, and the meeting is moved twice within a quarter of an hour."""
    await crowd(stage, 60)
    for minute in (10, 20):
        await go_on(stage, 5)
        await stage.apply(moved_to(minute).replace("quota: 2", "quota: 500"))
        await stage.run_due()

    assert await held(stage) is None
    assert len(stage.mails()) == 60 * 3


async def test_P41_a_third_move_of_many_people_within_the_hour_waits_for_a_person(stage: Stage) -> None:
    """Numbers in words, who stopped it, and an audit row; nobody gets the third mail."""
    await crowd(stage, 60)
    for minute in (10, 20, 25):
        await go_on(stage, 15)
        await stage.apply(moved_to(minute).replace("quota: 2", "quota: 500"))
        await stage.run_due()

    reason = "180 letters (moved) about launch in an hour, 120 were planned"
    async with stage.app.store.reading() as tx:
        found = {scope: (one.who, one.reason) for scope, one in (await holds.all_(tx)).items()}
        noted = [(row.who, row.subject, row.detail) for row in await audit.listing(tx) if row.what == "mail.held"]
    assert found == {Scope.MAIL: ("meetbot", reason)}
    assert noted == [("meetbot", "mail", reason)]
    assert len(stage.mails()) == 60 * 3


async def test_P41_two_programmes_applied_in_turn_stop_at_the_third_time(stage: Stage) -> None:
    """Somebody's script applies one file, another one's the other: the same news to one person, to and fro."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()
    for text in (LATER, PROGRAMME) * 3:
        await go_on(stage, 1)
        await stage.apply(text)
        await stage.run_due()

    assert await held(stage) == ("the same letter (moved) about launch three times within 10 min to dara@npic.example")
    assert len(stage.mails("dara@npic.example")) == 1 + 4


async def test_P41_a_registrant_who_is_approved_and_cancelled_by_turns_stops_it(stage: Stage) -> None:
    """Two rules that disagree: twice is what a person may do by hand, the third time nobody hears of it."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()
    for action in ("cancel", "approve") * 3:
        await go_on(stage, 1)
        await stage.decide("dara@npic.example", action)
        await stage.run_due()

    assert "three times within 10 min to dara@npic.example" in (await held(stage) or "")
    assert len(stage.mails("dara@npic.example")) <= 5


@pytest.mark.every_database
async def test_P41_a_letter_whose_key_was_given_free_is_not_said_again(stage: Stage) -> None:
    """Its dedupe key is free and it is put anew, under the same revision: the very same letter again."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()
    async with stage.app.store.transaction() as tx:
        (dara,) = await registration.listing(tx, "launch")
        await outbox.allow_again(tx, dara.id)
        again = letters.link(await stage.programme(), await stage.launch(), dara, revision=1, sequence=0)
        await outbox.put(tx, [again], now=stage.now + timedelta(minutes=9), domain="network.example")
    stage.sandbox.leap(stage.now + timedelta(minutes=9))

    assert await held(stage) == "the same letter (link) about launch twice within 10 min to dara@npic.example"


async def test_P41_ten_minutes_later_it_is_no_echo(stage: Stage) -> None:
    """As above, and the first one is of eleven minutes ago."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()
    await go_on(stage, 11)
    async with stage.app.store.transaction() as tx:
        (dara,) = await registration.listing(tx, "launch")
        await outbox.allow_again(tx, dara.id)
        again = letters.link(await stage.programme(), await stage.launch(), dara, revision=1, sequence=0)
        await outbox.put(tx, [again], now=stage.now, domain="network.example")

    assert await held(stage) is None


async def test_P41_what_a_person_has_seen_and_let_go_is_not_counted_again(stage: Stage) -> None:
    """After `resume` the letters that waited leave; only new ones can stop it anew."""
    await crowd(stage, 60)
    for minute in (10, 20, 25):
        await go_on(stage, 15)
        await stage.apply(moved_to(minute).replace("quota: 2", "quota: 500"))
        await stage.run_due()
    before = len(stage.mails())

    await hold.resume(stage.app.store, [Scope.MAIL], await stage.programme(), now=stage.now, by="Mina")
    await stage.run_due()

    assert (before, len(stage.mails()), await held(stage)) == (60 * 3, 60 * 4, None)


async def test_P41_a_backlog_is_no_storm(stage: Stage) -> None:
    """What was decided over six hours while the mail server was away leaves in one: no more was said than planned."""
    await stage.apply(MANY)
    async with stage.app.store.transaction() as tx:
        await holds.put(tx, [Scope.MAIL], now=stage.now, who="test", reason="the server is away")
    for hour in range(6):
        await stage.register(*(form(f"p{hour}x{n}@npic.example", f"Person {hour} {n}") for n in range(20)))
        await go_on(stage, 60)
    async with stage.app.store.transaction() as tx:
        await holds.lift(tx, [Scope.MAIL])
    await stage.run_due()

    assert (len(stage.mails()), await held(stage)) == (120, None)
