"""Every call of the client once, for tests of what must hold for all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from meetbot.core import times
from meetbot.core.model import MeetingKind
from meetbot.core.remote import PlannedMeeting
from meetbot.zoom import answers, client

Call = Callable[[client.Zoom], Awaitable[object]]

PLANNED = PlannedMeeting("launch", "x1", "h", "Launch", "", times.at("2021-11-10 14:00", "Asia/Bangkok"), 180, "UTC")
WEBINAR = MeetingKind.WEBINAR
FIRST, LAST = date(2021, 11, 1), date(2021, 11, 30)
ASKED = (answers.Question("org", required=True),)

READS: dict[str, Call] = {
    "meeting": lambda zoom: zoom.meeting("1"),
    "webinar": lambda zoom: zoom.meeting("1", WEBINAR),
    "is_live": lambda zoom: zoom.is_live("1"),
    "list_meetings": lambda zoom: zoom.list_meetings("h"),
    "list_webinars": lambda zoom: zoom.list_webinars("h"),
    "upcoming_meetings": lambda zoom: zoom.upcoming_meetings("h"),
    "invitation": lambda zoom: zoom.invitation("1"),
    "registrants": lambda zoom: zoom.registrants("1", "approved"),
    "registrant": lambda zoom: zoom.registrant("1", "r1"),
    "questions": lambda zoom: zoom.questions("1"),
    "panelists": lambda zoom: zoom.panelists("1"),
    "absentees": lambda zoom: zoom.absentees("u1"),
    "instances": lambda zoom: zoom.instances("1"),
    "report": lambda zoom: zoom.report("u1"),
    "past_participants": lambda zoom: zoom.past_participants("u1"),
    "dashboard_participants": lambda zoom: zoom.dashboard_participants("u1"),
    "past_meeting": lambda zoom: zoom.past_meeting("u1"),
    "report_summary": lambda zoom: zoom.report_summary("u1"),
    "history_meetings": lambda zoom: zoom.history_meetings(FIRST, LAST),
    "upcoming_events": lambda zoom: zoom.upcoming_events(FIRST, LAST),
    "dashboard_meetings": lambda zoom: zoom.dashboard_meetings(FIRST, LAST),
    "check_host": lambda zoom: zoom.check_host("h"),
    "host_settings": lambda zoom: zoom.host_settings("h"),
    "users": lambda zoom: zoom.users(),
    "tracking_fields": lambda zoom: zoom.tracking_fields(),
}
CHANGES: dict[str, Call] = {
    "create_meeting": lambda zoom: zoom.create_meeting(PLANNED),
    "update_meeting": lambda zoom: zoom.update_meeting("1", PLANNED),
    "delete_meeting": lambda zoom: zoom.delete_meeting("1"),
    "recover_meeting": lambda zoom: zoom.recover_meeting("1"),
    "end_meeting": lambda zoom: zoom.end_meeting("1"),
    "invite_links": lambda zoom: zoom.invite_links("1", ["A"], timedelta(hours=2)),
    "add_registrant": lambda zoom: zoom.add_registrant("1", address="a@example.org", first_name="A", last_name=""),
    "add_registrants": lambda zoom: zoom.add_registrants("1", [("a@example.org", "A", "")]),
    "set_status": lambda zoom: zoom.set_status("1", "deny", [("r1", "a@example.org")]),
    "delete_registrant": lambda zoom: zoom.delete_registrant("1", "r1"),
    "set_questions": lambda zoom: zoom.set_questions("1", ASKED),
    "add_panelists": lambda zoom: zoom.add_panelists("1", [("A", "a@example.org")]),
    "delete_panelist": lambda zoom: zoom.delete_panelist("1", "p1"),
    "record": lambda zoom: zoom.record("1", "stop"),
    "show_in_waiting_room": lambda zoom: zoom.show_in_waiting_room("1", "Now", "Welcome"),
    "post_to_chat": lambda zoom: zoom.post_to_chat("h", "c1", "Five minutes"),
    "add_chat_members": lambda zoom: zoom.add_chat_members("c1", ["a@example.org"]),
    "add_tracking_field": lambda zoom: zoom.add_tracking_field("Programme"),
}
