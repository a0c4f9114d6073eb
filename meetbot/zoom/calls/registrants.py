"""Registrants of meetings and webinars, and the questions of Zoom's own form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from meetbot.core.model import MeetingKind
from meetbot.core.remote import RemoteRegistrant
from meetbot.zoom import answers, bodies, wire
from meetbot.zoom.calls import desk
from meetbot.zoom.limits import Label

_MOST_AT_ONCE = 30  # in one call, for status changes and for batches


class Registrants(desk.Desk):
    """`urgent` calls go before others that wait for their turn: an approval in the last hour must not queue."""

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
        kind: MeetingKind = desk.MEETING,
        urgent: bool = False,
    ) -> RemoteRegistrant:
        """Register and approve a person. The answer may lack the join link; then the list has it a little later.

        Zoom allows three calls a day for the same address: look into the list before. Webinars know no approval in the
        same call: their registrants come back pending, to be approved by `set_status`.
        """
        form = bodies.form(
            address=address,
            first_name=first_name,
            last_name=last_name,
            organisation=organisation,
            position=position,
            country=country,
            language=language,
        )
        path = desk.path(kind, meeting_id, "registrants")
        request = wire.Request("add registrant", "POST", path, body={**form, "auto_approve": True}, urgent=urgent)
        return await self._line.ask(request, lambda row: answers.added_registrant(row, form, self._api_url))

    async def add_registrants(
        self, meeting_id: str, people: Sequence[tuple[str, str, str]]
    ) -> tuple[RemoteRegistrant, ...]:
        """Register and approve people, given as address, first name and last name, thirty in a call.

        Zoom keeps nothing else of them, and refuses all thirty for one that is wrong.
        """
        portions = desk.portions(people, _MOST_AT_ONCE)
        return tuple([one for some in portions for one in await self._add_batch(meeting_id, some)])

    async def _add_batch(self, meeting_id: str, people: Sequence[tuple[str, str, str]]) -> tuple[RemoteRegistrant, ...]:
        forms = [bodies.form(address=address, first_name=first, last_name=last) for address, first, last in people]
        form_by_address = {form["email"].casefold(): form for form in forms}
        body = {"auto_approve": True, "registrants_confirmation_email": False, "registrants": forms}
        path = desk.path(desk.MEETING, meeting_id, "batch_registrants")
        request = wire.Request("add registrants", "POST", path, Label.HEAVY, body=body)
        read = desk.each("registrants", lambda row: answers.batched_registrant(row, form_by_address, self._api_url))
        return await self._line.ask(request, read)

    async def registrants(
        self,
        meeting_id: str,
        status: Literal["approved", "pending", "denied"],
        kind: MeetingKind = desk.MEETING,
        *,
        urgent: bool = False,
    ) -> tuple[RemoteRegistrant, ...]:
        """The registrants with that status; only approved ones have their join link."""
        query = {"status": status, **desk.ALL}
        path = desk.path(kind, meeting_id, "registrants")
        request = wire.Request(f"list {status} registrants", "GET", path, Label.MEDIUM, query, urgent=urgent)
        rows = await self._line.all(
            request, "registrants", lambda row: answers.registrant({"status": status, **row}, self._api_url)
        )
        return tuple({row.id: row for row in rows}.values())

    async def registrant(self, meeting_id: str, id: str, kind: MeetingKind = desk.MEETING) -> RemoteRegistrant:
        """One registrant by Zoom's id; ZoomRefused when the meeting has none of that id."""
        request = wire.Request("read registrant", "GET", desk.path(kind, meeting_id, "registrants", id))
        return await self._line.ask(request, lambda row: answers.registrant(row, self._api_url))

    async def set_status(
        self,
        meeting_id: str,
        action: Literal["approve", "deny", "cancel"],
        registrants: Sequence[tuple[str, str]],
        kind: MeetingKind = desk.MEETING,
        *,
        urgent: bool = False,
    ) -> None:
        """Do that to registrants, given as id and address. Zoom also says yes to what it did not do: look after."""
        path = desk.path(kind, meeting_id, "registrants", "status")
        for some in desk.portions(registrants, _MOST_AT_ONCE):
            body = {"action": action, "registrants": [{"id": id, "email": address} for id, address in some]}
            await self._line.call(
                wire.Request(f"{action} registrants", "PUT", path, Label.MEDIUM, body=body, urgent=urgent)
            )

    async def delete_registrant(self, meeting_id: str, id: str, kind: MeetingKind = desk.MEETING) -> None:
        """Take the registrant off Zoom's list altogether."""
        path = desk.path(kind, meeting_id, "registrants", id)
        await self._line.call(wire.Request("delete registrant", "DELETE", path))

    async def questions(self, meeting_id: str, kind: MeetingKind = desk.MEETING) -> tuple[answers.Question, ...]:
        """What Zoom's own registration form asks beside name and address."""
        path = desk.path(kind, meeting_id, "registrants", "questions")
        return await self._line.ask(wire.Request("read questions", "GET", path), answers.questions)

    async def set_questions(
        self, meeting_id: str, questions: Iterable[answers.Question], kind: MeetingKind = desk.MEETING
    ) -> None:
        """Let Zoom's own form ask these. A new required one sends people who have their link back to the form."""
        path = desk.path(kind, meeting_id, "registrants", "questions")
        await self._line.call(wire.Request("set questions", "PATCH", path, body=bodies.questions(questions)))
