"""One Zoom meeting for each planned one, whatever happens to the answers; changes reach everybody once."""

from __future__ import annotations

from typing import Any

import pytest

from meetbot import serve
from meetbot.core.meetings import MeetingState
from meetbot.errors import UserError
from meetbot.flows import programme as programme_flow
from meetbot.store import due, meetings, outbox
from tests.flows.stage import PROGRAMME, Stage, form

pytestmark = pytest.mark.every_database

MOVED = PROGRAMME.replace("date: 2021-11-10", "date: 2021-11-11")
CANCELLED = PROGRAMME.replace("    title: Launching Ceremony\n", "    title: Launching Ceremony\n    cancelled: yes\n")


async def test_a_second_apply_makes_no_write_call(stage: Stage) -> None:
    """What stands at Zoom as planned is left alone."""
    before = stage.writes()

    await stage.apply()
    await stage.until("2021-11-03 10:00")

    assert [method for method, _ in before] == ["POST"]
    assert stage.writes() == before


async def test_P06_F11_a_create_whose_answer_was_lost_makes_one_meeting(stage: Stage) -> None:
    """Zoom made the meeting, the connection broke: it is found by its marker and adopted, never made twice."""
    second = PROGRAMME.replace(
        "meetings:\n",
        "meetings:\n  talk: {title: Talk, date: 2021-11-12, start: 10:00, end: 11:00, host: other@network.example}\n",
    )
    stage.sandbox.set_faults(
        "zoom: [{when: {method: POST, path: '/v2/users/*/meetings', nth: [1]}, do: commit_then_drop}]"
    )

    await stage.apply(second)
    await stage.until("2021-11-03 09:30")

    assert sorted(meeting.topic for meeting in stage.at_zoom()) == ["Launching Ceremony", "Talk"]
    async with stage.app.store.reading() as tx:
        known = await meetings.all_(tx)
    assert {key: one.known.state for key, one in known.items()} == {
        "launch": MeetingState.CREATED,
        "talk": MeetingState.CREATED,
    }


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("approval_type", "Zoom holds registration off, not with approval"),
        ("waiting_room", "Zoom holds waiting room off, not on"),
    ],
)
async def test_P09_F14_a_dropped_access_setting_keeps_every_link_back(stage: Stage, setting: str, reason: str) -> None:
    """Zoom silently leaves a guard out: the meeting is blocked, and approved people wait for their link."""
    second = PROGRAMME.replace(
        "meetings:\n",
        "meetings:\n  talk: {title: Talk, date: 2021-11-12, start: 10:00, end: 11:00, host: other@network.example}\n",
    )
    stage.sandbox.set_faults(
        "zoom: [{when: {method: POST, path: '/v2/users/*/meetings'}, do: {drop_setting: SETTING}}]".replace(
            "SETTING", setting
        )
    )
    await stage.apply(second)
    talk = form("dara@npic.example")
    await stage.register(type(talk)(**{**talk.__dict__, "meeting": "talk"}))
    await stage.until("2021-11-03 09:20")

    assert stage.mails() == []
    assert [path for _, path in stage.writes() if path.endswith("/registrants")] == []
    async with stage.app.store.reading() as tx:
        stored = await meetings.get(tx, "talk")
    assert stored is not None
    assert stored.known.state is MeetingState.BLOCKED
    assert stored.reason == reason


async def test_a_move_keeps_the_meeting_and_tells_each_person_once(stage: Stage) -> None:
    """Same Zoom meeting, one mail each that begins with what changed, the calendar entry moved in place."""
    await stage.register(form("dara@npic.example"), form("eve@elsewhere.example", "Eve", "A Newspaper"))
    await stage.run_due()
    (zoom_meeting,) = stage.at_zoom()

    await stage.apply(MOVED)
    await stage.run_due()

    assert [meeting.id for meeting in stage.at_zoom()] == [zoom_meeting.id]
    assert f"{zoom_meeting.start_at:%d %H:%M}" == "11 07:00"
    first, second = stage.mails("dara@npic.example")
    assert first.entry is not None
    assert second.entry is not None
    assert second.entry.uid == first.entry.uid
    assert (first.entry.sequence, second.entry.sequence) == (0, 1)
    assert second.links == first.links
    assert [len(mail.links) for mail in stage.mails("eve@elsewhere.example")] == [0, 0]
    assert "11 Nov" in second.subject + second.text[:600]


async def test_P10_nothing_made_from_the_old_revision_leaves_after_a_move(stage: Stage) -> None:
    """A link letter still queued when the meeting moves is cancelled; the person gets one mail, with the new time."""
    await stage.register(form("dara@npic.example"))
    programme = await stage.programme()
    await serve.PASSES[serve.Kind.PUSH](stage.app, programme, stage.now, f"{stage.life}/push")

    await stage.apply(MOVED)
    async with stage.app.store.reading() as tx:
        at_once = [(one.state, one.reason) for one in await outbox.listing(tx)]
    await stage.run_due()

    assert at_once[0] == ("cancelled", "superseded by a newer revision")
    (mail,) = stage.mails("dara@npic.example")
    assert mail.entry is not None
    assert mail.entry.sequence == 1
    assert "11 Nov 2021" in mail.text
    assert "10 Nov 2021" not in mail.text
    async with stage.app.store.reading() as tx:
        states = [one.state for one in await outbox.listing(tx)]
    assert sorted(states) == ["accepted", "cancelled"]


