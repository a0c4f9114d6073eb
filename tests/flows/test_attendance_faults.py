"""Zoom's report comes late, damaged or never: what the officer reads is right, or says that it is not complete."""

from __future__ import annotations

from typing import Any

import pytest

from meetbot.core import times
from meetbot.store import attendance, due
from tests.flows.stage import PROGRAMME, Stage, form

REPORT = "/v2/report/meetings/*/participants"
NAMESAKES = (form("an@npic.example", "Nguyen Van An"), form("van.an@cvt.example", "Nguyen Van An", "CVT"))


def meets(path: str, fault: str) -> str:
    return f"zoom: [{{when: {{method: GET, path: '{path}'}}, do: {fault}}}]"


def acts(stage: Stage, wall: str, action: str, person: str = "host", **more: Any) -> dict[str, Any]:
    at = times.at(f"2021-11-10 {wall}", "Asia/Bangkok").isoformat()
    return {"meeting": stage.at_zoom()[0].id, "at": at, "action": action, "person": person, **more}


def host_starts(stage: Stage, wall: str) -> dict[str, Any]:
    return acts(stage, wall, "start", email="host@network.example")


async def links(stage: Stage, *forms: Any) -> list[str]:
    """Everybody is registered and has their link; it is the day of the launch, an hour before it."""
    await stage.register(*forms)
    await stage.run_due()
    stage.leap("2021-11-10 13:00")
    await stage.run_due()
    found = {mail.to: next(iter(mail.links)) for mail in stage.mails() if mail.links}
    return [found[one.address] for one in forms]


async def an_hour_of(stage: Stage, *forms: Any) -> None:
    """They come at 14:00 by their links and stay until the end at 15:00, longer than the host."""
    stays = [
        acts(stage, "14:00", "join", one.address, join_link=link)
        for one, link in zip(forms, await links(stage, *forms), strict=True)
    ]
    host = [host_starts(stage, "13:50"), acts(stage, "14:10", "leave")]
    stage.sandbox.people([*host, *stays, acts(stage, "15:00", "end")])


async def reports(stage: Stage, until: str = "2021-11-10 16:30") -> list[dict[str, Any]]:
    """Every version that was made by then, each of which was mailed once."""
    await stage.until("2021-11-10 16:30")
    if until > "2021-11-10 16:30":
        stage.leap(until)
        await stage.run_due()
    async with stage.app.store.reading() as tx:
        made = [dict(one.document) for one in await attendance.reports(tx, "launch")]
    mailed = [mail for mail in stage.mails("officer@network.example") if mail.attachments]
    assert len(mailed) == len(made)
    return made


async def test_F35_Z10_P12_late_empty_partial_and_revised_the_final_one_is_what_zoom_ended_with(stage: Stage) -> None:
    """Revised after the first complete reading: the preliminary figures give way, and final is said once."""
    stages = ["missing", "missing", "empty", "building", "complete", "revised"]
    stage.sandbox.set_faults(meets(REPORT, f"{{report: [{', '.join(stages)}]}}"))
    await an_hour_of(stage, form("dara@npic.example"))

    made = await reports(stage)

    assert [(one["final"], one["lines"][0]["minutes"]) for one in made] == [(False, 60), (True, 40)]


@pytest.mark.parametrize(
    "fault", ["{field_changed: {participants: []}}", "{field_changed: {total_records: 30}}", "page_loop"]
)
async def test_F17_F35_Z07_P12_a_report_that_contradicts_itself_is_never_final(stage: Stage, fault: str) -> None:
    """No rows where Zoom counts some, fewer than it counts, pages without end: incomplete after a day, and says so."""
    stage.sandbox.set_faults(meets(REPORT, fault))
    await an_hour_of(stage, form("dara@npic.example"))

    made = await reports(stage, "2021-11-11 15:01")

    assert [(one["final"], one["attended"]) for one in made] == [(False, 0)]
    assert "within 24 hours of the end" in made[0]["reason"]


async def test_F35_while_zoom_has_no_report_it_is_known_why_and_when_to_look_again(stage: Stage) -> None:
    """What status shows: the reason beside the waiting row, and the moment of the next look."""
    stage.sandbox.set_faults(meets(REPORT, "{report: missing}"))
    await an_hour_of(stage, form("dara@npic.example"))
    await stage.until("2021-11-10 15:06")

    async with stage.app.store.reading() as tx:
        (row,) = await due.waiting(tx, due.Kind.REPORT)
    assert (times.clock_text(row.due_at, "Asia/Bangkok"), row.reason) == (
        "15:10 Bangkok (UTC+7)",
        "Zoom has no complete report yet",
    )


