"""Zoom's events are acted on once, and nothing rests on them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from meetbot.core import live
from meetbot.core.remote import FactKind
from meetbot.store import due, facts, registration
from meetbot.store.due import Kind
from tests.flows.stage import Stage
from tests.flows.telling import act, bring, day, due_at, meeting_of, picture, rows, run_of, tell, told_of
from tests.flows.test_attendance import acts
from tests.zoom import events

pytestmark = pytest.mark.every_database


async def test_the_picture_of_the_day_comes_from_events(stage: Stage) -> None:
    """Who is inside and since when it runs; what was said is erased once it is known."""
    stage.leap("2021-11-10 14:05")
    here = events.participant(join_time=events.zulu(day("14:01")))

    counts = await tell(
        stage,
        events.event("meeting.started", run_of(stage)),
        events.event("meeting.participant_joined", run_of(stage, participant=here)),
    )

    seen = (await picture(stage)).instance
    assert counts == {"taken": 2}
    assert seen is not None
    assert (seen.started_at, len(seen.inside), seen.last_at) == (day("13:40"), 1, day("14:01"))
    assert await rows(stage) == [("taken", "", None)] * 2


async def test_F30_the_same_fact_in_other_words_is_one_fact(stage: Stage) -> None:
    """Zoom tells some things twice, with another time of sending and from another address: other bytes."""
    stage.leap("2021-11-10 14:05")
    here = events.participant(join_time=events.zulu(day("14:01")))
    once = events.event("meeting.participant_joined", run_of(stage, participant=here))
    again = {**once, "event_ts": once["event_ts"] + 250}
    elsewhere = events.event("meeting.participant_joined", run_of(stage, participant={**here, "public_ip": "::1"}))

    counts = await tell(stage, once, again, elsewhere)

    async with stage.app.store.reading() as tx:
        known = await facts.of(tx, str(stage.at_zoom()[0].id))
    assert (counts, [one.kind for one in known]) == ({"taken": 3}, [FactKind.JOINED])


async def test_W20_W23_F31_what_is_not_ours_or_not_known_is_ignored_with_its_reason(stage: Stage) -> None:
    """Another's meeting, one that is gone, a new kind of event: nothing is kept of them but that they came."""
    stage.leap("2021-11-10 14:05")

    counts = await tell(
        stage,
        events.event("meeting.started", events.run(id="99999999999")),
        events.event("meeting.foo_bar", run_of(stage)),
        events.event("meeting.started", run_of(stage, uuid="")),
    )

    assert counts == {"ignored: not a meeting of ours": 1, "ignored: unknown event": 1, "ignored: no run": 1}
    assert await rows(stage) == [
        ("ignored", "not a meeting of ours", None),
        ("ignored", "unknown event", None),
        ("ignored", "no run", None),
    ]
    assert await told_of(stage) == {}


async def test_W18_an_event_of_another_account_is_ignored_with_an_alarm(stage: Stage) -> None:
    """Whoever has our secret has it for our account; the others of its batch are taken."""
    stage.leap("2021-11-10 14:05")
    foreign = events.event("meeting.started", run_of(stage), account="another")

    with capture_logs() as lines:
        counts = await tell(stage, foreign, events.event("meeting.ended", run_of(stage)))

    assert counts == {"ignored: another account": 1, "taken": 1}
    assert [one["log_level"] for one in lines if one["event"] == "inbox.foreign_account"] == ["warning"]
    assert [one.ended_at is None for one in (await told_of(stage)).values()] == [False]


async def test_W16_W17_an_old_fact_starts_nothing_again_and_another_run_is_another(stage: Stage) -> None:
    """Ended, then told of a join before the end: over. Started under a new uuid: that one runs."""
    stage.leap("2021-11-10 14:20")
    late = events.participant(join_time=events.zulu(day("13:50")))
    await tell(stage, events.event("meeting.ended", run_of(stage, end_time=events.zulu(day("14:10")))))
    await tell(stage, events.event("meeting.participant_joined", run_of(stage, participant=late)))
    over = (await picture(stage)).instance

    started = {**run_of(stage, uuid="second=="), "start_time": events.zulu(day("14:15"))}
    await tell(stage, events.event("meeting.started", started))

    again = (await picture(stage)).instance
    assert over is None
    assert again is not None
    assert (again.uuid, again.started_at) == ("second==", day("14:15"))


@pytest.mark.parametrize("what", ["updated", "deleted", "recovered", "permanently_deleted"])
async def test_W22_a_change_at_zoom_is_looked_at_at_once(stage: Stage, what: str) -> None:
    """Not in ten minutes; many changes together make one look."""
    await stage.run_due()
    before = await due_at(stage, Kind.MEETING)

    await tell(stage, events.event(f"meeting.{what}", meeting_of(stage), at=stage.now))
    first, came_at = await due_at(stage, Kind.MEETING), stage.now
    stage.sandbox.leap(came_at + timedelta(seconds=3))
    await tell(stage, events.event(f"meeting.{what}", meeting_of(stage), at=stage.now))

    assert before > came_at + timedelta(minutes=9)
    assert (first, await due_at(stage, Kind.MEETING)) == (came_at + timedelta(seconds=5),) * 2


