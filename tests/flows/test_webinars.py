"""In a webinar those on stage are panelists, everybody else watches; each has a link of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from meetbot.core import times
from meetbot.store import attendance, meetings
from tests.flows import stage as flows_stage
from tests.flows.stage import PROGRAMME, Stage, form

WEBINAR = PROGRAMME.replace("    date: 2021-11-10\n", "    kind: webinar\n    date: 2021-11-10\n")
TANG = form("tang@npic.example", "H.E. TANG Tao", person="tang")
OTHER_SPEAKER = WEBINAR.replace("speakers: [tang]", "speakers: [dara]").replace(
    "people:\n", "people:\n  dara: {name: Ms Sok Dara, address: dara@npic.example}\n"
)
DARA = form("dara@npic.example")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The launch as a webinar, a week before."""
    async with flows_stage.set_up(tmp_path, seed=7, webinar=True) as made:
        await made.apply(WEBINAR)
        yield made


def panelists(stage: Stage) -> list[str]:
    return sorted(stage.at_zoom()[0].panelists)


def registrants(stage: Stage) -> dict[str, str]:
    return {one.email: one.status for one in stage.at_zoom()[0].registrants.values()}


async def test_whoever_has_a_part_is_a_panelist_and_the_others_are_registrants(stage: Stage) -> None:
    """Each gets one letter with their own link: that of the stage, or that of the hall."""
    await stage.register(TANG, DARA)
    await stage.run_due()

    assert (panelists(stage), registrants(stage)) == (["tang@npic.example"], {"dara@npic.example": "approved"})
    sent = {mail.to: mail.links for mail in stage.mails()}
    assert {to: len(links) for to, links in sent.items()} == {"tang@npic.example": 1, "dara@npic.example": 1}
    assert sent["tang@npic.example"].isdisjoint(sent["dara@npic.example"])


async def test_P01_a_panelist_whose_approval_is_withdrawn_is_taken_off_the_stage(stage: Stage) -> None:
    """Deleted at Zoom: the link that they hold opens nothing any more. A registrant of the hall is cancelled there."""
    await stage.register(TANG, DARA)
    await stage.run_due()

    await stage.decide("tang@npic.example", "cancel")
    await stage.decide("dara@npic.example", "cancel")
    await stage.run_due()

    assert (panelists(stage), registrants(stage)) == ([], {"dara@npic.example": "denied"})


async def test_whoever_goes_on_stage_or_off_it_gets_the_link_for_that(stage: Stage) -> None:
    """Another speaker in the programme: one link letter each, which says that the former one no longer works."""
    await stage.register(TANG, DARA)
    await stage.run_due()

    await stage.apply(OTHER_SPEAKER)
    await stage.run_due()

    assert panelists(stage) == ["dara@npic.example"]
    assert registrants(stage) == {"dara@npic.example": "denied", "tang@npic.example": "approved"}
    for address in ("tang@npic.example", "dara@npic.example"):
        first, second = stage.mails(address)
        assert "the one you had no longer works" in second.text
        assert len(second.links) == 1 and second.links.isdisjoint(first.links)


async def test_P07_a_second_push_makes_nobody_a_panelist_twice(stage: Stage) -> None:
    """Zoom answered the invitation with a broken connection: they are found on the list, and written to once."""
    stage.sandbox.set_faults(
        "zoom: [{when: {method: POST, path: '/v2/webinars/*/panelists', nth: [1]}, do: commit_then_drop}]"
    )
    await stage.register(TANG)
    await stage.until("2021-11-03 09:30")

    invited = [path for method, path in stage.writes() if path.endswith("/panelists")]
    assert (len(invited), panelists(stage)) == (1, ["tang@npic.example"])
    assert [len(mail.links) for mail in stage.mails("tang@npic.example")] == [1]


async def test_F13_a_webinar_that_the_account_may_not_have_keeps_only_its_own_people_waiting(tmp_path: Path) -> None:
    """No add-on at Zoom: no link to the webinar, its reason on record, and the meeting beside it is made."""
    talk = "title: Talk, date: 2021-11-12, start: 10:00, end: 11:00, host: host@network.example"
    async with flows_stage.set_up(tmp_path, seed=7) as stage:
        await stage.apply(WEBINAR.replace("meetings:\n", f"meetings:\n  talk: {{{talk}}}\n"))
        await stage.register(DARA)
        await stage.until("2021-11-03 09:30")

        assert [meeting.topic for meeting in stage.at_zoom()] == ["Talk"]
        assert stage.mails() == []
        async with stage.app.store.reading() as tx:
            launch = await meetings.get(tx, "launch")
        assert launch is not None and "Webinar plan is missing" in launch.reason


async def test_P12_the_report_of_a_webinar_counts_the_stage_and_the_hall(stage: Stage) -> None:
    """Zoom knows the hall by its links and the stage by its addresses; both are counted, once two readings agree."""
    await stage.register(TANG, DARA)
    stage.leap("2021-11-10 13:00")
    await stage.until("2021-11-10 13:20")
    webinar = stage.at_zoom()[0].id

    def acts(wall: str, action: str, person: str, **more: str) -> dict[str, object]:
        at = times.at(f"2021-11-10 {wall}", "Asia/Bangkok").isoformat()
        return {"meeting": webinar, "at": at, "action": action, "person": person, **more}

    link = next(iter(stage.mails("dara@npic.example")[0].links))
    stage.sandbox.people(
        [
            acts("13:25", "start", "host", email="host@network.example"),
            acts("13:50", "join", "tang", email="tang@npic.example"),
            acts("14:00", "join", "dara", join_link=link),
            acts("15:00", "end", "host"),
        ]
    )
    await stage.until("2021-11-10 18:00")

    async with stage.app.store.reading() as tx:
        final = (await attendance.reports(tx, "launch"))[-1]
    assert (final.final, final.document["attended"], final.document["open_lines"]) == (True, 2, [])
