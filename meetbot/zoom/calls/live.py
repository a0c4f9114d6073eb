"""What can be done to a meeting while it runs, and the chat that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from meetbot.core.model import MeetingKind
from meetbot.zoom import wire
from meetbot.zoom.calls import desk
from meetbot.zoom.limits import Label

_LONGEST_POST = 1024
_MOST_MEMBERS = 5  # in one call


class Live(desk.Desk):
    """Zoom queues live events and has no call to check them: a webhook tells what happened."""

    async def record(self, meeting_id: str, action: Literal["start", "stop", "pause", "resume"]) -> None:
        """Ask for cloud recording to start, stop, pause or resume; Zoom does it a second later."""
        await self._event(f"{action} recording", meeting_id, {"method": f"recording.{action}"})

    async def show_in_waiting_room(self, meeting_id: str, title: str, text: str) -> None:
        """Let those who still wait read this."""
        shown = {"waiting_room_title": title, "waiting_room_description": text}
        await self._event("update waiting room", meeting_id, {"method": "waiting_room.update", "params": shown})

    async def _event(self, what: str, meeting_id: str, body: Mapping[str, object]) -> None:
        path = f"/live_meetings/{wire.segment(meeting_id)}/events"
        await self._line.call(wire.Request(what, "PATCH", path, Label.MEDIUM, body=body))

    async def end_meeting(self, id: str, kind: MeetingKind = desk.MEETING) -> None:
        """End the meeting for everybody in it."""
        path = desk.path(kind, id, "status")
        await self._line.call(wire.Request(f"end {kind}", "PUT", path, body={"action": "end"}))

    async def post_to_chat(self, host: str, channel: str, text: str) -> None:
        """Post into the chat of a meeting, as its host; cut to the length that Zoom takes.

        Zoom carries it to members of the chat; whether guests in the meeting see it is not certain.
        """
        path = f"/chat/users/{wire.segment(host)}/messages"
        body = {"message": text[:_LONGEST_POST], "to_channel": channel}
        await self._line.call(wire.Request("post to chat", "POST", path, Label.MEDIUM, body=body))

    async def add_chat_members(self, channel: str, addresses: Sequence[str]) -> None:
        """Make Zoom users members of the chat, so that they may post and read before and after the meeting."""
        path = f"/chat/channels/{wire.segment(channel)}/members"
        for some in desk.portions(addresses, _MOST_MEMBERS):
            body = {"members": [{"email": address} for address in some]}
            await self._line.call(wire.Request("add chat members", "POST", path, Label.MEDIUM, body=body))
