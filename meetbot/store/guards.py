"""What a letter in the outbox has to meet to leave, as conditions of the statement that lets it go."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, bindparam, not_, or_, select

from meetbot.core.meetings import MeetingState
from meetbot.core.model import LetterKind, Status
from meetbot.core.rundown import CueKind
from meetbot.store import due
from meetbot.store.tables import Instant, hold, meeting, message, page_link, registrant

#: What they say stays true whatever becomes of the meeting's times.
TIMELESS = (LetterKind.DENIED, LetterKind.REPORT, LetterKind.CONFIRMATION)


def newest() -> ColumnElement[bool]:
    """Nothing has changed since the letter was decided."""
    current = select(meeting.c.revision).where(meeting.c.key == message.c.meeting).scalar_subquery()
    return or_(message.c.meeting.is_(None), message.c.kind.in_(TIMELESS), message.c.revision == current)


def approved() -> ColumnElement[bool]:
    """A letter that carries a link goes to somebody who is approved now, not only when it was written."""
    theirs = and_(registrant.c.id == message.c.registrant, registrant.c.status == Status.APPROVED)
    return or_(not_(message.c.needs_link), select(registrant.c.id).where(theirs).exists())


def opens() -> ColumnElement[bool]:
    """The page that the letter leads to opens: its link has neither expired nor been revoked."""
    live = and_(page_link.c.revoked_at.is_(None), page_link.c.expires_at > bindparam("moment", type_=Instant))
    return or_(message.c.page.is_(None), select(page_link.c.id).where(page_link.c.id == message.c.page, live).exists())


#: Somebody changed access or time at Zoom, and what holds is not decided or not done yet.
_UNDECIDED = (MeetingState.DRIFTED, MeetingState.OVERWRITING)


def door_guarded() -> ColumnElement[bool]:
    """A link leaves only while the meeting stands at Zoom with its settings read back and found as asked for.

    While it is not decided which time holds, nothing leaves that names one beforehand; cues of the day do.
    """
    of_meeting = select(meeting.c.key).where(meeting.c.key == message.c.meeting)
    sound = of_meeting.where(meeting.c.state == MeetingState.CREATED).exists()
    undecided = of_meeting.where(meeting.c.state.in_(_UNDECIDED)).exists()
    brief = and_(message.c.kind == LetterKind.CUE, message.c.facts["cue"].as_string() == CueKind.BRIEF)
    names_the_time = or_(message.c.kind == LetterKind.RECEIVED, brief)
    return and_(or_(not_(message.c.needs_link), sound), not_(and_(names_the_time, undecided)))


def held() -> ColumnElement[bool]:
    """A person, or we ourselves, let no mail leave."""
    return select(hold.c.scope).where(hold.c.scope == due.Scope.MAIL).exists()
