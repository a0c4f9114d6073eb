"""The people of one meeting as Zoom has them: read, told of our decisions, looked up again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from meetbot import errors
from meetbot.core import budget
from meetbot.core import registration as core_registration
from meetbot.core.model import JoinLink, Meeting, MeetingKind, Registrant, Status
from meetbot.core.remote import RemoteRegistrant
from meetbot.store import quota
from meetbot.store.engine import Store
from meetbot.zoom.client import Zoom

#: The later ones win: whoever is in two of Zoom's lists has just been approved.
_STATUSES: tuple[Literal["denied", "pending", "approved"], ...] = ("denied", "pending", "approved")
_COUNTED = {
    quota.Kind.ADD: (budget.ADDS_A_DAY, "registrations"),
    quota.Kind.STATUS: (budget.STATUS_CHANGES_A_DAY, "changes of status"),
}


@dataclass(frozen=True)
class Admitted:
    """Somebody whom Zoom lets in."""

    zoom_id: str
    link: JoinLink


class Roster:
    """Looked into before anybody is added, because Zoom allows few additions of an address in a day.

    In a webinar those on stage are panelists, and are not on the list of registrants.
    """

    def __init__(self, store: Store, zoom: Zoom, meeting: Meeting, zoom_id: str, *, now: datetime) -> None:
        self._store = store
        self._zoom = zoom
        self._kind = meeting.kind
        self._zoom_id = zoom_id
        self._now = now
        self._urgent = core_registration.urgent(meeting, now)
        self._registrants: dict[str, RemoteRegistrant] = {}  # by address
        self._panelists: dict[str, RemoteRegistrant] = {}  # by address

    async def read(self) -> None:
        """Look at Zoom's lists. Whom a list does not show yet, though Zoom has just said so, stays known."""
        for status in _STATUSES:
            listed = await self._zoom.registrants(self._zoom_id, status, self._kind, urgent=self._urgent)
            self._registrants |= {one.address.lower(): one for one in listed}
        if self._kind is MeetingKind.WEBINAR:
            self._panelists |= {one.address.lower(): one for one in await self._zoom.panelists(self._zoom_id)}

    def admitted(self, registrant: Registrant, *, on_stage: bool) -> Admitted | None:
        """Under which id and with which join link Zoom lets the registrant in; None: not, or not yet."""
        listed = self._panelists if on_stage and self._kind is MeetingKind.WEBINAR else self._registrants
        found = listed.get(registrant.form.address.lower())
        if found is None or found.status != "approved" or found.join_link is None:
            return None
        return Admitted(found.id, found.join_link)

    async def tell(self, registrant: Registrant, *, on_stage: bool) -> None:
        """Make Zoom's status of them ours. Zoom also says yes to what it did not do: look afterwards."""
        address = registrant.form.address.lower()
        welcome = registrant.status is Status.APPROVED
        as_panelist = on_stage and self._kind is MeetingKind.WEBINAR
        if address in self._panelists and not (welcome and as_panelist):
            await self._zoom.delete_panelist(self._zoom_id, self._panelists.pop(address).id)
        if not welcome or as_panelist:
            await self._bar(address, waits=registrant.status is Status.PENDING)
        if welcome and as_panelist and address not in self._panelists:
            await self._zoom.add_panelists(self._zoom_id, [(registrant.form.name, registrant.form.address)])
        if welcome and not as_panelist:
            await self._admit(registrant)

    async def _bar(self, address: str, *, waits: bool) -> None:
        """Let somebody not in; who `waits` for a decision may do so at Zoom too."""
        there = self._registrants.get(address)
        if there is not None and there.status != "denied" and not (waits and there.status == "pending"):
            await self._set_status("cancel" if there.status == "approved" else "deny", there)

    async def _admit(self, registrant: Registrant) -> None:
        there = self._registrants.get(registrant.form.address.lower())
        if there is None:
            there = await self._add(registrant)
            # Only a webinar's registrants come back pending, whatever was asked for.
            if there is None or self._kind is MeetingKind.MEETING:
                return
        if there.status != "approved":
            await self._set_status("approve", there)

    async def _add(self, registrant: Registrant) -> RemoteRegistrant | None:
        """The registrant as Zoom answers; None for an answer about somebody else, which the list puts right."""
        form = registrant.form
        first, last = core_registration.split_name(form.name)
        await self._count(quota.Kind.ADD, form.address)
        added = await self._zoom.add_registrant(
            self._zoom_id,
            address=form.address,
            first_name=first,
            last_name=last,
            organisation=form.organisation,
            position=form.position,
            kind=self._kind,
            urgent=self._urgent,
        )
        if any(added.id == one.id or _same_link(added, one) for one in self._registrants.values()):
            return None
        self._registrants[form.address.lower()] = added
        return added

    async def _set_status(self, action: Literal["approve", "deny", "cancel"], there: RemoteRegistrant) -> None:
        await self._count(quota.Kind.STATUS, there.address)
        who = [(there.id, there.address)]
        await self._zoom.set_status(self._zoom_id, action, who, self._kind, urgent=self._urgent)

    async def _count(self, kind: quota.Kind, address: str) -> None:
        """Count a call before it leaves. ZoomRateLimited, by our own count, when today's are used up."""
        most, what = _COUNTED[kind]
        subject = f"{self._zoom_id}/{address.lower()}"
        async with self._store.transaction() as tx:
            if not await quota.spend(tx, kind, subject, most=most, now=self._now):
                raise errors.ZoomRateLimited(
                    f"Zoom allows {most} {what} of one person in a day, and today's are used up",
                    retry_at=budget.next_day(self._now),
                )


def _same_link(one: RemoteRegistrant, other: RemoteRegistrant) -> bool:
    return one.join_link is not None and one.join_link == other.join_link
