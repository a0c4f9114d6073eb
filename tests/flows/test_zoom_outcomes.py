"""What Zoom did and did not say, said and did not do, or let somebody do meanwhile: it is looked at, never believed."""

from __future__ import annotations

import dataclasses

import pytest

from meetbot.core.meetings import MeetingState
from meetbot.core.model import Form
from meetbot.flows import meetings as meetings_flow
from meetbot.flows import programme as programme_flow
from meetbot.store import due, meetings
from tests.flows.stage import PROGRAMME, Stage, form

TALK = "  talk: {title: Talk, date: 2021-11-12, start: 10:00, end: 11:00, host: other@network.example}\n"
WITH_TALK = PROGRAMME.replace("meetings:\n", f"meetings:\n{TALK}")
MOVED = PROGRAMME.replace("date: 2021-11-10", "date: 2021-11-11")
AT_OTHER = "/v2/users/other*/meetings"
NOT_KEPT = "Zoom holds start {}, not Fri 12 Nov 2021 10:00 Bangkok (UTC+7)"


def meets(method: str, path: str, fault: str, *nth: int) -> str:
    """The part of a script in which these calls meet the fault; all of them where no number is given."""
    which = f", nth: {list(nth)}" if nth else ""
    return f"  - {{when: {{method: {method}, path: '{path}'{which}}}, do: {fault}}}\n"


def talk_form() -> Form:
    return dataclasses.replace(form("dara@npic.example"), meeting="talk")


async def sync(stage: Stage, text: str) -> tuple[str, ...]:
    """Apply the file and let meetbot act at Zoom; what it tells the organiser."""
    await programme_flow.apply(stage.app.store, text, "network.yaml", now=stage.now, by="test")
    done = await meetings_flow.sync(stage.app.store, await stage.programme(), stage.app.zoom, now=stage.now)
    return tuple(done.remarks)


async def standing(stage: Stage, key: str) -> tuple[MeetingState, str]:
    async with stage.app.store.reading() as tx:
        stored = await meetings.get(tx, key)
    assert stored is not None
    return stored.known.state, stored.reason


def talks(stage: Stage) -> list[int]:
    return [one.id for one in stage.at_zoom() if one.topic == "Talk"]


def creations(stage: Stage) -> int:
    return len([path for method, path in stage.writes() if method == "POST" and path.startswith("/users/other")])


LOST = [
    *["commit_then_drop", "commit_then_502", "commit_then_truncate"],
    *["{field_missing: id}", "{field_null: id}", "{field_changed: {id: 12ab}}", "{wrong_type: list}"],
]


@pytest.mark.parametrize("lost", LOST)
async def test_F11_Z01_the_organiser_hears_that_the_outcome_is_unknown_and_gets_one_meeting(
    stage: Stage, lost: str
) -> None:
    """Called unknown until Zoom was asked; asked before the second creation; the link leaves once, afterwards."""
    lags = meets("GET", AT_OTHER, "{list_lag: 30s}")
    stage.sandbox.set_faults("zoom:\n" + meets("POST", AT_OTHER, lost, 1) + lags)

    told = await sync(stage, WITH_TALK)
    await stage.register(talk_form())
    await stage.run_due()
    before = stage.mails()
    await stage.until("2021-11-03 09:10")

    assert told == ("talk: creation outcome unknown, checking with Zoom",)
    assert before == []
    assert (len(talks(stage)), creations(stage)) == (1, 1)
    assert [len(mail.links) for mail in stage.mails()] == [1]


async def test_F11_F17_Z11_a_twin_that_shows_late_is_deleted_and_nobody_ever_had_its_link(stage: Stage) -> None:
    """The answer was lost and the list lagged beyond the settling time: a second one was made, and the surplus goes."""
    lags = meets("GET", AT_OTHER, "{list_lag: 20m}")
    stage.sandbox.set_faults("zoom:\n" + meets("POST", AT_OTHER, "commit_then_drop", 1) + lags)
    await sync(stage, WITH_TALK)
    await stage.register(talk_form())
    await stage.until("2021-11-03 09:10")
    made = talks(stage)

    stage.sandbox.set_faults("")
    await stage.until("2021-11-03 09:45")

    (kept,) = talks(stage)
    (mail,) = stage.mails()
    assert (len(made), creations(stage)) == (2, 2)
    assert f"/{kept}" in next(iter(mail.links))
    assert ("DELETE", f"/meetings/{next(one for one in made if one != kept)}") in stage.writes()


