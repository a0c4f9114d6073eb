"""What somebody changes on Zoom's own pages is seen, and what becomes of it is the organiser's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from meetbot.core import times
from meetbot.core.meetings import MeetingState
from meetbot.errors import UserError
from meetbot.flows import programme
from meetbot.store import meetings
from tests.flows.stage import PROGRAMME, Stage, form

MOVED = PROGRAMME.replace("start: 14:00\n    end: 15:00", "start: 14:30\n    end: 15:30")


def at_zoom(stage: Stage) -> Any:
    (meeting,) = stage.at_zoom()
    return meeting


async def state(stage: Stage) -> MeetingState:
    async with stage.app.store.reading() as tx:
        stored = await meetings.get(tx, "launch")
    assert stored is not None
    return stored.known.state


async def somebody_moves_it(stage: Stage, minutes: int = 30) -> None:
    """An office's own account manager drags the meeting to another time in Zoom's calendar."""
    at_zoom(stage).start_at += timedelta(minutes=minutes)
    await stage.until("2021-11-03 09:15")


async def test_F16_a_time_changed_at_zoom_holds_every_letter_until_somebody_chooses(stage: Stage) -> None:
    """Seen at the next pass; nothing is put back, nobody is written to, neither link nor receipt."""
    before = stage.writes()

    await somebody_moves_it(stage)
    await stage.register(form("dara@npic.example"), form("eve@elsewhere.example", "Eve", "Nobody knows"))
    await stage.until("2021-11-03 11:00")

    assert await state(stage) is MeetingState.DRIFTED
    assert stage.mails() == []
    assert [call for call in stage.writes() if call not in before] == []


async def test_F16_adopted_the_new_time_is_the_programmes_and_everybody_hears_once(stage: Stage) -> None:
    """One mail with both times, the calendar moved in place; cues and reminders follow; Zoom is not written to."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()
    before = stage.writes()
    await somebody_moves_it(stage)

    done = await programme.adopt(stage.app.store, "launch", now=stage.now, by="test")
    await stage.until("2021-11-03 09:30")

    assert done == "start Wed 10 Nov 2021 14:00 Bangkok (UTC+7) → Wed 10 Nov 2021 14:30 Bangkok (UTC+7)"
    meeting = await stage.launch()
    assert meeting.interval.start == times.at("2021-11-10 14:30", "Asia/Bangkok")
    assert [one.interval.start.minute for one in meeting.rundown] == [30, 0]
    link, moved = stage.mails("dara@npic.example")
    assert (moved.entry.uid, moved.entry.sequence) == (link.entry.uid, 1)
    assert moved.links == link.links
    assert stage.writes() == before
    assert await state(stage) is MeetingState.CREATED