async def test_W21_who_registered_at_zoom_is_listed_at_once_and_approved_by_nobody(stage: Stage) -> None:
    """A stranger on Zoom's own page: seconds later they stand in our list as pending, without a link."""
    await stage.run_due()
    stage.sandbox.register(
        {"meeting": stage.at_zoom()[0].id, "email": "eve@elsewhere.example", "first_name": "Eve", "last_name": "Ng"}
    )
    registrant = {"id": "x", "email": "eve@elsewhere.example", "status": "pending"}
    await tell(
        stage,
        events.event("meeting.registration_created", {**meeting_of(stage), "registrant": registrant}, at=stage.now),
    )

    await stage.until("2021-11-03 09:01")

    async with stage.app.store.reading() as tx:
        listed = [(one.form.address, str(one.status)) for one in await registration.listing(tx, "launch")]
    assert listed == [("eve@elsewhere.example", "pending")]


@pytest.mark.parametrize(
    ("ended", "report_at"),
    [("14:20", "15:05"), ("14:44", "15:05"), ("14:45", "14:46"), ("14:58", "14:59"), ("15:30", "15:05")],
)
async def test_the_report_is_asked_for_soon_after_the_real_end(stage: Stage, ended: str, report_at: str) -> None:
    """Never later than planned; and not when it ended so early that it may be started again."""
    stage.leap(f"2021-11-10 {ended}")

    await tell(stage, events.event("meeting.ended", run_of(stage, end_time=events.zulu(day(ended))), at=stage.now))

    assert await due_at(stage, Kind.REPORT) == day(report_at)


async def test_that_zoom_records_stands_beside_its_cue(stage: Stage) -> None:
    """We only know that we asked; Zoom's event says that it does."""
    stage.leap("2021-11-10 13:20")
    await stage.until("2021-11-10 13:30")
    stage.sandbox.people([acts(stage, "13:40", "start", "host", email="host@network.example")])
    await stage.until("2021-11-10 14:01")
    file = {"recording_start": events.zulu(day("14:00"))}

    await tell(stage, events.event("recording.started", run_of(stage, recording_file=file), at=stage.now))

    async with stage.app.store.reading() as tx:
        said = {row.subject: row.reason for row in await due.ended(tx, [Kind.CUE], ["done"])}
    assert said["launch/welcome:recording_start"] == "Zoom says it records since 14:00 Bangkok (UTC+7)"


async def test_a_flood_is_acted_on_batch_by_batch(stage: Stage) -> None:
    """More than one pass takes at a time; each event once, and then nothing waits until the next look."""
    stage.leap("2021-11-10 14:05")
    many = [
        events.event("meeting.participant_joined", run_of(stage, participant=events.participant(number)), at=stage.now)
        for number in range(250)
    ]

    counts = await tell(stage, *many)

    (seen,) = (await told_of(stage)).values()
    assert (counts, len(seen.inside)) == ({"taken": 250}, 250)
    assert await due_at(stage, Kind.INBOX) == stage.now + timedelta(minutes=10)


async def test_P16_P14_an_alarm_when_zoom_runs_a_meeting_of_which_nothing_was_heard(stage: Stage) -> None:
    """The meetings pass sees it running; the next look of the inbox says so, and an event ends the alarm."""
    await tell(stage)
    stage.leap("2021-11-10 13:20")
    stage.sandbox.people([acts(stage, "13:40", "start", "host", email="host@network.example")])
    stage.sandbox.people([acts(stage, "13:41", "join", "co", email="co@network.example")])
    await stage.until("2021-11-10 13:55")
    await bring(stage)

    with capture_logs() as lines:
        await act(stage)
    silent = (await picture(stage)).silent
    await tell(stage, events.event("meeting.started", run_of(stage)))

    assert [(one["event"], one["reason"]) for one in lines] == [("inbox.silent", live.NOT_HEARD)]
    assert (silent, (await picture(stage)).silent) == ("no live events from Zoom – using polling", None)


async def test_without_a_secret_the_inbox_is_emptied_and_rests(stage: Stage) -> None:
    """What came before is acted on; nobody is told that events stay away which nobody wants."""
    stage.leap("2021-11-10 14:05")
    await bring(stage, events.event("meeting.started", run_of(stage)))

    counts = await act(stage, listens=False)

    async with stage.app.store.reading() as tx:
        assert (counts, await due.waiting(tx, Kind.INBOX)) == ({"taken": 1}, ())


async def test_facts_and_fingerprints_are_forgotten_after_ninety_days(stage: Stage) -> None:
    """They name people; the report has what is needed of them."""
    stage.leap("2021-11-10 14:05")
    await tell(stage, events.event("meeting.started", run_of(stage), at=stage.now))
    kept = timedelta(days=90)

    stage.sandbox.leap(day("13:40") + kept)
    await act(stage)
    just_before = (len(await told_of(stage)), len(await rows(stage)))
    stage.sandbox.leap(day("14:05") + kept + timedelta(minutes=11))
    await act(stage)

    assert (just_before, len(await told_of(stage)), len(await rows(stage))) == ((1, 1), 0, 0)
