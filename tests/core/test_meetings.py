"""Exactly one meeting at Zoom for each planned one, whatever Zoom answered or forgot."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from meetbot.core import meetings
from meetbot.core.meetings import (
    Adopt,
    Cancel,
    Create,
    DeleteTwin,
    Difference,
    Drift,
    Gone,
    Keep,
    MeetingState,
    NoHost,
    Refuse,
    Retire,
    Retired,
    TooLate,
    Update,
    Wait,
)
from meetbot.core.model import MeetingKind
from meetbot.core.remote import RemoteMeeting
from tests.core import builders as a
from tests.core.builders import bkk, known, listed, planned, whole

NOW = bkk("09:00", "2021-11-08")
ATTEMPT = NOW - timedelta(seconds=60)


def test_a_meeting_never_made_is_created() -> None:
    """What is planned and stands nowhere is made."""
    plan = planned()

    intents = meetings.reconcile([plan], [known(plan, MeetingState.PLANNED)], [], now=NOW)

    assert intents == (Create(plan, "not at Zoom yet"),)


def test_a_meeting_as_planned_is_kept() -> None:
    """A second pass writes nothing."""
    plan = planned()

    intents = meetings.reconcile([plan], [known(plan)], [listed(plan)], now=NOW)

    assert intents == (Keep("launch", "as planned"),)


@pytest.mark.parametrize("state", [MeetingState.CREATING, MeetingState.PLANNED, MeetingState.CANCELLED])
def test_F11_a_lost_create_is_found_by_its_marker_and_adopted(state: MeetingState) -> None:
    """Zoom made the meeting and the answer was lost: it is taken, not made again."""
    plan, row = planned(), listed(planned())
    lost = known(plan, state, attempted_at=ATTEMPT, planned=replace(plan, topic="As it was once"))

    intents = meetings.reconcile([plan], [lost], [row], now=NOW)

    assert intents == (Adopt(plan, row, "found at Zoom by our marker"),)


def test_F11_an_attempt_not_seen_yet_waits_until_zooms_list_has_settled() -> None:
    """One second before the settle time: look again. At it: create again."""
    plan = planned()
    lost = known(plan, MeetingState.CREATING, attempted_at=NOW)
    settled = NOW + timedelta(seconds=90)

    before = meetings.reconcile([plan], [lost], [], now=settled - timedelta(seconds=1))
    after = meetings.reconcile([plan], [lost], [], now=settled)

    assert before == (Wait("launch", settled, "creation outcome unknown: checking with Zoom"),)
    assert after == (Create(plan, "not at Zoom: the last attempt came to nothing"),)


def test_a_meeting_never_read_back_is_read_before_it_is_believed() -> None:
    """The process ended between the creation and the read-back."""
    plan = planned()

    intents = meetings.reconcile([plan], [known(plan, planned=None)], [listed(plan)], now=NOW)

    assert intents == (Adopt(plan, listed(plan), "found at Zoom by our marker"),)


def test_P06_surplus_twins_are_deleted_and_the_one_with_links_stays() -> None:
    """Of three meetings with our marker only the known one stays."""
    plan = planned()
    twins = [listed(plan, id="id-a"), listed(plan), listed(plan, id="id-z")]

    intents = meetings.reconcile([plan], [known(plan)], twins, now=NOW)

    why = "a second meeting with our marker, whose link was never sent"
    assert intents == (
        Keep("launch", "as planned"),
        DeleteTwin("launch", "id-a", why),
        DeleteTwin("launch", "id-z", why),
    )


def test_P06_of_twins_nobody_knows_the_running_one_is_adopted() -> None:
    """People are inside: it is not the one to delete."""
    plan = planned()
    idle, running = listed(plan, id="id-a"), listed(plan, id="id-b", status="started")

    intents = meetings.reconcile([plan], [known(plan, MeetingState.CREATING)], [idle, running], now=NOW)

    why = "a second meeting with our marker, whose link was never sent"
    assert intents == (Adopt(plan, running, "found at Zoom by our marker"), DeleteTwin("launch", "id-a", why))


def test_P06_a_running_twin_is_not_deleted() -> None:
    """A surplus meeting in which people sit stays until it ends."""
    plan = planned()

    intents = meetings.reconcile(
        [plan], [known(plan)], [listed(plan), listed(plan, id="id-b", status="started")], now=NOW
    )

    assert intents[1] == Keep("launch", "its twin id-b is running: not deleted before it ends")


def test_P06_meetings_of_others_are_never_touched() -> None:
    """Without our marker, or with the marker of another copy of meetbot, a meeting is none of our business."""
    plan = planned()
    foreign = [listed(plan, id="id-x", ref=None), listed(plan, id="id-y", ref="ref-of-another-copy")]

    intents = meetings.reconcile([plan], [known(plan)], [*foreign, listed(plan)], now=NOW)

    assert intents == (Keep("launch", "as planned"),)


def test_a_known_meeting_whose_marker_was_edited_away_is_still_ours() -> None:
    """Someone rewrote the description at Zoom: the id proves the meeting, and the organiser hears of it."""
    plan = planned()
    found = (Difference("text", "with our mark in its first line", "without it", False),)

    intents = meetings.reconcile([plan], [known(plan)], [whole(plan, ref=None)], now=NOW)

    why = "changed at Zoom: description with our mark in its first line → without it"
    assert intents == (Drift(plan, "id-launch", found, why),)


def test_a_changed_programme_updates_the_meeting() -> None:
    """Also what Zoom's list does not show is updated, from what was last confirmed."""
    was = planned()
    plan = replace(was, starts_at=bkk("15:00"), text="new", waiting_room=False)

    intents = meetings.reconcile([plan], [known(was)], [listed(was)], now=NOW)

    changes = ("text", "starts_at", "waiting_room")
    assert intents == (Update(plan, "id-launch", changes, "the programme changed: description, start, waiting room"),)


