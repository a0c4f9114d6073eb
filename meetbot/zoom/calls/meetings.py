"""Meetings and webinars: make, read, change, delete, list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from meetbot.core.model import MeetingKind
from meetbot.core.remote import PlannedMeeting, RemoteMeeting
from meetbot.errors import ZoomRefused
from meetbot.zoom import answers, bodies, fields, wire
from meetbot.zoom.calls import desk
from meetbot.zoom.limits import Label

_MOST_LINKS = 500  # in one call


class Meetings(desk.Desk):
    """A webinar is asked for by its `kind`; in everything else it is a meeting."""

    async def create_meeting(self, planned: PlannedMeeting) -> RemoteMeeting:
        """Create the meeting as Zoom will hold it; read it back, because Zoom drops settings without a word."""
        path = f"/users/{wire.segment(planned.host)}/{planned.kind}s"
        request = wire.Request(f"create {planned.kind}", "POST", path, Label.CREATION, body=bodies.created(planned))
        return await self._line.ask(request, lambda row: answers.meeting(row, planned.kind))

    async def meeting(self, id: str, kind: MeetingKind = desk.MEETING) -> RemoteMeeting:
        """The meeting as Zoom holds it, with its settings; ZoomRefused, `missing`, when there is none."""
        request = wire.Request(f"read {kind}", "GET", desk.path(kind, id))
        return await self._line.ask(request, lambda row: answers.meeting(row, kind))

    async def update_meeting(self, id: str, planned: PlannedMeeting) -> None:
        """Make the meeting what is planned; like a creation it counts towards its host's 100 a day."""
        path = desk.path(planned.kind, id)
        await self._line.call(wire.Request(f"update {planned.kind}", "PATCH", path, body=bodies.changed(planned)))

    async def delete_meeting(self, id: str, kind: MeetingKind = desk.MEETING) -> None:
        """See to it that the meeting does not exist. Zoom writes to nobody about it."""
        try:
            await self._line.call(wire.Request(f"delete {kind}", "DELETE", desk.path(kind, id)))
        except ZoomRefused as refusal:
            if not refusal.missing:
                raise

    async def recover_meeting(self, id: str) -> None:
        """Bring a deleted meeting back, with its registrants and their join links."""
        path = desk.path(desk.MEETING, id, "status")
        await self._line.call(wire.Request("recover meeting", "PUT", path, body={"action": "recover"}))

    async def list_meetings(self, host: str) -> tuple[RemoteMeeting, ...]:
        """The host's meetings that are not over, each with the fields that Zoom's list has."""
        return await self._listed(host, desk.MEETING)

    async def list_webinars(self, host: str) -> tuple[RemoteMeeting, ...]:
        """The host's webinars that are not over; ZoomRefused (code 200) for an account without webinars."""
        return await self._listed(host, MeetingKind.WEBINAR)

    async def _listed(self, host: str, kind: MeetingKind) -> tuple[RemoteMeeting, ...]:
        path = f"/users/{wire.segment(host)}/{kind}s"
        request = wire.Request(f"list {kind}s", "GET", path, Label.MEDIUM, {"type": "scheduled", **desk.ALL})
        rows = await self._line.all(request, f"{kind}s", lambda row: answers.meeting(row, kind))
        return tuple({row.id: row for row in rows}.values())

    async def upcoming_meetings(self, host: str) -> tuple[answers.Upcoming, ...]:
        """The host's meetings of the next 24 hours."""
        path = f"/users/{wire.segment(host)}/upcoming_meetings"
        request = wire.Request("list upcoming meetings", "GET", path, Label.MEDIUM)
        return tuple(await self._line.all(request, "meetings", answers.upcoming))

    async def invitation(self, id: str) -> str:
        """The invitation in Zoom's words, which bears the meeting's own link: for hosts, not for registrants."""
        request = wire.Request("read invitation", "GET", desk.path(desk.MEETING, id, "invitation"))
        return await self._line.ask(request, lambda row: fields.required(row, "invitation"))

    async def invite_links(self, id: str, names: Sequence[str], lasting: timedelta) -> tuple[answers.Guest, ...]:
        """A link for each name into a meeting without registration, good for that long, at most 90 days."""
        guests: list[answers.Guest] = []
        for some in desk.portions(names, _MOST_LINKS):
            body = {"attendees": [{"name": name[:64]} for name in some], "ttl": int(lasting.total_seconds())}
            path = desk.path(desk.MEETING, id, "invite_links")
            request = wire.Request("make invite links", "POST", path, body=body)
            guests += await self._line.ask(
                request, desk.each("attendees", lambda row: answers.guest(row, self._api_url))
            )
        return tuple(guests)