async def test_P10_the_claim_itself_looks_at_the_revision(stage: Stage) -> None:
    """Whatever forgot to cancel it: a message of an old revision ends at the claim, with the reason."""
    await stage.register(form("dara@npic.example"))
    programme = await stage.programme()
    await serve.PASSES[serve.Kind.PUSH](stage.app, programme, stage.now, f"{stage.life}/push")
    async with stage.app.store.transaction() as tx:
        await meetings.revise(tx, "launch", reason="changed")

    await serve.PASSES[serve.Kind.LETTER](stage.app, programme, stage.now, f"{stage.life}/letter")

    assert stage.mails() == []
    async with stage.app.store.reading() as tx:
        assert [(one.state, one.reason) for one in await outbox.listing(tx)] == [
            ("cancelled", "superseded by a newer revision")
        ]


async def test_moving_twice_before_anybody_was_told_names_the_time_people_know(stage: Stage) -> None:
    """Zoom was away during both moves: the one letter goes from the time people know to the time that holds."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()
    programme = PROGRAMME.replace("date: 2021-11-10", "date: 2021-11-12")
    from meetbot.flows import programme as flow

    await flow.apply(stage.app.store, programme, "network.yaml", now=stage.now, by="test")
    await stage.apply(MOVED)
    await stage.run_due()

    _, moved = stage.mails("dara@npic.example")
    assert "10 Nov 2021" in moved.text
    assert "11 Nov 2021" in moved.text
    assert "12 Nov 2021" not in moved.text


async def test_a_cancellation_withdraws_the_meeting_and_the_calendar_entry(stage: Stage) -> None:
    """Gone at Zoom, METHOD:CANCEL to those with an entry, a plain word to the others, no reminder later."""
    await stage.register(form("dara@npic.example"), form("eve@elsewhere.example", "Eve", "A Newspaper"))
    await stage.run_due()

    await stage.apply(CANCELLED)
    stage.leap("2021-11-10 13:00")
    await stage.until("2021-11-10 16:00")

    assert stage.at_zoom() == []
    last = stage.mails("dara@npic.example")[-1]
    assert last.entry is not None
    assert (last.entry.method, last.entry.sequence) == ("CANCEL", 1)
    assert len(stage.mails("dara@npic.example")) == 2
    assert [mail.entry for mail in stage.mails("eve@elsewhere.example")] == [None, None]
    async with stage.app.store.reading() as tx:
        assert await due.waiting(tx, serve.Kind.CUE) == ()


async def test_F15_a_meeting_deleted_at_zoom_is_not_silently_made_again(stage: Stage) -> None:
    """It is gone, a person must look, and no link leaves meanwhile."""
    await stage.app.zoom.delete_meeting(str(stage.at_zoom()[0].id))
    await stage.until("2021-11-03 09:30")
    await stage.register(form("dara@npic.example"))
    await stage.until("2021-11-03 10:00")

    assert stage.at_zoom() == []
    assert stage.mails() == []
    async with stage.app.store.reading() as tx:
        stored = await meetings.get(tx, "launch")
    assert stored is not None
    assert stored.known.state is MeetingState.GONE


async def test_P09_letters_wait_while_the_door_is_not_guarded_and_leave_when_it_is(stage: Stage) -> None:
    """Somebody switches the waiting room off at Zoom: the queued link is held, not lost, until it is on again."""
    await stage.register(form("dara@npic.example"))
    programme = await stage.programme()
    await serve.PASSES[serve.Kind.PUSH](stage.app, programme, stage.now, f"{stage.life}/push")
    async with stage.app.store.transaction() as tx:
        await meetings.set_state(tx, "launch", MeetingState.BLOCKED, "waiting room off")

    await serve.PASSES[serve.Kind.LETTER](stage.app, programme, stage.now, f"{stage.life}/letter")
    held = list(stage.mails())
    async with stage.app.store.transaction() as tx:
        await due.add(tx, due.Kind.MEETING, "all", stage.now)
    await stage.run_due()

    assert held == []
    assert [len(mail.links) for mail in stage.mails("dara@npic.example")] == [1]


async def test_a_cancelled_meeting_that_takes_place_after_all_stands_at_zoom_again(stage: Stage) -> None:
    """Another Zoom meeting, another link, and a calendar entry above the one that withdrew the first."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()
    await stage.apply(CANCELLED)
    await stage.run_due()

    await stage.apply(PROGRAMME)
    await stage.run_due()

    first, withdrawn, again = stage.mails("dara@npic.example")
    assert [len(mail.links) for mail in (first, withdrawn, again)] == [1, 0, 1]
    assert again.links.isdisjoint(first.links)
    sequences = [mail.entry.sequence for mail in (first, withdrawn, again) if mail.entry]
    assert sequences == [0, 1, 2]
    assert len(stage.at_zoom()) == 1