LATER = Difference(
    "starts_at",
    "Wed 10 Nov 2021 14:00 Bangkok (UTC+7)",
    "Wed 10 Nov 2021 14:30 Bangkok (UTC+7)",
    True,
    "2021-11-10T07:30:00+00:00",
)
TITLE = Difference("topic", "Launch", "Our launch", False, "Our launch")


def test_F16_a_start_changed_at_zoom_is_never_put_back_in_silence() -> None:
    """Somebody moved the meeting on Zoom's own pages: the organiser chooses, and letters wait until then."""
    plan = planned()

    intents = meetings.reconcile([plan], [known(plan)], [whole(plan, starts_at=bkk("14:30"))], now=NOW)

    why = f"changed at Zoom: start {LATER.planned} → {LATER.remote}"
    assert intents == (Drift(plan, "id-launch", (LATER,), why),)
    assert [one.holds for one in intents if isinstance(one, Drift)] == [True]


def test_F16_what_waits_for_a_choice_is_written_down_once() -> None:
    """The second look at the same change writes nothing, and says what to do."""
    plan = planned()
    drifted = known(plan, MeetingState.DRIFTED, drift=(LATER,))

    intents = meetings.reconcile([plan], [drifted], [whole(plan, starts_at=bkk("14:30"))], now=NOW)

    why = f"changed at Zoom: start {LATER.planned} → {LATER.remote}"
    assert intents == (Keep("launch", f"{why}; choose: meetbot drift adopt, or meetbot drift overwrite"),)


def test_F16_a_change_taken_back_at_zoom_ends_the_waiting() -> None:
    """Zoom holds the planned time again: it is read back, and letters leave."""
    plan = planned()

    intents = meetings.reconcile([plan], [known(plan, MeetingState.DRIFTED, drift=(LATER,))], [whole(plan)], now=NOW)

    assert intents == (Adopt(plan, whole(plan), "as planned again at Zoom"),)


def test_F16_a_changed_passcode_holds_letters_and_a_changed_title_does_not() -> None:
    """What touches access or time holds; the rest is only pointed out."""
    plan = planned()
    stands = known(plan, door="mark-1")

    access = meetings.reconcile([plan], [stands], [whole(plan, door="mark-2")], now=NOW)
    title = meetings.reconcile([plan], [stands], [whole(plan, door="mark-1", topic="Our launch")], now=NOW)

    passcode = Difference("passcode", "the former one", "another one", True, "another one")
    assert access == (Drift(plan, "id-launch", (passcode,), "changed at Zoom: passcode the former one → another one"),)
    assert title == (Drift(plan, "id-launch", (TITLE,), "changed at Zoom: title Launch → Our launch"),)
    assert [one.holds for one in access + title if isinstance(one, Drift)] == [True, False]


