"""Cues reach the people concerned once and in time, move with the day, and are never fired in a burst."""

from __future__ import annotations

from datetime import timedelta

import pytest

from meetbot.core import rundown as core
from meetbot.core import times
from meetbot.flows import rundown
from meetbot.store import due
from tests.flows.stage import PROGRAMME, Stage, form

pytestmark = pytest.mark.every_database


async def command(stage: Stage, name: str, do: rundown.Command) -> None:
    programme, launch = await stage.programme(), await stage.launch()
    await rundown.command(stage.app.store, programme, launch, do, name=name, now=stage.now, by="test")


async def cue_states(stage: Stage) -> dict[str, str]:
    async with stage.app.store.reading() as tx:
        rows = await due.ended(tx, [due.Kind.CUE], ["done", "missed", "failed"])
    return {row.subject.removeprefix("launch/"): row.state for row in rows}


def cue_mails(stage: Stage, to: str) -> list[str]:
    return [mail.text for mail in stage.mails(to) if not mail.links and mail.entry is None]


async def with_speakers(stage: Stage) -> None:
    """Both speakers are registered and have had their brief; it is an hour before the ceremony."""
    await stage.register(
        form("tang@npic.example", "H.E. TANG Tao", person="tang"),
        form("liu@cvt.example", "Mr Yutong Liu", "Center for Vocational Training", person="liu", zone="Asia/Yangon"),
    )
    await stage.run_due()
    stage.leap("2021-11-09 13:55")
    await stage.until("2021-11-09 14:01")
    stage.leap("2021-11-10 13:00")


async def host_starts(stage: Stage) -> None:
    await stage.until("2021-11-10 13:40")
    stage.sandbox.people(
        [{"meeting": stage.at_zoom()[0].id, "action": "start", "person": "host", "email": "host@network.example"}]
    )


async def test_every_cue_fires_once_at_its_time_in_the_readers_zone(stage: Stage) -> None:
    """Brief, next and two minutes left for each speaker; recording started and stopped at Zoom."""
    await with_speakers(stage)
    await host_starts(stage)
    await stage.until("2021-11-10 15:01")

    assert await cue_states(stage) == {
        "welcome:brief": "done",
        "welcome:next": "done",
        "welcome:closing": "done",
        "welcome:recording_start": "done",
        "closing:brief": "done",
        "closing:next": "done",
        "closing:closing": "done",
        "closing:recording_stop": "done",
    }
    assert len(cue_mails(stage, "tang@npic.example")) == 3
    assert len(cue_mails(stage, "liu@cvt.example")) == 3
    assert "14:00 Yangon (UTC+6:30)" in cue_mails(stage, "liu@cvt.example")[1]
    events = [path for method, path in stage.writes() if method == "PATCH" and path.startswith("/live_meetings")]
    assert len(events) == 2


async def test_a_speaker_without_an_address_is_told_by_the_organiser(stage: Stage) -> None:
    """Nobody on stage goes without a cue: the organiser gets it, with the name of whom to tell."""
    stage.leap("2021-11-09 13:55")
    await stage.until("2021-11-09 14:01")
    stage.leap("2021-11-10 13:00")
    await stage.until("2021-11-10 13:56")

    told = [mail.text for mail in stage.mails("launch@network.example")]
    assert len(told) == 3
    assert all("H.E. TANG Tao" in text or "Mr Yutong Liu" in text for text in told)


async def test_P11_F40_cues_found_too_late_are_missed_with_their_cause(stage: Stage) -> None:
    """The daemon was down over the whole day: nothing is sent in a burst, each cue is on record with why."""
    await with_speakers(stage)
    await stage.until("2021-11-10 13:50")
    before = len(stage.mails())

    stage.leap("2021-11-10 18:00")
    await stage.restart()
    await stage.run_due()

    assert len(stage.mails()) == before
    async with stage.app.store.reading() as tx:
        rows = await due.ended(tx, [due.Kind.CUE], ["missed"])
    letters = [row for row in rows if "recording" not in row.subject]
    assert len(letters) == 4
    assert all("late" in row.reason for row in letters)