@pytest.mark.parametrize("lost", ["commit_then_drop", "commit_then_502", "commit_then_truncate", "gzip_bad"])
async def test_F12_a_registrant_whose_answer_was_lost_has_one_link(stage: Stage, lost: str) -> None:
    """Looked up in Zoom's list before anybody adds them again."""
    stage.sandbox.set_faults("zoom:\n" + meets("POST", "/v2/meetings/*/registrants", lost, 1))
    await stage.register(form("dara@npic.example"))
    await stage.until("2021-11-03 09:10")

    assert len([path for _, path in stage.writes() if path.endswith("/registrants")]) == 1
    assert [len(mail.links) for mail in stage.mails()] == [1]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ("{start_time: '2021-11-12T03:07:00Z'}", NOT_KEPT.format("Fri 12 Nov 2021 10:07 Bangkok (UTC+7)")),
        ("{duration: 40}", "Zoom holds duration 40, not 60"),
        ("{settings.approval_type: 7}", "Zoom holds registration unsaid, not with approval"),
        ("{settings.approval_type: 2}", "Zoom holds registration off, not with approval"),
        ("{settings.waiting_room: false}", "Zoom holds waiting room off, not on"),
    ],
)
async def test_F14_P09_Z02_Z17_what_zoom_did_not_keep_holds_the_links_until_it_does(
    stage: Stage, changed: str, told: str
) -> None:
    """Read back after the creation: the organiser hears which setting, links wait, and leave once Zoom holds it."""
    stage.sandbox.set_faults("zoom:\n" + meets("GET", "/v2/meetings/*", f"{{field_changed: {changed}}}"))
    heard = await sync(stage, WITH_TALK)
    await stage.register(talk_form())
    await stage.until("2021-11-03 09:15")
    before = stage.mails()

    stage.sandbox.set_faults("")
    await stage.until("2021-11-03 09:30")

    assert f"talk: {told}; links are on hold" in heard
    assert before == []
    assert [len(mail.links) for mail in stage.mails()] == [1]


async def test_F14_a_change_that_zoom_accepts_and_does_not_make_holds_the_links(stage: Stage) -> None:
    """Zoom says yes to the move and keeps the old time: nobody hears of the new one until it is put right."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()
    stage.sandbox.set_faults("zoom:\n" + meets("PATCH", "/v2/meetings/*", "no_effect"))
    told = await sync(stage, MOVED)
    await stage.until("2021-11-03 09:15")
    held = stage.mails()
    stage.sandbox.set_faults("")

    await programme_flow.overwrite(stage.app.store, "launch", now=stage.now, by="test")
    await stage.until("2021-11-03 09:20")

    old, new = "Wed 10 Nov 2021 14:00 Bangkok (UTC+7)", "Thu 11 Nov 2021 14:00 Bangkok (UTC+7)"
    assert told == (f"launch: Zoom holds start {old}, not {new}; links are on hold",)
    assert len(held) == 1
    assert [f"{one.start_at:%d}" for one in stage.at_zoom()] == ["11"]
    assert [mail.entry.sequence for mail in stage.mails() if mail.entry] == [0, 1]


@pytest.mark.parametrize("what", ["deleted_by_host", "to_webinar"])
async def test_F15_a_meeting_that_is_gone_stops_its_links_and_is_made_anew_by_one_choice(
    stage: Stage, what: str
) -> None:
    """Deleted or made a webinar at Zoom: said so, nobody gets a dead link, and later everybody one that works."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()
    former = stage.at_zoom()[0].id
    stage.sandbox.set_faults("zoom:\n" + meets("GET", f"/v2/meetings/{former}", what, 1))
    await stage.until("2021-11-03 10:12")
    await stage.register(form("bona@npic.example", "Keo Bona"))
    await stage.until("2021-11-03 10:20")
    state, held = await standing(stage, "launch"), stage.mails()

    await programme_flow.overwrite(stage.app.store, "launch", now=stage.now, by="test")
    await stage.until("2021-11-03 10:40")

    assert state == (MeetingState.GONE, f"meeting {former} was deleted at Zoom, and people may hold its links")
    assert [mail.to for mail in held] == ["dara@npic.example"]
    (stands,) = [one for one in stage.at_zoom() if one.id != former]
    link_of = {mail.to: mail.links for mail in stage.mails()}
    assert sorted(link_of) == ["bona@npic.example", "dara@npic.example"]
    assert all(f"/{stands.id}" in link for links in link_of.values() for link in links)