def test_F16_a_host_changed_at_zoom_is_seen() -> None:
    """An administrator handed the meeting over; its id is the same."""
    plan = planned()

    intents = meetings.reconcile([plan], [known(plan)], [whole(plan, host_address="other@ilo.example")], now=NOW)

    other = Difference("host", "host@ilo.example", "other@ilo.example", False, "other@ilo.example")
    why = "changed at Zoom: host host@ilo.example → other@ilo.example"
    assert intents == (Drift(plan, "id-launch", (other,), why),)


def test_F16_of_a_running_meeting_a_change_holds_nothing() -> None:
    """Cues and late links of a meeting under way are held for nobody's change."""
    plan = planned()

    intents = meetings.reconcile([plan], [known(plan)], [whole(plan, waiting_room=False)], now=bkk("14:00"))

    assert [one.holds for one in intents if isinstance(one, Drift)] == [False]


def test_a_change_of_the_programme_spares_what_nobody_has_chosen_about() -> None:
    """The programme's new description goes to Zoom; the title that somebody wrote there stays."""
    was = planned()
    plan = replace(was, text="new")

    intents = meetings.reconcile([plan], [known(was, drift=(TITLE,))], [whole(was, topic="Our launch")], now=NOW)

    update = Update(plan, "id-launch", ("text",), "the programme changed: description", (TITLE,))
    assert intents == (update,)
    assert update.sent == replace(plan, topic="Our launch")


def test_a_change_of_the_programme_waits_while_somebody_elses_time_stands() -> None:
    """Sending the programme's side would overwrite the other without a word."""
    was = planned()
    plan = replace(was, text="new")

    intents = meetings.reconcile([plan], [known(was)], [whole(was, starts_at=bkk("14:30"))], now=NOW)

    assert [type(one) for one in intents] == [Drift]


def test_what_is_to_be_overwritten_is_updated_until_it_stands() -> None:
    """Chosen, and not done yet: also after a restart."""
    plan = planned()
    chosen = known(plan, MeetingState.OVERWRITING, drift=(LATER,))

    intents = meetings.reconcile([plan], [chosen], [whole(plan, starts_at=bkk("14:30"))], now=NOW)

    assert intents == (Update(plan, "id-launch", ("starts_at",), "put back at Zoom, as chosen: start"),)


def test_a_meeting_without_a_host_waits_for_a_person() -> None:
    """Every host is taken; a meeting that stands already is judged as ever."""
    plan, other = planned(), planned("bilateral")

    intents = meetings.reconcile(
        [plan, other],
        [known(plan, MeetingState.PLANNED), known(other)],
        [whole(other)],
        now=NOW,
        without={"launch": "all hosts are taken"},
    )

    assert intents == (Keep("bilateral", "as planned"), NoHost("launch", "all hosts are taken"))


def test_a_replaced_meeting_is_deleted_once_the_other_stands() -> None:
    """Not before: until then its links are the only ones that people have."""
    plan = planned()
    old = Retired("id-old", "launch", MeetingKind.MEETING, "host has dropped out")

    before = meetings.reconcile([plan], [known(plan, MeetingState.PLANNED)], [], now=NOW, retired=[old])
    after = meetings.reconcile([plan], [known(plan)], [whole(plan)], now=NOW, retired=[old])

    assert before == (Create(plan, "not at Zoom yet"),)
    assert after == (Keep("launch", "as planned"), Retire("launch", "id-old", "host has dropped out"))


def test_a_deleted_meeting_is_gone_and_never_made_again_in_silence() -> None:
    """People may hold links of the old one; a person must decide."""
    plan, other = planned(), planned("bilateral")

    intents = meetings.reconcile([plan, other], [known(plan), known(other)], [listed(other)], now=NOW)

    assert intents == (
        Keep("bilateral", "as planned"),
        Gone("launch", "meeting id-launch was deleted at Zoom, and people may hold its links"),
    )


def test_a_deleted_meeting_is_not_replaced_by_its_twin() -> None:
    """The twin's links are other links: it is pointed out, neither taken nor deleted."""
    plan = planned()

    intents = meetings.reconcile([plan], [known(plan)], [listed(plan, id="id-b")], now=NOW)

    why = "meeting id-launch was deleted at Zoom, and people may hold its links"
    assert intents == (Gone("launch", f"{why}; Zoom has id-b with our marker, whose link nobody holds"),)


def test_a_meeting_restored_at_zoom_is_adopted_again() -> None:
    """Gone, and recovered on Zoom's pages: read back before anything leaves."""
    plan = planned()

    intents = meetings.reconcile([plan], [known(plan, MeetingState.GONE)], [listed(plan)], now=NOW)

    assert intents == (Adopt(plan, listed(plan), "back at Zoom"),)