async def test_F17_a_page_that_comes_twice_counts_nobody_twice(stage: Stage) -> None:
    """The repeated page makes that reading doubtful; the next ones are right."""
    stage.sandbox.set_faults(f"zoom: [{{when: {{path: '{REPORT}', nth: [3, 4, 5]}}, do: page_repeats}}]")
    await an_hour_of(stage, form("dara@npic.example"))

    made = await reports(stage)

    assert [(one["final"], one["attended"], one["lines"][0]["minutes"], one["rows"]["in"]) for one in made] == [
        (False, 1, 60, 2),
        (True, 1, 60, 2),
    ]


@pytest.mark.parametrize(
    ("distorted", "minutes"),
    [
        ("many_segments", 59),
        ("two_devices", 60),
        ("waiting_room", 60),
        ("naive_times", 60),
        ("cut_names", 60),
        ("blank_email", 60),
        ("same_name", 60),
        ("[many_segments, two_devices, waiting_room, cut_names, blank_email, naive_times]", 59),
    ],
)
async def test_F36_Z08_Z09_Z15_P13_whatever_the_rows_suffer_a_stay_counts_once_under_our_name(
    stage: Stage, distorted: str, minutes: int
) -> None:
    """45 pieces, two devices, the waiting room, times without a zone, damaged names: one line, one hour, one person."""
    stage.sandbox.set_faults(meets(REPORT, f"{{participants: {distorted}}}"))
    await an_hour_of(stage, form("dara@npic.example", "សុខ ដារា"))

    final = (await reports(stage))[-1]

    assert [(one["name"], one["minutes"], one["proof"]) for one in final["lines"]] == [("សុខ ដារា", minutes, "R")]
    assert (final["final"], final["attended"], final["absent"]) == (True, 1, [])


async def test_F36_Z08_rows_that_prove_nobody_are_listed_and_credited_to_nobody(stage: Stage) -> None:
    """Neither registration nor address: each row stands alone among the not matched, and the registrant as not seen."""
    stage.sandbox.set_faults(meets(REPORT, "{participants: [no_registrant_id, blank_email]}"))
    await an_hour_of(stage, form("dara@npic.example"))

    final = (await reports(stage))[-1]

    reason = "Zoom gave neither a registration nor an address"
    assert (final["lines"], [one["name"] for one in final["absent"]]) == ([], ["Sok Dara"])
    assert [(one["name"], one["reason"]) for one in final["open_lines"]] == [("host", reason), ("Sok Dara", reason)]


async def test_F36_Z08_a_leave_before_the_join_takes_no_minutes_from_anybody(stage: Stage) -> None:
    """The negative row counts nothing, the others as they are, and every row is accounted for."""
    people = (form("dara@npic.example"), form("bona@npic.example", "Keo Bona"))
    stage.sandbox.set_faults(meets(REPORT, "{participants: negative}"))
    await an_hour_of(stage, *people)

    final = (await reports(stage, "2021-11-11 15:01"))[-1]

    assert [(one["name"], one["minutes"]) for one in final["lines"]] == [("Sok Dara", 60)]
    assert (final["rows"]["in"], min(one["minutes"] for one in final["organisations"])) == (3, 0)


async def test_F37_P13_two_of_one_name_are_told_apart_by_their_links(stage: Stage) -> None:
    """One comes, the other does not: whose link it was decides, and the name nothing."""
    first, second = NAMESAKES
    _, link = await links(stage, first, second)
    joins = acts(stage, "14:00", "join", "somebody", join_link=link)
    stage.sandbox.people([host_starts(stage, "13:50"), joins, acts(stage, "15:00", "end")])

    final = (await reports(stage))[-1]

    assert [(one["name"], one["organisation"]) for one in final["lines"]] == [
        ("Nguyen Van An", "Center for Vocational Training")
    ]
    assert [one["organisation"] for one in final["absent"]] == ["National Polytechnic Institute (NPIC)"]


async def test_F37_P13_renamed_in_the_meeting_stays_who_they_are(stage: Stage) -> None:
    """Somebody takes the name of another registrant: credited as themselves, the other is not seen."""
    dara, bona = form("dara@npic.example"), form("bona@npic.example", "Keo Bona")
    link, _ = await links(stage, dara, bona)
    stage.sandbox.people(
        [
            host_starts(stage, "13:50"),
            acts(stage, "14:00", "join", "dara", join_link=link),
            acts(stage, "14:10", "rename", "dara", name="Keo Bona"),
            acts(stage, "15:00", "end"),
        ]
    )

    final = (await reports(stage))[-1]

    assert [(one["name"], one["minutes"]) for one in final["lines"]] == [("Sok Dara", 60)]
    assert [one["name"] for one in final["absent"]] == ["Keo Bona"]


