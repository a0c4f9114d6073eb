"""The page of one organisation: when it can meet, who comes, which times are proposed to it, and what is agreed.

Whoever holds the link speaks for the organisation that the link names, and for no other. Looking changes nothing, so
that mail scanners may look as often as they like; each change is a button.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from wtforms.form import BaseForm

from meetbot.core.bilaterals import Availability, Pair
from meetbot.errors import UserError
from meetbot.files import delegation, languages
from meetbot.flows import bilaterals
from meetbot.mail import inert
from meetbot.store.page_links import Purpose
from meetbot.web import availability, series, shown
from meetbot.web.given import Given
from meetbot.web.linked import LinkedPage
from meetbot.web.visit import Visit

T = TypeVar("T")

_BY = "focal point"
_LONGEST_REASON = 500
_MOST_DIGITS = 9


class BilateralPage(LinkedPage[Visit]):
    """Answers at `/b/{token}`."""

    done = frozenset({"answer", "agree", "decline", "ask-series", "agree-series", "decline-series"})

    def _shown(self, visit: Visit, done: str) -> Response:
        return _page(visit, done=done)

    async def _pressed(self, visit: Visit, what: Given) -> Response:
        match what.get("do"):
            case "answer":
                return await self._answer(visit, what)
            case "ask-series" if pair := visit.pair(what.get("pair")):
                return await self._ask_for_series(visit, pair, what)
            case "agree" | "decline" | "agree-series" | "decline-series" as word if pair := visit.pair(
                what.get("pair")
            ):
                return await self._decided(visit, word, self._decide(visit, pair, word, what))
            case _:
                return _page(visit, status=400)

    async def _answer(self, visit: Visit, what: Given) -> Response:
        asked, organisation = visit.asked(), visit.organisation.key
        form = availability.form(asked, _filled(visit), given=what)
        asks_sex = visit.programme.asks_sex
        people, problems = _read(
            lambda: delegation.read(form.data["delegation"] or "", organisation, asks_sex=asks_sex)
        )
        speaks, unspoken = _read(lambda: _speaks(visit, form, what))
        if not form.validate() or problems or unspoken:
            return _page(visit, form=form, problems=problems, unspoken=unspoken, status=422)
        said = Availability(organisation, availability.said(asked, form), visit.now, _BY)
        doing = bilaterals.answer(self._store, visit.programme, said, people, speaks=speaks, now=visit.now)
        return await self._decided(visit, "answer", doing)

    def _decide(self, visit: Visit, pair: Pair, word: str, what: Given) -> Awaitable[None]:
        side = pair.key, visit.organisation.key
        revision, reason = _number(what.get("revision", "")), inert.line(what.get("reason", ""))[:_LONGEST_REASON]
        match word:
            case "agree":
                return bilaterals.agree(self._store, visit.programme, *side, revision=revision, now=visit.now)
            case "agree-series":
                return bilaterals.agree_to_series(self._store, *side, revision=revision, now=visit.now)
            case "decline-series":
                return bilaterals.decline_series(self._store, *side, revision=revision, now=visit.now, reason=reason)
        return bilaterals.decline(self._store, visit.programme, *side, revision=revision, now=visit.now, reason=reason)

    async def _ask_for_series(self, visit: Visit, pair: Pair, what: Given) -> Response:
        form = series.form(what)
        again = pair.key, form
        if not form.validate():
            return _page(visit, again=again, status=422)
        side = pair.key, visit.organisation.key
        subject, count, every = form.data["subject"], int(form.data["count"]), int(form.data["every"])
        doing = bilaterals.ask_for_series(self._store, *side, subject=subject, count=count, every=every, now=visit.now)
        return await self._decided(visit, "ask-series", doing, again=again)

    async def _decided(
        self, visit: Visit, word: str, doing: Awaitable[object], *, again: tuple[str, BaseForm] | None = None
    ) -> Response:
        """The page as it stands after that; with the reason, and what was typed, when it could not be done."""
        try:
            await doing
        except UserError as refused:
            fresh = replace(visit, known=await bilaterals.known(self._store, visit.organisation.key))
            return _page(fresh, refused=refused.problems, again=again, status=409)
        return _again(word)

    async def _visit(self, request: Request) -> Visit | None:
        """None: the link opens nothing, or not any more."""
        opened = await self._links.opened(request, Purpose.BILATERALS)
        if opened is None or (organisation := opened.programme.organisations.get(opened.subject)) is None:
            return None
        known = await bilaterals.known(self._store, organisation.key)
        return Visit(opened.programme, opened.plan, organisation, known, opened.now, opened.in_english)


def _page(
    visit: Visit,
    *,
    form: BaseForm | None = None,
    problems: Sequence[str] = (),
    unspoken: Sequence[str] = (),
    again: tuple[str, BaseForm] | None = None,
    refused: Sequence[str] = (),
    done: str = "",
    status: int = 200,
) -> Response:
    asked = visit.asked()
    facts = {
        "visit": visit,
        "days": asked,
        "form": availability.form(asked, _filled(visit)) if form is None else form,
        "problems": problems,
        "unspoken": unspoken,
        "again": again or ("", None),
        "empty": series.form(),
        "most": series.MOST,
        "refused": refused,
        "done": done,
    }
    return shown.page("bilaterals.html", facts, language=visit.language, in_english=visit.in_english, status=status)


def _filled(visit: Visit) -> availability.Filled:
    return availability.Filled(
        said=visit.answer.said if visit.answer else (),
        delegation=delegation.text(visit.delegates, asks_sex=visit.programme.asks_sex),
        speaks=visit.organisation.speaks,
        languages=visit.languages,
    )


def _speaks(visit: Visit, form: BaseForm, what: Given) -> tuple[str, ...] | None:
    """The languages given; None where the page did not ask for them, or nothing is known of them before or now."""
    if availability.OTHER_LANGUAGES not in what:
        return None
    chosen = languages.read(form.data["speaks"], form.data[availability.OTHER_LANGUAGES] or "", visit.languages)
    if not chosen and visit.organisation.speaks:
        raise UserError("Choose at least one language, so that an interpreter can be found where one is needed.")
    return chosen or None


def _read(reader: Callable[[], T]) -> tuple[T | None, Sequence[str]]:
    """What was written, and what cannot be read in it."""
    try:
        return reader(), ()
    except UserError as wrong:
        return None, wrong.problems


def _again(done: str) -> Response:
    """Show the page anew, so that reloading it sends nothing a second time. The address stays the browser's."""
    return RedirectResponse(f"?done={done}", status_code=303)


def _number(text: str) -> int:
    """The revision that the page was made for; -1, which is never one, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else -1