def test_F14_a_blocked_meeting_is_read_again() -> None:
    """Once the setting is right at Zoom, the links may leave without anybody's help."""
    plan = planned()

    intents = meetings.reconcile([plan], [known(plan, MeetingState.BLOCKED)], [listed(plan)], now=NOW)

    why = "read back at Zoom once more"
    assert intents == (Adopt(plan, listed(plan), why),)


@pytest.mark.parametrize("remote", [[], [listed(planned(), id="id-x", ref=None)]])
def test_an_empty_list_is_refused_when_meetings_were_made(remote: list[RemoteMeeting]) -> None:
    """Zoom shows none of two meetings made there: the wrong account, not two deletions."""
    plans = [planned(), planned("bilateral")]

    intents = meetings.reconcile(plans, [known(one) for one in plans], remote, now=NOW)

    asked = "Zoom lists none of the 2 meetings made there: is this the right account?"
    assert intents == (Refuse(f"{asked} If it is: meetbot drift deleted"),)


def test_in_the_right_account_each_meeting_that_is_not_listed_was_deleted() -> None:
    """A person says so; nothing is made anew before they choose."""
    plans = [planned(), planned("bilateral")]

    intents = meetings.reconcile(plans, [known(one) for one in plans], [], now=NOW, right_account=True)

    assert [(type(one), meetings.key_of(one)) for one in intents] == [(Gone, "bilateral"), (Gone, "launch")]


def test_one_deleted_meeting_is_no_empty_account() -> None:
    """Only one stood there, or those that did are known to be gone: each is judged by itself."""
    plans = [planned(), planned("bilateral")]
    one = [known(plans[0]), known(plans[1], MeetingState.PLANNED)]
    gone = [known(plan, MeetingState.GONE) for plan in plans]

    first = meetings.reconcile(plans, one, [], now=NOW)
    later = meetings.reconcile(plans, gone, [], now=NOW)

    assert [type(intent) for intent in first] == [Create, Gone]
    assert [type(intent) for intent in later] == [Gone, Gone]


def test_meetings_that_are_over_may_leave_zooms_list() -> None:
    """Zoom's list drops what is past; that is no deletion."""
    plans = [planned(), planned("bilateral")]

    intents = meetings.reconcile(plans, [known(one) for one in plans], [], now=bkk("17:00"))

    why = "over; Zoom no longer lists it"
    assert intents == (Keep("bilateral", why), Keep("launch", why))


def test_T09_a_start_that_has_passed_is_not_created() -> None:
    """Zoom would silently make it start at once. One second earlier it is created."""
    plan = planned()

    before = meetings.reconcile([plan], [], [], now=bkk("14:00") - timedelta(seconds=1))
    after = [meetings.reconcile([plan], [], [], now=bkk(clock)) for clock in ("14:00", "18:00")]

    assert before == (Create(plan, "not at Zoom yet"),)
    assert after == [(TooLate("launch", "its start has passed: Zoom would make it start at once"),)] * 2


def test_T17_a_move_into_the_past_is_not_sent() -> None:
    """Zoom ignores a start in the past, so that people would be told a time which Zoom does not have."""
    was = planned()
    plan = replace(was, starts_at=bkk("08:00", "2021-11-08"))

    intents = meetings.reconcile([plan], [known(was)], [listed(was)], now=NOW)

    assert intents == (TooLate("launch", "its new start has passed: Zoom ignores such a change"),)


def test_a_running_meeting_takes_a_new_title() -> None:
    """What does not move the start reaches Zoom at any time."""
    was = planned()
    plan = replace(was, topic="Launch of the Network")

    intents = meetings.reconcile([plan], [known(was)], [listed(was)], now=bkk("14:30"))

    assert intents == (Update(plan, "id-launch", ("topic",), "the programme changed: title"),)


def test_a_cancelled_meeting_that_zoom_still_lists_is_cancelled_again() -> None:
    """The answer to the deletion was lost."""
    plan = planned()

    intents = meetings.reconcile([], [known(plan, MeetingState.CANCELLED)], [listed(plan)], now=NOW)

    assert intents == (Cancel("launch", "id-launch", "no longer planned"),)


