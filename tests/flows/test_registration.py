"""From a form to the link, and to nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from meetbot import serve
from meetbot.core.model import Sex, Status
from meetbot.store import due, outbox, registration
from tests.flows.stage import PROGRAMME, Stage, form

pytestmark = pytest.mark.every_database


async def test_P01_only_an_approved_registrant_ever_gets_a_link(stage: Stage) -> None:
    """Invited people get their own link at once; a stranger gets "received" until a person approves."""
    await stage.register(form("dara@npic.example"), form("eve@elsewhere.example", "Eve", "A Newspaper"))
    await stage.run_due()

    assert [
        (mail.to, len(mail.links), mail.entry is not None) for mail in sorted(stage.mails(), key=lambda m: m.to)
    ] == [
        ("dara@npic.example", 1, True),
        ("eve@elsewhere.example", 0, False),
    ]
    assert "not the link" in stage.mails("eve@elsewhere.example")[0].text.lower()

    await stage.decide("eve@elsewhere.example", "approve")
    await stage.run_due()

    assert [len(mail.links) for mail in stage.mails("eve@elsewhere.example")] == [0, 1]
    assert stage.mails("eve@elsewhere.example")[1].links.isdisjoint(stage.mails("dara@npic.example")[0].links)


async def test_P01_a_denial_between_approval_and_sending_keeps_the_link_back(stage: Stage) -> None:
    """The claim looks again: who is not approved at the moment of sending gets no link, whatever was queued."""
    await stage.register(form("dara@npic.example"))
    programme = await stage.programme()
    await serve.PASSES[serve.Kind.PUSH](stage.app, programme, stage.now, f"{stage.life}/push")
    await stage.decide("dara@npic.example", "cancel", "withdrawn")
    await stage.run_due()

    assert [mail.links for mail in stage.mails()] == [frozenset()]
    async with stage.app.store.reading() as tx:
        letters = [(one.message.letter.kind, one.state, one.reason) for one in await outbox.listing(tx)]
    assert letters[0] == ("link", "cancelled", "the registrant is not approved")
    registrant = next(iter(stage.at_zoom()[0].registrants.values()))
    assert registrant.status == "denied"


async def test_P07_the_same_form_twice_is_one_registrant(stage: Stage) -> None:
    """Repeated forms and repeated imports make one registrant at Zoom, one link and one mail."""
    await stage.register(form("dara@npic.example"), form("dara@npic.example"))
    await stage.register(form("dara@npic.example", position="Dean"))
    await stage.run_due()

    assert len(stage.mails("dara@npic.example")) == 1
    assert len(stage.at_zoom()[0].registrants) == 1


async def test_above_the_quota_a_person_decides_and_the_reason_is_shown(stage: Stage) -> None:
    """Two of an organisation are approved by the rules; the third waits with the reason."""
    await stage.register(*(form(f"d{n}@npic.example", f"Sok {n}") for n in "abc"))

    async with stage.app.store.reading() as tx:
        everyone = await registration.listing(tx, "launch")

    assert [one.status for one in everyone] == [Status.APPROVED, Status.APPROVED, Status.PENDING]
    assert "3rd of 2" in everyone[2].reason


async def test_F12_a_lost_answer_to_an_added_registrant_is_looked_up(stage: Stage) -> None:
    """Zoom added them and the answer was lost: the next pass finds them, and one link mail leaves."""
    stage.sandbox.set_faults(
        "zoom: [{when: {method: POST, path: '/v2/meetings/*/registrants', nth: [1]}, do: commit_then_drop}]"
    )
    await stage.register(form("dara@npic.example"))
    await stage.until("2021-11-03 09:30")

    assert [len(mail.links) for mail in stage.mails("dara@npic.example")] == [1]
    assert len(stage.at_zoom()[0].registrants) == 1
    assert [path for method, path in stage.writes() if path.endswith("/registrants")] == [
        f"/meetings/{stage.at_zoom()[0].id}/registrants"
    ]


async def test_forms_from_zooms_own_page_come_in_by_polling(stage: Stage) -> None:
    """Somebody fills in Zoom's form: the same rules, the same letters, and Zoom's pending entry is approved."""
    page = {"meeting": stage.at_zoom()[0].id, "email": "hla@cvt.example", "first_name": "Hla", "last_name": "Min"}
    stage.sandbox.register({**page, "org": "Center for Vocational Training"})
    await stage.until("2021-11-03 09:20")

    assert [len(mail.links) for mail in stage.mails("hla@cvt.example")] == [1]
    assert [one.status for one in stage.at_zoom()[0].registrants.values()] == ["approved"]


async def test_W21_somebody_approved_at_zoom_by_hand_is_held_here(stage: Stage) -> None:
    """Nobody here approved them, so no mail of ours carries their link."""
    meeting = stage.at_zoom()[0]
    stage.sandbox.register({"meeting": meeting.id, "email": "x@cvt.example", "first_name": "X", "last_name": "Y"})
    await stage.app.zoom.set_status(str(meeting.id), "approve", [(next(iter(meeting.registrants)), "x@cvt.example")])
    await stage.until("2021-11-03 09:20")

    assert [mail.links for mail in stage.mails("x@cvt.example")] == [frozenset()]
    async with stage.app.store.reading() as tx:
        (held,) = await registration.listing(tx, "launch")
    assert held.status is Status.PENDING


async def test_F46_what_does_not_fit_the_status_changes_nothing(stage: Stage) -> None:
    """A second decision is refused in words, and no mail follows from it."""
    await stage.register(form("eve@elsewhere.example", "Eve", "A Newspaper"))
    await stage.decide("eve@elsewhere.example", "deny", "the ceremony is full")

    remarks = await stage.decide("eve@elsewhere.example", "deny")
    await stage.run_due()

    assert remarks == ("Eve <eve@elsewhere.example>: already denied: cannot deny; decided by test",)
    assert ["the ceremony is full" in mail.text for mail in stage.mails("eve@elsewhere.example")] == [False, True]


async def test_reminders_reach_approved_people_only(stage: Stage) -> None:
    """One day and one hour before, and never somebody who still waits."""
    await stage.register(form("dara@npic.example"), form("eve@elsewhere.example", "Eve", "A Newspaper"))
    stage.leap("2021-11-09 13:59")
    await stage.until("2021-11-09 14:01")
    stage.leap("2021-11-10 12:59")
    await stage.until("2021-11-10 13:59")

    kinds = [mail.subject for mail in stage.mails("dara@npic.example")]
    assert len([subject for subject in kinds if "eminder" in subject]) == 2
    assert len(stage.mails("eve@elsewhere.example")) == 1


async def test_T16_no_reminder_right_after_the_link(stage: Stage) -> None:
    """Approved half an hour before the start: the link letter is reminder enough."""
    stage.leap("2021-11-10 13:30")
    await stage.register(form("dara@npic.example"))
    await stage.until("2021-11-10 13:59")

    assert [len(mail.links) for mail in stage.mails("dara@npic.example")] == [1]


async def test_P02_an_approval_taken_back_and_given_again_brings_the_link_again(stage: Stage) -> None:
    """Withdrawn, then approved once more: a new link letter, and a calendar entry above the one that withdrew it."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()
    await stage.decide("dara@npic.example", "cancel", "by mistake")
    await stage.run_due()

    await stage.decide("dara@npic.example", "approve")
    await stage.run_due()

    seen = [(mail.entry.method, mail.entry.sequence, len(mail.links)) for mail in stage.mails() if mail.entry]
    assert seen == [("REQUEST", 0, 1), ("CANCEL", 1, 0), ("REQUEST", 2, 1)]


