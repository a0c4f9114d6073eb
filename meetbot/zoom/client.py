"""`Zoom`: one method for each call that meetbot makes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Literal, Self

from meetbot.core import times
from meetbot.core.remote import Instance, PlannedMeeting, Reading, RemoteMeeting, RemoteRegistrant
from meetbot.errors import ZoomRefused
from meetbot.zoom import answers, auth, line, requests, wire


class Zoom:
    """Zoom's REST API for one account; an async context manager.

    Every call may raise ZoomRefused, ZoomRateLimited and ZoomUnreachable, and one that changes something also
    ZoomUnknownOutcome. Calls that only read are tried three times; the others never twice, but for a stale token.
    """

    def __init__(self, account: auth.Account, clock: times.Clock, *, transport: line.Transport | None = None) -> None:
        self._api_url = account.api_url
        self._line = line.Line(account, clock, transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._line.close()

    async def scopes(self) -> frozenset[str]:
        """What our app may do, in Zoom's words."""
        return (await self._line.token()).scopes

    async def server_time(self) -> datetime | None:
        """When Zoom gave its last answer, by Zoom's clock, to the second; None before the first."""
        return self._line.served_at

    async def check_host(self, host: str) -> answers.Host:
        """The user of that id or address; ZoomRefused when the account has none."""
        return await self._line.ask(requests.host(host), answers.host)

    async def create_meeting(self, planned: PlannedMeeting) -> RemoteMeeting:
        """Create the meeting as Zoom will hold it; read it back, because Zoom drops settings without a word."""
        return await self._line.ask(requests.create_meeting(planned), answers.meeting)

    async def meeting(self, id: str) -> RemoteMeeting:
        """The meeting as Zoom holds it, with its settings; ZoomRefused, `missing`, when there is none."""
        return await self._line.ask(requests.meeting(id), answers.meeting)

    async def update_meeting(self, id: str, planned: PlannedMeeting) -> None:
        """Make the meeting what is planned; like a creation it counts towards its host's 100 a day."""
        await self._line.call(requests.update_meeting(id, planned))

    async def delete_meeting(self, id: str) -> None:
        """See to it that the meeting does not exist. Zoom writes to nobody about it."""
        try:
            await self._line.call(requests.delete_meeting(id))
        except ZoomRefused as refusal:
            if not refusal.missing:
                raise

    async def list_meetings(self, host: str) -> tuple[RemoteMeeting, ...]:
        """The host's meetings that are not over, each with the fields that Zoom's list has."""
        meetings = await self._line.all(requests.meetings_of(host), "meetings", answers.meeting)
        return tuple({meeting.id: meeting for meeting in meetings}.values())

    async def add_registrant(
        self,
        meeting_id: str,
        *,
        address: str,
        first_name: str,
        last_name: str,
        organisation: str = "",
        position: str = "",
        country: str = "",
        language: str | None = None,
    ) -> RemoteRegistrant:
        """Register and approve a person. The answer may lack the join link; then the list has it a little later.

        Zoom allows three calls a day for the same address: look into the list before.
        """
        form = requests.form(
            address=address,
            first_name=first_name,
            last_name=last_name,
            organisation=organisation,
            position=position,
            country=country,
            language=language,
        )
        request = requests.add_registrant(meeting_id, form)
        return await self._line.ask(request, lambda row: answers.added_registrant(row, form, self._api_url))

    async def registrants(
        self, meeting_id: str, status: Literal["approved", "pending", "denied"]
    ) -> tuple[RemoteRegistrant, ...]:
        """The registrants with that status; only approved ones have their join link."""
        request = requests.registrants(meeting_id, status)
        rows = await self._line.all(
            request, "registrants", lambda row: answers.registrant({"status": status, **row}, self._api_url)
        )
        return tuple({row.id: row for row in rows}.values())

    async def set_status(
        self, meeting_id: str, action: Literal["approve", "deny", "cancel"], registrants: Sequence[tuple[str, str]]
    ) -> None:
        """Do that to registrants, given as id and address. Zoom also says yes to what it did not do: look after."""
        for first in range(0, len(registrants), requests.MOST_STATUS_CHANGES):
            some = registrants[first : first + requests.MOST_STATUS_CHANGES]
            await self._line.call(requests.set_status(meeting_id, action, some))

    async def record(self, meeting_id: str, action: Literal["start", "stop"]) -> None:
        """Ask for the start or the end of cloud recording; Zoom does it a second later and has no call to check."""
        await self._line.call(requests.record(meeting_id, action))

    async def is_live(self, meeting_id: str) -> bool:
        """Whether the meeting is running now."""
        return (await self.meeting(meeting_id)).status == "started"

    async def instances(self, meeting_id: str) -> tuple[Instance, ...]:
        """The runs of the meeting that have ended; none for a meeting that Zoom does not know (any more)."""
        try:
            return tuple(await self._line.all(requests.instances(meeting_id), "meetings", answers.instance))
        except ZoomRefused as refusal:
            if not refusal.missing:
                raise
            return ()

    async def report(self, uuid: str) -> Reading | None:
        """The participant report of that instance; None while Zoom has none yet."""
        return await self._reading(uuid, requests.report(uuid))

    async def past_participants(self, uuid: str) -> Reading | None:
        """The same people by the lighter call, for apps that may not read reports; None while Zoom has none yet."""
        return await self._reading(uuid, requests.past_participants(uuid))

    async def _reading(self, uuid: str, request: wire.Request) -> Reading | None:
        try:
            return answers.reading(uuid, await self._line.pages(request, "participants"))
        except ZoomRefused as refusal:
            if not refusal.missing:
                raise
            return None