async def test_F38_ended_and_started_again_is_one_meeting(stage: Stage) -> None:
    """Two runs on one day, a stay in each: both count, and the gap between them does not."""
    dara, bona = form("dara@npic.example"), form("bona@npic.example", "Keo Bona")
    link, other = await links(stage, dara, bona)
    stage.sandbox.people(
        [
            host_starts(stage, "13:50"),
            acts(stage, "14:00", "join", "dara", join_link=link),
            acts(stage, "14:20", "end"),
            host_starts(stage, "14:30"),
            acts(stage, "14:30", "join", "dara", join_link=link),
            acts(stage, "14:40", "join", "bona", join_link=other),
            acts(stage, "15:00", "end"),
        ]
    )

    final = (await reports(stage))[-1]

    assert [(one["name"], one["minutes"]) for one in final["lines"]] == [("Sok Dara", 50), ("Keo Bona", 20)]


async def test_F38_a_meeting_that_runs_past_midnight_is_reported_after_its_end(stage: Stage) -> None:
    """Begun before the doors open, broken off, over at 00:20: no figures before that, and both stays in them."""
    hours = {"14:00": "23:00", "14:30": "23:30", "15:00": "23:50", "13:30": "22:30"}
    late = PROGRAMME
    for planned, later in hours.items():
        late = late.replace(planned, later)
    await stage.apply(late)
    (link,) = await links(stage, form("dara@npic.example"))
    stage.sandbox.people(
        [
            host_starts(stage, "22:20"),
            acts(stage, "23:00", "join", "dara", join_link=link),
            acts(stage, "23:10", "end"),
            host_starts(stage, "23:15"),
            acts(stage, "23:15", "join", "dara", join_link=link),
            {**acts(stage, "23:59", "end"), "at": times.at("2021-11-11 00:20", "Asia/Bangkok").isoformat()},
        ]
    )
    stage.leap("2021-11-10 23:49")
    await stage.until("2021-11-11 00:19")
    early = [mail for mail in stage.mails("officer@network.example") if mail.attachments]
    await stage.until("2021-11-11 01:00")

    async with stage.app.store.reading() as tx:
        final = (await attendance.reports(tx, "launch"))[-1]
    assert early == []
    assert (final.final, [one["minutes"] for one in final.document["lines"]]) == (True, [75])


async def test_F38_a_meeting_that_was_never_started_is_reported_as_not_held(stage: Stage) -> None:
    """A day later one report, which is not called final, says so in the mail itself."""
    await links(stage, form("dara@npic.example"))

    made = await reports(stage, "2021-11-11 15:01")

    assert [(one["final"], one["attended"], one["reason"]) for one in made] == [
        (False, 0, "not held: Zoom knows of no run of this meeting on its day")
    ]
    assert made[0]["reason"] in stage.mails("officer@network.example")[-1].text


async def test_F38_where_only_the_host_came_the_report_says_what_zoom_does_not(stage: Stage) -> None:
    """Zoom never reports a run with one participant: no figures are made up, and the officer hears why."""
    await links(stage, form("dara@npic.example"))
    stage.sandbox.people([host_starts(stage, "13:50"), acts(stage, "15:00", "end")])

    made = await reports(stage, "2021-11-11 15:01")

    assert [(one["final"], one["attended"], one["reason"]) for one in made] == [
        (False, 0, "Zoom has no report of this meeting's run, as when only one person came")
    ]


@pytest.mark.parametrize(
    ("path", "fault", "why"),
    [
        ("/v2/**", "{status: 400, json: {code: 4711, message: 'scopes:[meeting:read:meeting:admin]'}}", "the scope"),
        ("/v2/meetings/*", "to_webinar", "Zoom does not allow this for this meeting"),
    ],
)
async def test_P12_F13_F15_a_report_that_zoom_refuses_is_given_up_after_a_day_with_its_reason(
    stage: Stage, path: str, fault: str, why: str
) -> None:
    """The officer is not left waiting for ever: one report, incomplete, with what Zoom said."""
    await an_hour_of(stage, form("dara@npic.example"))
    stage.leap("2021-11-10 15:01")
    stage.sandbox.set_faults(meets(path, fault))

    made = await reports(stage, "2021-11-11 15:01")

    assert [one["final"] for one in made] == [False]
    assert "Zoom could not be asked within 24 hours of the end" in made[0]["reason"]
    assert why in made[0]["reason"]
