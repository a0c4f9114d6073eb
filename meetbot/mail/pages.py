"""The templates: one base for HTML and one for text, and for each kind of letter a template of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import jinja2
from css_inline import CSSInliner

from meetbot import errors
from meetbot.core import times
from meetbot.mail import figures, languages

# Gmail and Outlook on phones ignore parts of a style sheet, so its rules go into the tags; only what cannot
# (phone width, dark mode) stays a sheet. Nothing is ever fetched.
_inliner = CSSInliner(keep_at_rules=True, minify_css=True, load_remote_stylesheets=False)
#: Between the two languages of a letter, in the text; what is below it is for whoever looks for it.
_ENGLISH_BELOW = "\n* * * * *  English  * * * * *\n\n"
_LONGEST_SUBJECT = 100  # characters; lists of mail show fewer, and the reader's own language stands first


@dataclass(frozen=True)
class Page:
    """A filled template."""

    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)


def page(kind: str, language: str, facts: Mapping[str, Any]) -> Page:
    """The letter of that kind in that language. MeetbotError names a fact that is missing."""
    return _page(kind, language, lambda _: facts)


def together(language: str, facts: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]) -> Page:
    """The letter about several meetings that moved: the facts that all share, and those of each change."""
    return _page("moved_together", language, lambda one: {**facts, "changes": [_part(one, each) for each in changes]})


def invitation(language: str, facts: Mapping[str, Any]) -> str:
    """What the calendar entry says below its title."""
    written = languages.written(language)
    return "\n\n".join(
        _templates(one).get_template("invitation.txt").render(_told(one, facts)).strip() for one in written
    )


def _page(kind: str, language: str, facts: Callable[[str], Mapping[str, Any]]) -> Page:
    """`facts` are those for a language: what is told in it may stand among them."""
    written = languages.written(language)
    shown = figures.shown(len(written))
    try:
        halves = [_half(kind, one, {**facts(one), **shown, "english_below": one != written[-1]}) for one in written]
    except jinja2.UndefinedError as problem:
        raise errors.MeetbotError(f"the facts of the letter are incomplete: {problem}") from None
    subjects = " / ".join(half.subject for half in halves)
    subject = subjects if len(subjects) <= _LONGEST_SUBJECT else halves[0].subject
    cards = [half.html for half in halves]
    html = _templates(written[0]).get_template("letter.html").render(subject=subject, cards=cards)
    return Page(subject, _ENGLISH_BELOW.join(half.text for half in halves), _inliner.inline(html))


def _half(kind: str, language: str, facts: Mapping[str, Any]) -> Page:
    """The letter in one language; as HTML it is a card, of which a page has one or two."""
    templates, told = _templates(language), _told(language, facts)
    plain = templates.get_template(f"{kind}.txt")
    subject = "".join(plain.blocks["subject"](plain.new_context(told))).strip()
    # Parts that a letter does not have leave gaps behind.
    text = re.sub(r"\n{3,}", "\n\n", plain.render(told)).strip() + "\n"
    return Page(subject, text, templates.get_template(f"{kind}.html").render(told))


def _part(language: str, change: Mapping[str, Any]) -> dict[str, Any]:
    """One of several changes, as "text" and as "html"."""
    templates, told = _templates(language), _told(language, change)
    text = templates.get_template("moved_change.txt").render(told).strip()
    html = templates.get_template("moved_change.html").render(told)
    return {"meeting": change["meeting"], "text": text, "html": html}


def _told(language: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {**facts, "hours": facts["hours"].told_in(language)}


def share(part: int, whole: int) -> int:
    """The part in whole per cent, from 0 to 100; 0 of nothing."""
    return min(100, round(100 * part / whole)) if whole else 0


@lru_cache
def _templates(language: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("meetbot.mail"),
        auto_reload=False,  # no look at the disk for each letter
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(languages.CATALOGUES.catalogue(language).sentences, newstyle=True)  # type: ignore[attr-defined]
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters.update(city=times.city, **figures.FILTERS)
    environment.globals.update(language=language, share=share)
    return environment
