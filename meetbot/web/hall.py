"""The page on which a focal point names who sat with a colleague before one screen, for one meeting.

It shows the organisation's own lines alone, and takes names for its own people alone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from meetbot.core.attendance import Declaration
from meetbot.core.model import Meeting, Organisation
from meetbot.errors import UserError
from meetbot.files import guests
from meetbot.flows.attendance import looking, pages, settling
from meetbot.flows.attendance.looking import Look
from meetbot.store.page_links import Purpose
from meetbot.web import shown
from meetbot.web.attendance import number
from meetbot.web.given import Given
from meetbot.web.linked import LinkedPage
from meetbot.web.links import Opened


@dataclass(frozen=True)
class _Visit:
    opened: Opened
    meeting: Meeting
    organisation: Organisation
    look: Look

    @property
    def lines(self) -> Sequence[Mapping[str, Any]]:
        """Of the organisation's people whom Zoom's report proves."""
        lines = self.look.document["lines"]
        return [one for one in lines if one["organisation"] == self.organisation.name and one["proof"] != "D"]

    def said(self, line: str) -> Sequence[Declaration]:
        """Who of the organisation was named beside that line."""
        return [one for one in self.look.said if one.line == line and one.organisation == self.organisation.key]


class HallPage(LinkedPage[_Visit]):
    """Answers at `/b/hall/{token}`."""

    done = frozenset({"declare", "undo"})

    def _shown(self, visit: _Visit, done: str) -> Response:
        return _page(visit, done=done)

    async def _pressed(self, visit: _Visit, what: Given) -> Response:
        try:
            doing = self._doing(visit, what)
            if doing is None:
                return _page(visit, status=400)
            await doing
        except UserError as refused:
            return _page(visit, refused=refused.problems, written=what, status=409)
        return RedirectResponse(f"?done={what['do']}", status_code=303)

    def _doing(self, visit: _Visit, what: Given) -> Awaitable[object] | None:
        """What the button stands for; None for none of this page, or another organisation's line."""
        line, own = what.get("line", ""), visit.organisation
        if line not in {one["key"] for one in visit.lines}:
            return None
        of = self._store, visit.opened.programme, visit.meeting, line
        by, now = f"focal point of {own.name}", visit.opened.now
        if what.get("do") == "declare":
            people = [replace(one, organisation=own.key) for one in guests.read(what.get("people", ""))]
            return settling.declare(*of, people, now=now, by=by)
        named = number(what.get("named", ""))
        if what.get("do") == "undo" and named in {one.id for one in visit.said(line)}:
            return settling.unmatch(*of, only=named, now=now, by=by)
        return None

    async def _visit(self, request: Request) -> _Visit | None:
        """None: the link opens nothing, or not any more."""
        opened = await self._links.opened(request, Purpose.HALL)
        about = pages.hall(opened.programme, opened.subject) if opened else None
        if opened is None or about is None:
            return None
        try:
            return _Visit(opened, *about, await looking.look(self._store, opened.programme, about[0]))
        except UserError:  # there is no report yet
            return None


def _page(
    visit: _Visit, *, refused: Sequence[str] = (), written: Given | None = None, done: str = "", status: int = 200
) -> Response:
    facts = {
        "visit": visit,
        "programme": visit.opened.programme,
        "meeting": visit.meeting,
        "own": visit.organisation,
        "refused": refused,
        "written": written or {},
        "done": done,
    }
    focal_point = visit.organisation.focal_point
    language = (focal_point and focal_point.language) or visit.opened.programme.language
    return shown.page("hall.html", facts, language=language, in_english=visit.opened.in_english, status=status)
