"""Which meetings Zoom is asked for one by one, and for which a row of its list is enough."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta

from meetbot.core.meetings.differences import differences
from meetbot.core.meetings.states import KnownMeeting, MeetingState
from meetbot.core.remote import PlannedMeeting, RemoteMeeting

_FAR = timedelta(days=1)
_HOUR = timedelta(hours=1)
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def is_read_whole(
    plan: PlannedMeeting, known: KnownMeeting, row: RemoteMeeting | None, *, since: datetime | None, now: datetime
) -> bool:
    """Whether a pass reads the meeting by its id, with its settings and its passcode, which a list does not have.

    For one that stands as planned and begins in more than a day its row of the list is enough, but once an hour, at a
    moment of its own, so that many meetings are not read at one time. `row`: None when Zoom lists it not; `since`: of
    the pass before, None to read everything.
    """
    if since is None or row is None or plan.starts_at <= now + _FAR:
        return True
    return not _stands(plan, known, row) or _moment(known.key, now) > since


def _stands(plan: PlannedMeeting, known: KnownMeeting, row: RemoteMeeting) -> bool:
    """Nothing is open about it, and as far as the row tells Zoom holds it as planned."""
    settled = known.state is MeetingState.CREATED and known.planned == plan and not known.drift
    return settled and row.ref == plan.ref and not differences(plan, row, listed=True)


def _moment(key: str, now: datetime) -> datetime:
    """The newest of its own moments, one in each hour, up to now."""
    offset = timedelta(seconds=zlib.crc32(key.encode()) % 3600)
    return now - (now - _EPOCH - offset) % _HOUR