async def test_P10_a_denial_is_told_although_the_meeting_moves_first(stage: Stage) -> None:
    """What it says stays true: the link is withdrawn, whatever the times."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()
    await stage.decide("dara@npic.example", "cancel", "by mistake")

    await stage.apply(MOVED)
    await stage.run_due()

    methods = [mail.entry.method for mail in stage.mails("dara@npic.example") if mail.entry]
    assert methods == ["REQUEST", "CANCEL"]


async def test_P10_moved_again_before_the_first_move_was_told(stage: Stage) -> None:
    """The letter of the first move never left: the second one goes from the time that people know."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()
    await stage.apply(PROGRAMME.replace("date: 2021-11-10", "date: 2021-11-12"))
    await stage.apply(MOVED)
    await stage.run_due()

    _, moved = stage.mails("dara@npic.example")
    assert "10 Nov 2021" in moved.text
    assert "11 Nov 2021" in moved.text
    assert "12 Nov 2021" not in moved.text


async def test_a_title_put_right_after_the_end_leaves_the_report_alone(stage: Stage) -> None:
    """Attendance is still collected."""
    stage.leap("2021-11-10 15:03")

    await stage.apply(PROGRAMME.replace("title: Launching Ceremony", "title: Launch"))

    async with stage.app.store.reading() as tx:
        assert [row.subject for row in await due.waiting(tx, serve.Kind.REPORT)] == ["launch"]


async def test_P04_nobody_is_let_into_a_meeting_that_has_just_been_cancelled(stage: Stage) -> None:
    """A stopped process was at it: the next one asks for no link, and leaves no letter that waits for ever."""
    await stage.run_due()
    await stage.register(form("dara@npic.example"))
    async with stage.app.store.transaction() as tx:
        await due.claim(tx, [due.Kind.PUSH], now=stage.now, owner=f"{stage.life}/push")
    await programme_flow.apply(stage.app.store, CANCELLED, "network.yaml", now=stage.now, by="test")
    stage.leap("2021-11-03 09:10")
    await stage.restart()

    await serve.PASSES[serve.Kind.PUSH](stage.app, await stage.programme(), stage.now, f"{stage.life}/push")
    await stage.run_due()

    assert [path for method, path in stage.writes() if path.endswith("/registrants")] == []
    async with stage.app.store.reading() as tx:
        assert await outbox.listing(tx, states=["queued"]) == ()


async def test_P07_who_waits_while_a_meeting_is_called_off_and_on_again_is_let_in(stage: Stage) -> None:
    """The deletion of a cancelled meeting is written down only after it has been reinstated."""
    await stage.run_due()
    await stage.register(form("dara@npic.example"))
    await stage.apply(CANCELLED)
    await stage.apply(PROGRAMME)
    async with stage.app.store.transaction() as tx:
        await meetings.set_state(tx, "launch", MeetingState.CANCELLED, "no longer planned")

    await serve.PASSES[serve.Kind.PUSH](stage.app, await stage.programme(), stage.now, f"{stage.life}/push")
    await stage.until("2021-11-03 09:05")

    assert [len(mail.links) for mail in stage.mails("dara@npic.example")] == [1]


async def test_P07_a_meeting_deleted_while_it_is_reinstated_is_made_anew_for_everybody(stage: Stage) -> None:
    """The pass that deletes it began before: whoever was let in before gets the link of the new one."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()
    (old,) = stage.at_zoom()
    await programme_flow.apply(stage.app.store, CANCELLED, "network.yaml", now=stage.now, by="test")
    cancelled = await stage.programme()

    async def reinstate(zoom_id: str, *kind: Any) -> None:
        await programme_flow.apply(stage.app.store, PROGRAMME, "network.yaml", now=stage.now, by="test")
        await delete(zoom_id, *kind)

    delete = stage.app.zoom.delete_meeting
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage.app.zoom, "delete_meeting", reinstate)
        await serve.PASSES[serve.Kind.MEETING](stage.app, cancelled, stage.now, f"{stage.life}/meeting")
    await stage.until("2021-11-03 09:15")

    (new,) = stage.at_zoom()
    assert old.deleted and [one.email for one in new.registrants.values()] == ["dara@npic.example"]
    first, last = (mail for mail in stage.mails("dara@npic.example") if mail.links)
    assert first.links.isdisjoint(last.links)


async def test_F38_what_was_called_off_is_not_called_on_again_once_its_start_has_passed(stage: Stage) -> None:
    """Zoom would start it at once, so nobody could make it: the file is refused, and says what would do."""
    await stage.apply(CANCELLED)
    await stage.run_due()
    stage.leap("2021-11-10 14:05")

    with pytest.raises(UserError) as refused:
        await stage.apply()
    await stage.apply(PROGRAMME.replace("date: 2021-11-10", "date: 2021-11-11"))

    why = "its start has passed already; keep `cancelled: yes`, or give it a later start"
    assert list(refused.value.problems) == [f"network.yaml: launch: {why}"]
    assert len(stage.at_zoom()) == 1