def test_a_meeting_no_longer_planned_is_cancelled() -> None:
    """Together with its twins."""
    plan = planned()

    intents = meetings.reconcile([], [known(plan)], [listed(plan, id="id-b"), listed(plan)], now=NOW)

    assert intents == (
        Cancel("launch", "id-launch", "no longer planned"),
        Cancel("launch", "id-b", "no longer planned"),
    )


@pytest.mark.parametrize(
    ("state", "intents"),
    [
        (MeetingState.PLANNED, (Cancel("launch", None, "no longer planned; not at Zoom"),)),
        (
            MeetingState.CREATING,
            (Wait("launch", ATTEMPT + timedelta(seconds=90), "creation outcome unknown: checking with Zoom"),),
        ),
        (MeetingState.CREATED, (Cancel("launch", None, "no longer planned; not at Zoom"),)),
        (MeetingState.CANCELLED, ()),
    ],
)
def test_what_is_not_at_zoom_is_only_cancelled_here(state: MeetingState, intents: tuple[meetings.Intent, ...]) -> None:
    """An attempt whose outcome is unknown is looked for first: it may still appear."""
    row = known(planned(), state, attempted_at=ATTEMPT)

    assert meetings.reconcile([], [row], [], now=NOW) == intents


def test_a_running_meeting_is_not_deleted_under_its_people() -> None:
    """Taken out of the file while it runs: it stays."""
    plan = planned()

    intents = meetings.reconcile([], [known(plan)], [listed(plan, status="started")], now=bkk("14:30"))

    assert intents == (Keep("launch", "no longer planned, but running: not deleted"),)


def test_a_read_back_as_planned_has_no_differences() -> None:
    """Alternative hosts are a set, in any case."""
    plan = planned(alternative_hosts=("A@ilo.example", "b@ilo.example"))

    found = meetings.differences(plan, whole(plan, alternative_hosts=("b@ilo.example", "a@ilo.example")))

    assert found == ()


def test_F14_settings_that_zoom_dropped_are_found_on_reading_back() -> None:
    """Registration, waiting room and times guard the door; the others are only pointed out."""
    plan = planned()
    kept = whole(
        plan, approval_type=2, waiting_room=False, silent=False, starts_at=bkk("14:01"), topic="Other", minutes=60
    )

    found = meetings.differences(plan, kept)

    assert found == (
        Difference("topic", "Launch", "Other", False, "Other"),
        Difference(
            "starts_at",
            "Wed 10 Nov 2021 14:00 Bangkok (UTC+7)",
            "Wed 10 Nov 2021 14:01 Bangkok (UTC+7)",
            True,
            "2021-11-10T07:01:00+00:00",
        ),
        Difference("minutes", "180", "60", True, 60),
        Difference("registration", "with approval", "off", True, "off"),
        Difference("waiting_room", "on", "off", True, False),
        Difference("silence_of_its_own_mails", "on", "off", False, False),
    )


def test_F14_a_setting_missing_from_the_whole_answer_counts_as_not_kept() -> None:
    """An answer that does not say that registration is on is no proof that it is."""
    plan = planned()

    found = meetings.differences(plan, whole(plan, approval_type=None))

    assert found == (Difference("registration", "with approval", "unsaid", True),)


def test_the_marker_comes_back_from_an_agenda() -> None:
    """Also where the description is cut to what Zoom's list shows, and with the line ends of another system."""
    agenda = meetings.marked("Skills " * 500, "k7m2")

    assert agenda.startswith("meetbot:ref=k7m2\n")
    assert len(agenda) <= 2000
    assert meetings.ref_in(agenda[:250]) == "k7m2"
    assert meetings.ref_in(agenda.replace("\n", "\r\n")) == "k7m2"


@pytest.mark.parametrize("agenda", ["", "An agenda", "See meetbot:ref=k7m2", "First\nmeetbot:ref=k7m2", "meetbot:ref="])
def test_an_agenda_without_our_marker_in_its_first_line_is_not_ours(agenda: str) -> None:
    """Somebody who quotes the marker does not make a meeting ours."""
    assert meetings.ref_in(agenda) is None


def test_A05_a_long_title_is_cut_between_letters() -> None:
    """Zoom takes 200 characters; a Khmer letter keeps its vowel."""
    meeting = a.meeting(title="x" * 198 + "កុំ" + "ព្យូទ័រ")

    plan = meetings.planned(meeting, "k7m2")

    assert plan.topic == "x" * 198
    assert (plan.starts_at, plan.minutes, plan.zone) == (bkk("14:00"), 180, "Asia/Bangkok")