async def test_F16_overwritten_zoom_holds_the_plan_again_and_nobody_is_written_to(stage: Stage) -> None:
    """The people knew the planned time all along."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()
    await somebody_moves_it(stage)

    await programme.overwrite(stage.app.store, "launch", now=stage.now, by="test")
    await stage.until("2021-11-03 09:30")

    assert at_zoom(stage).start_at == (await stage.launch()).interval.start
    assert len(stage.mails("dara@npic.example")) == 1
    assert await state(stage) is MeetingState.CREATED


async def test_F16_the_same_choice_twice_is_refused(stage: Stage) -> None:
    """There is nothing left to choose about."""
    await somebody_moves_it(stage)
    await programme.adopt(stage.app.store, "launch", now=stage.now, by="test")

    with pytest.raises(UserError) as refused:
        await programme.adopt(stage.app.store, "launch", now=stage.now, by="test")

    assert refused.value.problems == ("launch: nobody has changed it at Zoom; see meetbot drift",)


async def test_F16_a_dry_run_changes_nothing(stage: Stage) -> None:
    """What would be done, and the meeting still waits for a choice."""
    await somebody_moves_it(stage)

    adopted = await programme.adopt(stage.app.store, "launch", now=stage.now, by="test", dry_run=True)
    put_back = await programme.overwrite(stage.app.store, "launch", now=stage.now, by="test", dry_run=True)

    assert adopted.startswith("start Wed 10 Nov 2021 14:00")
    assert put_back == "start put back at Zoom as planned"
    assert await state(stage) is MeetingState.DRIFTED


async def test_F16_a_file_that_contradicts_what_was_adopted_is_refused(stage: Stage) -> None:
    """Adopted 14:30; a file with 16:00 is a conflict, one with 14:30 is not."""
    await somebody_moves_it(stage)
    await programme.adopt(stage.app.store, "launch", now=stage.now, by="test")

    with pytest.raises(UserError, match="was changed at Zoom to Wed 10 Nov 2021 14:30"):
        await stage.apply(PROGRAMME.replace("start: 14:00\n    end: 15:00", "start: 16:00\n    end: 17:00"))
    await stage.apply(PROGRAMME.replace("title: Launching Ceremony", "title: Launch"))

    assert (await stage.launch()).interval.start == times.at("2021-11-10 14:30", "Asia/Bangkok")
    assert (await stage.launch()).title == "Launch"


async def test_F16_a_changed_passcode_sends_the_links_that_zoom_then_has(stage: Stage) -> None:
    """A join link carries the passcode: after the adoption everybody gets the one that works."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()
    at_zoom(stage).password = "another1"
    await stage.until("2021-11-03 10:15")
    held = await state(stage)

    await programme.adopt(stage.app.store, "launch", now=stage.now, by="test")
    await stage.until("2021-11-03 10:30")

    link, again = stage.mails("dara@npic.example")
    assert held is MeetingState.DRIFTED
    assert len(again.links) == 1
    assert again.links.isdisjoint(link.links)


async def test_F16_a_title_changed_at_zoom_holds_nothing(stage: Stage) -> None:
    """Pointed out, and links leave."""
    at_zoom(stage).topic = "Our launch"
    await stage.until("2021-11-03 09:15")

    await stage.register(form("dara@npic.example"))
    await stage.until("2021-11-03 09:30")

    assert await state(stage) is MeetingState.CREATED
    assert len(stage.mails("dara@npic.example")) == 1
    assert at_zoom(stage).topic == "Our launch"


async def test_F15_a_deleted_meeting_made_anew_brings_everybody_a_new_link(stage: Stage) -> None:
    """One choice, and everybody affected gets one mail with a link that works."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()
    await stage.app.zoom.delete_meeting(str(at_zoom(stage).id))
    await stage.until("2021-11-03 09:15")

    await programme.overwrite(stage.app.store, "launch", now=stage.now, by="test")
    await stage.until("2021-11-03 09:30")

    link, again = stage.mails("dara@npic.example")
    assert len(stage.at_zoom()) == 1
    assert (len(again.links), again.links & link.links) == (1, set())
    assert (again.entry.uid, again.entry.sequence) == (link.entry.uid, 1)


async def test_F15_a_deletion_adopted_cancels_the_meeting_and_tells_everybody(stage: Stage) -> None:
    """The organiser agrees: it does not take place."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()
    await stage.app.zoom.delete_meeting(str(at_zoom(stage).id))
    await stage.until("2021-11-03 09:15")

    await programme.adopt(stage.app.store, "launch", now=stage.now, by="test")
    await stage.until("2021-11-03 09:30")

    _, cancelled = stage.mails("dara@npic.example")
    assert cancelled.entry.method == "CANCEL"
    assert stage.at_zoom() == []
    assert await state(stage) is MeetingState.CANCELLED


async def test_P06_a_meeting_that_meetbot_did_not_make_is_never_touched(stage: Stage) -> None:
    """Another meeting of the same host, also one that somebody moves, renames and deletes."""
    before = stage.writes()
    foreign = await stage.app.zoom.meeting(str(at_zoom(stage).id))

    await stage.until("2021-11-03 10:00")

    assert foreign.ref is not None
    assert stage.writes() == before