async def test_F13_a_missing_scope_keeps_people_waiting_until_it_is_put_right(stage: Stage) -> None:
    """Nothing is wrong with them: when Zoom lets us again, they get their link."""
    refused = "{status: 400, json: {code: 4711, message: 'does not contain scopes:[meeting:write:registrant:admin]'}}"
    stage.sandbox.set_faults(f"zoom: [{{when: {{method: POST, path: '/v2/meetings/*/registrants'}}, do: {refused}}}]")
    await stage.register(form("dara@npic.example"))
    await stage.run_due()

    stage.sandbox.set_faults("")
    await stage.until("2021-11-03 09:15")

    assert [len(mail.links) for mail in stage.mails("dara@npic.example")] == [1]


async def test_a_reminder_found_hours_late_is_recorded_and_not_sent(stage: Stage) -> None:
    """The daemon was down over the day-before reminder: "tomorrow" seven hours on would mislead, so it is missed."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()

    stage.leap("2021-11-09 21:00")
    await stage.run_due()

    assert len(stage.mails("dara@npic.example")) == 1
    async with stage.app.store.reading() as tx:
        missed = await due.ended(tx, [due.Kind.REMINDER], ["missed"])
    assert [row.subject for row in missed] == ["launch:1440"]


async def test_P04_nobody_is_pushed_to_a_meeting_that_never_stood_and_is_over(stage: Stage) -> None:
    """Zoom refused the meeting for a week: what would have let people in ends with it, and says why."""
    stage.sandbox.set_faults("zoom: [{when: {method: POST, path: '/v2/users/*/meetings'}, do: drop_before}]")
    talk = PROGRAMME.partition("meetings:\n")[2].replace("launch:", "talk:", 1).replace("Launching", "Second")
    await stage.apply(PROGRAMME + talk)
    await stage.register(replace(form("dara@npic.example"), meeting="talk"))
    await stage.until("2021-11-03 10:00")
    async with stage.app.store.reading() as tx:
        (waits,) = await due.waiting(tx, due.Kind.PUSH)

    stage.leap("2021-11-10 15:01")
    await stage.until("2021-11-10 15:10")

    async with stage.app.store.reading() as tx:
        ended = await due.ended(tx, [due.Kind.PUSH], ["cancelled"])
        assert await due.waiting(tx, due.Kind.PUSH) == ()
    assert waits.reason == "the meeting does not stand at Zoom yet"
    assert [row.reason for row in ended] == ["the meeting is over"]


async def test_zooms_page_asks_for_the_sex_where_the_programme_does(stage: Stage) -> None:
    """Beside what somebody set there by hand, and not as a must; the answer comes with the registration."""
    by_hand = {"title": "Diet", "type": "short", "required": False, "answers": []}
    stage.at_zoom()[0].questions = {"questions": [], "custom_questions": [by_hand]}
    await stage.apply(PROGRAMME.replace("quota: 2}", "quota: 2, ask_sex: yes}"))
    await stage.run_due()
    answer = {"title": "Sex", "value": "female"}
    strangers = {"email": "hla@cvt.example", "first_name": "Hla", "last_name": "Min", "org": "NPIC"}
    stage.sandbox.register({"meeting": stage.at_zoom()[0].id, **strangers, "custom_questions": [answer]})
    await stage.until("2021-11-03 09:15")

    asked = [one["title"] for one in stage.at_zoom()[0].questions["custom_questions"]]
    async with stage.app.store.reading() as tx:
        (came,) = await registration.listing(tx, "launch")
    await stage.apply(PROGRAMME)
    await stage.until("2021-11-03 09:30")
    asked_after = [one["title"] for one in stage.at_zoom()[0].questions["custom_questions"]]

    assert (asked, came.form.sex, asked_after) == (["Diet", "Sex"], Sex.FEMALE, ["Diet"])


async def test_whoever_registers_at_zoom_is_taken_in_though_its_page_cannot_be_told_what_to_ask(stage: Stage) -> None:
    """The app lacks the scope for questions, say: that is no reason to leave anybody out, and stays told."""
    stage.sandbox.set_faults("zoom: [{when: {path: '/v2/**/questions'}, do: {status: 503}}]")
    await stage.apply(PROGRAMME.replace("quota: 2}", "quota: 2, ask_sex: yes}"))
    strangers = {"email": "hla@cvt.example", "first_name": "Hla", "last_name": "Min", "org": "NPIC"}
    stage.sandbox.register({"meeting": stage.at_zoom()[0].id, **strangers})

    await stage.until("2021-11-03 09:15")

    async with stage.app.store.reading() as tx:
        names = [one.form.name for one in await registration.listing(tx, "launch")]
        (poll,) = await due.waiting(tx, due.Kind.POLL)
    assert (names, poll.reason.partition(":")[0]) == (["Hla Min"], "read questions")
