"""What only webinars have: panelists, and a list of those who did not come."""

from __future__ import annotations

from collections.abc import Sequence

from meetbot.core.model import MeetingKind
from meetbot.core.remote import RemoteRegistrant
from meetbot.zoom import answers, wire
from meetbot.zoom.calls import desk
from meetbot.zoom.limits import Label

_MOST_PANELISTS = 30  # in one call


class Webinars(desk.Desk):
    async def add_panelists(self, webinar_id: str, people: Sequence[tuple[str, str]]) -> None:
        """Invite people, given as name and address, onto the stage; Zoom's own mail to them is off at the webinar."""
        path = desk.path(MeetingKind.WEBINAR, webinar_id, "panelists")
        for some in desk.portions(people, _MOST_PANELISTS):
            body = {"panelists": [{"name": name[:64], "email": address} for name, address in some]}
            await self._line.call(wire.Request("add panelists", "POST", path, Label.MEDIUM, body=body))

    async def panelists(self, webinar_id: str) -> tuple[RemoteRegistrant, ...]:
        """The panelists, each with their own join link."""
        path = desk.path(MeetingKind.WEBINAR, webinar_id, "panelists")
        request = wire.Request("list panelists", "GET", path, Label.MEDIUM)
        rows = await self._line.all(request, "panelists", lambda row: answers.panelist(row, self._api_url))
        return tuple(rows)

    async def delete_panelist(self, webinar_id: str, id: str) -> None:
        """Take the panelist off the stage; their link is of no more use."""
        path = desk.path(MeetingKind.WEBINAR, webinar_id, "panelists", id)
        await self._line.call(wire.Request("delete panelist", "DELETE", path, Label.MEDIUM))

    async def absentees(self, uuid: str) -> tuple[RemoteRegistrant, ...]:
        """Who registered and did not come to that past run of a webinar."""
        path = f"/past_webinars/{wire.uuid_segment(uuid)}/absentees"
        request = wire.Request("list absentees", "GET", path, Label.HEAVY, desk.ALL)
        return tuple(await self._line.all(request, "registrants", answers.absentee))
