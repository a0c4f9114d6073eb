"""First figures from Zoom's live events minutes after the end; what is different in the final report is said first."""

from __future__ import annotations

from email import message_from_bytes
from typing import Any

import pytest

from meetbot.core.attendance import guests
from meetbot.errors import UserError
from meetbot.flows import attendance as attendance_flow
from meetbot.rehearsal import mailbox
from meetbot.store import attendance, declarations, registration
from tests.flows.stage import Stage
from tests.flows.telling import day, run_of, tell
from tests.flows.test_attendance import meeting_day
from tests.flows.test_attendance_faults import meets
from tests.zoom import events

REPORT = "/v2/report/meetings/*/participants"


async def zoom_id_of_dara(stage: Stage) -> str:
    async with stage.app.store.reading() as tx:
        everybody = await registration.listing(tx, "launch")
    return next(one.zoom_id or "" for one in everybody if one.form.name == "Sok Dara")


async def told(stage: Stage, *, ended: str = "15:00", uuid: str = "live==") -> None:
    """Zoom tells that Dara was there from 14:00 on, a guest from 14:10 to 14:20, and that it ended."""
    dara = events.participant(1, registrant_id=await zoom_id_of_dara(stage), join_time=events.zulu(day("14:00")))
    guest = {"email": "", "registrant_id": "", "user_name": "Training hall"}
    came = events.participant(2, join_time=events.zulu(day("14:10")), leave_time=events.zulu(day("14:20")), **guest)
    run = {"uuid": uuid}
    await tell(
        stage,
        events.event("meeting.participant_joined", run_of(stage, participant=dara, **run), at=day("14:00")),
        events.event("meeting.participant_left", run_of(stage, participant=came, **run), at=day("14:20")),
        events.event("meeting.ended", run_of(stage, end_time=events.zulu(day(ended)), **run), at=day(ended)),
    )


async def documents(stage: Stage) -> list[Any]:
    async with stage.app.store.reading() as tx:
        return [one.document for one in await attendance.reports(tx, "launch")]


async def test_P12_the_preliminary_report_comes_from_live_events_within_five_minutes(stage: Stage) -> None:
    """Zoom has no report yet: what was told is counted, its source is named, and the mail is out at 15:01."""
    stage.sandbox.set_faults(meets(REPORT, "{report: missing}"))
    await meeting_day(stage)
    await stage.until("2021-11-10 15:00")
    await told(stage)

    await stage.until("2021-11-10 15:01")

    (document,) = await documents(stage)
    (mail,) = [mail for mail in stage.mails("officer@network.example") if mail.attachments]
    assert (document["state"], document["source"], document["attended"], document["open"]) == (
        "preliminary",
        "live events",
        1,
        1,
    )
    assert document["reason"] == "from live events: Zoom has no complete report yet"
    assert [(one["name"], one["proof"], one["minutes"]) for one in document["lines"]] == [("Sok Dara", "R", 60)]
    assert "PRELIMINARY" in mail.subject


async def test_P12_the_final_report_says_first_what_is_other_than_in_the_preliminary(stage: Stage) -> None:
    """One preliminary, one final, one thread; the figures and the names that changed are sentences."""
    await meeting_day(stage)
    await stage.until("2021-11-10 15:00")
    await told(stage)

    await stage.until("2021-11-10 18:00")

    early, final = await documents(stage)
    first, second = [mail for mail in stage.mails("officer@network.example") if mail.attachments]
    assert (early["source"], final["source"], early["changes"]) == ("live events", "zoom's report", [])
    assert final["changes"] == ["Now open: Hla Min."]
    assert (header(second, "In-Reply-To"), header(first, "In-Reply-To")) == (first.message_id, None)


async def test_P12_without_a_stable_report_after_a_day_the_figures_are_those_of_live_events(stage: Stage) -> None:
    """Incomplete, with its source and its reason on top."""
    stage.sandbox.set_faults(meets(REPORT, "{report: missing}"))
    await meeting_day(stage)
    await stage.until("2021-11-10 15:00")
    await told(stage)
    await stage.until("2021-11-10 15:10")

    stage.leap("2021-11-11 15:01")
    await stage.run_due()

    last = (await documents(stage))[-1]
    assert (last["state"], last["source"], last["attended"]) == ("incomplete", "live events", 1)
    assert last["reason"].startswith("incomplete, from live events only: ")
    assert last["reason"] in stage.mails("officer@network.example")[-1].text


async def test_P12_while_zoom_cannot_be_asked_the_first_figures_come_all_the_same(stage: Stage) -> None:
    """Zoom is down when the meeting ends: the organiser hears who was there as far as was told, and why no more."""
    await meeting_day(stage)
    await stage.until("2021-11-10 15:00")
    await told(stage)
    stage.sandbox.set_faults("zoom: [{when: {path: '/v2/**'}, do: {status: 503}}]")

    await stage.until("2021-11-10 15:05")

    (document,) = await documents(stage)
    assert (document["state"], document["source"], document["attended"]) == ("preliminary", "live events", 1)


async def test_P12_while_the_meeting_runs_there_are_no_figures(stage: Stage) -> None:
    """People were told to come, no end was told: nothing is mailed."""
    await meeting_day(stage)
    await stage.until("2021-11-10 14:30")
    await told(stage, ended="14:25")

    await stage.until("2021-11-10 14:59")

    assert await documents(stage) == []


async def settled(stage: Stage) -> None:
    """Somebody says that the namesake is Hla Min."""
    last = (await documents(stage))[-1]
    async with stage.app.store.transaction() as tx:
        hla = next(one.id for one in await registration.listing(tx, "launch") if one.form.name == "Hla Min")
        who = guests.Named(registrant=hla, name="Hla Min", organisation="cvt", sex=None)
        await declarations.add(tx, "launch", last["open_lines"][0]["key"], who, now=stage.now, by="Officer")
    await renewed(stage)


async def renewed(stage: Stage) -> None:
    programme, links = await stage.programme(), stage.app.store.links
    async with stage.app.store.transaction() as tx:
        await attendance_flow.renew(tx, programme, programme.meetings["launch"], links=links, now=stage.now)


def header(mail: mailbox.Mail, name: str) -> str | None:
    return message_from_bytes(mail.path.read_bytes())[name]


async def test_what_a_person_settles_makes_a_version_at_once_and_one_mail_when_they_have_done(stage: Stage) -> None:
    """Twice within ten minutes: two versions, one mail, which says what is other than in the last that was mailed."""
    await meeting_day(stage)
    await stage.until("2021-11-10 18:00")
    before = len([mail for mail in stage.mails("officer@network.example") if mail.attachments])

    await settled(stage)
    await stage.until("2021-11-10 18:05")
    await renewed(stage)
    await stage.until("2021-11-10 18:14")
    during = len([mail for mail in stage.mails("officer@network.example") if mail.attachments])
    await stage.until("2021-11-10 18:15")

    *_, third, fourth = await documents(stage)
    mails = [mail for mail in stage.mails("officer@network.example") if mail.attachments]
    assert (during, len(mails)) == (before, before + 1)
    assert third["changes"] == fourth["changes"]
    assert fourth["changes"][0] == "Attended: 2, in the report before 1."
    assert (fourth["state"], fourth["attended"], fourth["proven"], fourth["declared"]) == ("final", 2, 1, 1)
    assert header(mails[-1], "References") == mails[0].message_id


async def test_before_the_first_report_nothing_is_settled(stage: Stage) -> None:
    """There is no line to speak of yet."""
    with pytest.raises(UserError, match="no attendance report of launch yet"):
        await renewed(stage)
