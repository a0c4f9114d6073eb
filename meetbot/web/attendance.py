"""The organiser's page of one meeting's attendance: each line that proves nobody, beside those who it may be.

Whoever holds the link may say who was there. Looking changes nothing; each word is a button, and can be taken back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from meetbot.core.model import Meeting, Organisation
from meetbot.errors import UserError
from meetbot.files import guests
from meetbot.flows.attendance import looking, pages, settling
from meetbot.flows.attendance.looking import Look
from meetbot.store.engine import Store
from meetbot.store.page_links import Purpose
from meetbot.web import shown
from meetbot.web.given import Given
from meetbot.web.linked import LinkedPage
from meetbot.web.links import Links, Opened

_BY = "organiser"
_MOST_DIGITS = 9


@dataclass(frozen=True)
class _Visit:
    opened: Opened
    meeting: Meeting
    look: Look


class AttendancePage(LinkedPage[_Visit]):
    """Answers at `/b/attendance/{token}`."""

    done = frozenset({"match", "declare", "undo"})

    def __init__(self, store: Store, links: Links, public_url: str) -> None:
        super().__init__(store, links)
        self._public_url = public_url

    def _shown(self, visit: _Visit, done: str) -> Response:
        return _page(visit, done=done)

    async def _pressed(self, visit: _Visit, what: Given) -> Response:
        if what.get("do") == "hall":
            return await self._hall(visit, what.get("organisation", ""))
        try:
            doing = self._doing(visit, what)
            if doing is None:
                return _page(visit, status=400)
            await doing
        except UserError as refused:
            fresh = await looking.look(self._store, visit.opened.programme, visit.meeting)
            return _page(_Visit(visit.opened, visit.meeting, fresh), refused=refused.problems, written=what, status=409)
        return RedirectResponse(f"?done={what['do']}", status_code=303)

    def _doing(self, visit: _Visit, what: Given) -> Awaitable[object] | None:
        """What the button stands for; None for none of this page. UserError when the names cannot be read."""
        of = self._store, visit.opened.programme, visit.meeting, what.get("line", "")
        now = visit.opened.now
        match what.get("do"):
            case "match":
                return settling.match(*of, number(what.get("person", "")), now=now, by=_BY)
            case "declare":
                return settling.declare(*of, guests.read(what.get("people", "")), now=now, by=_BY)
            case "undo":
                return settling.unmatch(*of, now=now, by=_BY)
        return None

    async def _hall(self, visit: _Visit, organisation: str) -> Response:
        """The address for a focal point. Shown at once: asked for again it is the same one."""
        programme = visit.opened.programme
        if organisation not in programme.organisations:
            return _page(visit, status=400)
        address = await pages.address(
            self._store,
            programme,
            visit.meeting,
            organisation,
            public_url=self._public_url,
            now=visit.opened.now,
            by=_BY,
        )
        return _page(visit, hall=(programme.organisations[organisation], address))

    async def _visit(self, request: Request) -> _Visit | None:
        """None: the link opens nothing, or not any more."""
        opened = await self._links.opened(request, Purpose.ATTENDANCE)
        meeting = opened.programme.meetings.get(opened.subject) if opened else None
        if opened is None or meeting is None:
            return None
        try:
            return _Visit(opened, meeting, await looking.look(self._store, opened.programme, meeting))
        except UserError:  # no report yet: the link came from the command line, before the meeting
            return None


def number(text: str) -> int:
    """The number of a row; 0, which no row has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0


def _page(
    visit: _Visit,
    *,
    refused: Sequence[str] = (),
    written: Given | None = None,
    done: str = "",
    hall: tuple[Organisation, str] | None = None,
    status: int = 200,
) -> Response:
    programme, look = visit.opened.programme, visit.look
    there = {line["organisation"] for line in look.document["lines"]}
    facts = {
        "programme": programme,
        "meeting": visit.meeting,
        "look": look,
        "refused": refused,
        "written": written or {},
        "done": done,
        "hall": hall,
        "halls": [one for one in programme.organisations.values() if one.name in there],
        "organisations": {key: one.name for key, one in programme.organisations.items()},
    }
    in_english = visit.opened.in_english
    return shown.page("attendance.html", facts, language=programme.language, in_english=in_english, status=status)
