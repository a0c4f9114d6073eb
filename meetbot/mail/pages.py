"""The templates: one base for HTML and one for text, and for each kind of letter a template of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import jinja2
from css_inline import CSSInliner

from meetbot import errors
from meetbot.core import times
from meetbot.mail import figures, hours, languages

# Gmail and Outlook on phones ignore parts of a style sheet, so its rules go into the tags; only what cannot
# (phone width, dark mode) stays a sheet. Nothing is ever fetched.
_inliner = CSSInliner(keep_at_rules=True, minify_css=True, load_remote_stylesheets=False)


@dataclass(frozen=True)
class Page:
    """A filled template."""

    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)


def page(kind: str, language: str, facts: Mapping[str, Any]) -> Page:
    """The letter of that kind in that language. MeetbotError names a fact that is missing."""
    templates = _templates(languages.spoken(language))
    plain = templates.get_template(f"{kind}.txt")
    try:
        subject = "".join(plain.blocks["subject"](plain.new_context(dict(facts)))).strip()
        html = templates.get_template(f"{kind}.html").render(facts, subject=subject)
        # Parts that a letter does not have leave gaps behind.
        text = re.sub(r"\n{3,}", "\n\n", plain.render(facts)).strip() + "\n"
        return Page(subject, text, _inliner.inline(html))
    except jinja2.UndefinedError as problem:
        raise errors.MeetbotError(f"the facts of the letter are incomplete: {problem}") from None


def part(name: str, language: str, facts: Mapping[str, Any]) -> dict[str, str]:
    """A part that a letter has several times over, as "text" and as "html"."""
    templates = _templates(languages.spoken(language))
    text = templates.get_template(f"{name}.txt").render(facts).strip()
    return {"text": text, "html": templates.get_template(f"{name}.html").render(facts)}


def share(part: int, whole: int) -> int:
    """The part in whole per cent, from 0 to 100; 0 of nothing."""
    return min(100, round(100 * part / whole)) if whole else 0


def invitation(language: str, facts: Mapping[str, Any]) -> str:
    """What the calendar entry says below its title."""
    return _templates(languages.spoken(language)).get_template("invitation.txt").render(facts).strip()


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
    environment.install_gettext_translations(languages.catalogue(language), newstyle=True)  # type: ignore[attr-defined]
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters.update(city=times.city, day=hours.day, **figures.FILTERS)
    environment.globals.update(language=language, share=share)
    environment.globals.update(lines_shown=figures.LINES_SHOWN, groups_shown=figures.GROUPS_SHOWN)
    return environment
