"""`Zoom`: everything that meetbot asks of Zoom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from meetbot.core import times
from meetbot.core.model import MeetingKind
from meetbot.zoom import auth, line
from meetbot.zoom.calls.account import Account
from meetbot.zoom.calls.live import Live
from meetbot.zoom.calls.meetings import Meetings
from meetbot.zoom.calls.past import Past
from meetbot.zoom.calls.registrants import Registrants
from meetbot.zoom.calls.webinars import Webinars


class Zoom(Meetings, Registrants, Webinars, Live, Past, Account):
    """Zoom's REST API for one account; an async context manager. `kind` is a meeting where nothing else is said.

    Every call may raise ZoomRefused, ZoomRateLimited and ZoomUnreachable, and one that changes something also
    ZoomUnknownOutcome. Calls that only read are tried three times; the others are sent again only when Zoom certainly
    did nothing: after a stale token, and after its limit per second. `may_change` is called right before each one that
    changes something; what it raises keeps the call from being made.
    """

    def __init__(
        self,
        account: auth.Account,
        clock: times.Clock,
        *,
        transport: line.Transport | None = None,
        may_change: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(line.Line(account, clock, transport, may_change), account.api_url)

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

    async def clock_ahead(self) -> timedelta | None:
        """How far our clock was ahead of Zoom's at its last answer, to the second; None before the first."""
        return self._line.ahead

    async def is_live(self, meeting_id: str, kind: MeetingKind = MeetingKind.MEETING) -> bool:
        """Whether the meeting is running now."""
        return (await self.meeting(meeting_id, kind)).status == "started"