async def test_F15_who_is_approved_while_the_meeting_vanishes_gets_the_link_of_the_next_one(stage: Stage) -> None:
    """Deleted between the look at the list and the addition: the person is not given up with the meeting."""
    gone = meets("POST", "/v2/meetings/*/registrants", "deleted_by_host", 1)
    stage.sandbox.set_faults("zoom:\n" + gone)
    await stage.register(form("dara@npic.example"))
    await stage.until("2021-11-03 09:15")
    held = stage.mails()

    await programme_flow.overwrite(stage.app.store, "launch", now=stage.now, by="test")
    await stage.until("2021-11-03 09:30")

    assert held == []
    assert [len(mail.links) for mail in stage.mails()] == [1]


@pytest.mark.parametrize("what", ["host_deactivated", "licence_removed"])
async def test_F15_without_a_licence_no_further_link_leaves_and_the_meeting_says_why(stage: Stage, what: str) -> None:
    """A host who may not register people any more: the newcomer waits, with Zoom's reason, until that is mended."""
    stage.sandbox.set_faults("zoom:\n" + meets("POST", "/v2/meetings/*/registrants", what, 1))
    await stage.register(form("dara@npic.example"))
    await stage.until("2021-11-03 09:05")
    async with stage.app.store.reading() as tx:
        (held,) = await due.waiting(tx, due.Kind.PUSH)
    before = stage.mails()
    host = stage.at_zoom()[0].host
    host.active, host.licence = True, "licensed"
    await stage.until("2021-11-03 09:20")

    assert "the account or its plan does not allow this" in held.reason
    assert before == []
    assert [len(mail.links) for mail in stage.mails()] == [1]


async def test_Z12_a_cancelled_meeting_that_is_running_is_deleted_after_its_end(stage: Stage) -> None:
    """Zoom refuses while people are inside: the organiser hears so, and it goes once nobody is."""
    await stage.register(form("dara@npic.example"))
    stage.leap("2021-11-10 12:00")
    await stage.run_due()
    (meeting,) = stage.at_zoom()
    stage.sandbox.people([{"meeting": meeting.id, "action": "start", "email": "host@network.example"}])
    cancelled = PROGRAMME.replace(
        "    title: Launching Ceremony\n", "    title: Launching Ceremony\n    cancelled: yes\n"
    )
    told, running = await sync(stage, cancelled), len(stage.at_zoom())
    stage.sandbox.people([{"meeting": meeting.id, "action": "end"}])
    await stage.until("2021-11-10 12:15")

    assert (running, stage.at_zoom()) == (1, [])
    assert [one.partition(" (")[0] for one in told] == ["launch: delete meeting: the meeting is running"]
    assert (await standing(stage, "launch"))[0] is MeetingState.CANCELLED


@pytest.mark.parametrize("fault", ["deleted_by_host", "{status: 404, json: {code: 3001, message: 'does not exist'}}"])
async def test_Z12_what_is_gone_already_counts_as_deleted(stage: Stage, fault: str) -> None:
    """Zoom finds nothing to delete: the cancellation is done, and told."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()
    stage.sandbox.set_faults("zoom:\n" + meets("DELETE", "/v2/meetings/*", fault, 1))
    cancelled = PROGRAMME.replace(
        "    title: Launching Ceremony\n", "    title: Launching Ceremony\n    cancelled: yes\n"
    )
    told = await sync(stage, cancelled)
    await stage.run_due()

    assert (told, (await standing(stage, "launch"))[0]) == ((), MeetingState.CANCELLED)
    assert [mail.entry.method for mail in stage.mails() if mail.entry] == ["REQUEST", "CANCEL"]


async def test_Z15_a_name_that_zoom_damages_is_ours_in_every_letter(stage: Stage) -> None:
    """Zoom's answers show question marks: letters greet people by the name that they gave."""
    stage.sandbox.set_faults(
        "zoom:\n" + meets("GET", "/v2/meetings/*/registrants", "{field_changed: {first_name: '???'}}")
    )
    await stage.register(form("dara@npic.example", "សុខ ដារា"))
    await stage.run_due()

    (mail,) = stage.mails()
    assert ("សុខ ដារា" in mail.text, "???" in mail.text) == (True, False)
