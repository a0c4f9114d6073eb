"""What happened in meetings: past runs, who was there, and the overviews of an account."""

from __future__ import annotations

from datetime import date

from meetbot.core.model import MeetingKind
from meetbot.core.remote import Instance, Reading
from meetbot.errors import ZoomRefused
from meetbot.zoom import answers, reports, wire
from meetbot.zoom.calls import desk
from meetbot.zoom.limits import Label

# Zoom names the registrant of a participant only when asked.
_WITH_REGISTRANTS = {"include_fields": "registrant_id", **desk.ALL}


class Past(desk.Desk):
    """Past runs are asked for by uuid: a meeting's id means only its last one."""

    async def instances(self, meeting_id: str, kind: MeetingKind = desk.MEETING) -> tuple[Instance, ...]:
        """The runs of the meeting that have ended; none for a meeting that Zoom does not know (any more)."""
        path = f"/past_{kind}s/{wire.segment(meeting_id)}/instances"
        request = wire.Request("list instances", "GET", path, Label.MEDIUM)
        try:
            return tuple(await self._line.all(request, f"{kind}s", reports.instance))
        except ZoomRefused as refusal:
            if not refusal.missing:
                raise
            return ()

    async def report(self, uuid: str, kind: MeetingKind = desk.MEETING) -> Reading | None:
        """The participant report of that instance; None while Zoom has none yet."""
        path = f"/report/{kind}s/{wire.uuid_segment(uuid)}/participants"
        return await self._reading(uuid, wire.Request("read report", "GET", path, Label.HEAVY, _WITH_REGISTRANTS))

    async def past_participants(self, uuid: str, kind: MeetingKind = desk.MEETING) -> Reading | None:
        """The same people by the lighter call, for apps that may not read reports; None while Zoom has none yet."""
        path = f"/past_{kind}s/{wire.uuid_segment(uuid)}/participants"
        request = wire.Request("list past participants", "GET", path, Label.MEDIUM, _WITH_REGISTRANTS)
        return await self._reading(uuid, request)

    async def dashboard_participants(self, uuid: str) -> Reading | None:
        """The same people by the dashboard, which also knows runs with one participant (Business plan or higher)."""
        path = f"/metrics/meetings/{wire.uuid_segment(uuid)}/participants"
        query = {"type": "past", **_WITH_REGISTRANTS}
        return await self._reading(uuid, wire.Request("read dashboard", "GET", path, Label.HEAVY, query))

    async def _reading(self, uuid: str, request: wire.Request) -> Reading | None:
        try:
            return reports.reading(uuid, await self._line.pages(request, "participants"))
        except ZoomRefused as refusal:
            if not refusal.missing:
                raise
            return None

    async def past_meeting(self, uuid: str) -> reports.PastMeeting:
        """When that instance began and ended, and how many were there; ZoomRefused, `missing`, until Zoom knows."""
        request = wire.Request("read past meeting", "GET", f"/past_meetings/{wire.uuid_segment(uuid)}")
        return await self._line.ask(request, reports.past_meeting)

    async def report_summary(self, uuid: str) -> reports.PastMeeting:
        """The same by the report, for accounts that may read reports."""
        path = f"/report/meetings/{wire.uuid_segment(uuid)}"
        return await self._line.ask(wire.Request("read summary", "GET", path, Label.HEAVY), reports.past_meeting)

    async def history_meetings(self, first: date, last: date) -> tuple[reports.PastMeeting, ...]:
        """All past runs of the account from one day to another (UTC), at most a month apart."""
        request = wire.Request("list history", "GET", "/report/history_meetings", Label.HEAVY, _days(first, last))
        return tuple(await self._line.all(request, "history_meetings", reports.past_meeting))

    async def upcoming_events(self, first: date, last: date) -> tuple[answers.Upcoming, ...]:
        """All meetings and webinars of the account from one day to another (UTC), at most a month apart."""
        request = wire.Request("list events", "GET", "/report/upcoming_events", Label.HEAVY, _days(first, last))
        return tuple(await self._line.all(request, "upcoming_events", answers.upcoming))

    async def dashboard_meetings(self, first: date, last: date) -> tuple[reports.PastMeeting, ...]:
        """Past runs by the dashboard (Business plan or higher), at most a month apart."""
        query = {"type": "past", **_days(first, last)}
        request = wire.Request("list dashboard meetings", "GET", "/metrics/meetings", Label.RESOURCE_INTENSIVE, query)
        return tuple(await self._line.all(request, "meetings", reports.past_meeting))


def _days(first: date, last: date) -> dict[str, str]:
    return {"from": first.isoformat(), "to": last.isoformat(), **desk.ALL}