async def test_P11_F40_a_cue_within_its_grace_fires_once(stage: Stage) -> None:
    """Found a minute and a half late: it still helps, so it goes, with the lateness on record."""
    await with_speakers(stage)
    await stage.until("2021-11-10 13:54")
    before = len(cue_mails(stage, "tang@npic.example"))

    stage.sandbox.leap(times.at("2021-11-10 13:55", "Asia/Bangkok") + timedelta(seconds=90))
    await stage.restart()
    await stage.run_due()
    await stage.run_due()

    assert len(cue_mails(stage, "tang@npic.example")) == before + 1


async def test_F43_a_fired_cue_stays_fired_after_a_restart(stage: Stage) -> None:
    """A new life of the daemon looks at the same row and finds it done."""
    await with_speakers(stage)
    await stage.until("2021-11-10 13:56")
    before = len(stage.mails())

    await stage.restart()
    await stage.apply()
    await stage.run_due()

    assert len(stage.mails()) == before


async def test_a_slip_moves_every_later_cue_and_nothing_before(stage: Stage) -> None:
    """Twelve minutes behind: "you are next" for the closing comes at 14:37, with the expected time in it."""
    await with_speakers(stage)
    await host_starts(stage)
    await stage.until("2021-11-10 14:00")
    await command(stage, "start", core.start)

    await command(stage, "slip", lambda state, now: core.slip(state, 12, now))
    await stage.until("2021-11-10 14:36")
    before = len(cue_mails(stage, "liu@cvt.example"))
    await stage.until("2021-11-10 14:38")

    (told,) = cue_mails(stage, "liu@cvt.example")[before:]
    assert before == 1
    assert "14:42 Bangkok (UTC+7)" in told
    assert "14:12 Yangon (UTC+6:30)" in told


async def test_F41_no_cue_fires_while_the_rundown_is_held(stage: Stage) -> None:
    """Held at 14:20 for thirty minutes: the cue that was due meanwhile comes thirty minutes later."""
    await with_speakers(stage)
    await host_starts(stage)
    await stage.until("2021-11-10 14:00")
    await command(stage, "start", core.start)
    await stage.until("2021-11-10 14:20")
    await command(stage, "hold", core.hold)
    before = len(cue_mails(stage, "tang@npic.example"))
    await stage.until("2021-11-10 14:50")
    during = len(cue_mails(stage, "tang@npic.example"))

    await command(stage, "start", core.start)
    await stage.until("2021-11-10 15:05")

    assert (during, len(cue_mails(stage, "tang@npic.example"))) == (before, before + 1)


async def test_an_apply_on_the_day_keeps_the_slip(stage: Stage) -> None:
    """A new title for the programme moves no cue back to the plan."""
    await with_speakers(stage)
    await host_starts(stage)
    await stage.until("2021-11-10 14:00")
    await command(stage, "start", core.start)
    await command(stage, "slip", lambda state, now: core.slip(state, 12, now))
    async with stage.app.store.reading() as tx:
        before = [(row.subject, row.due_at) for row in await due.waiting(tx, due.Kind.CUE)]

    await stage.apply(PROGRAMME.replace("title: Skills Network", "title: The Skills Network"))

    async with stage.app.store.reading() as tx:
        assert [(row.subject, row.due_at) for row in await due.waiting(tx, due.Kind.CUE)] == before


async def test_P11_a_rundown_that_stays_held_puts_its_cues_on_record(stage: Stage) -> None:
    """Nobody lets it go on: half a day later what was never told is missed, with the cause, and waits no longer."""
    await with_speakers(stage)
    await host_starts(stage)
    await stage.until("2021-11-10 14:00")
    await command(stage, "start", core.start)
    await command(stage, "hold", core.hold)
    before = len(stage.mails("tang@npic.example"))
    await stage.until("2021-11-11 02:00")
    async with stage.app.store.reading() as tx:
        kept = len(await due.waiting(tx, due.Kind.CUE))

    await stage.until("2021-11-11 09:00")

    async with stage.app.store.reading() as tx:
        missed = {row.reason for row in await due.ended(tx, [due.Kind.CUE], ["missed"])}
        assert await due.waiting(tx, due.Kind.CUE) == ()
    assert kept > 0
    assert missed == {"the rundown was held, and nobody let it go on that day"}
    assert len(stage.mails("tang@npic.example")) == before
