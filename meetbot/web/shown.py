"""Pages from templates. Every word that a reader sees stands in a template, so that one catalogue can translate it."""

from __future__ import annotations

import gettext
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from starlette.responses import HTMLResponse

from meetbot.core import times
from meetbot.core.times import Interval
from meetbot.web import style

_DOMAIN = "pages"
_LOCALES = Path(__file__).parent / "locales"


def page(template: str, facts: dict[str, Any], *, language: str = "en", status: int = 200) -> HTMLResponse:
    """The page in that language, or in English where there is no catalogue of it."""
    return HTMLResponse(_templates(language).get_template(template).render(facts), status_code=status)


def span(interval: Interval, zone: str) -> str:
    """From when to when by the clocks of that zone: "08:30–09:30"."""
    start, end = (at.astimezone(times.zone(zone)) for at in (interval.start, interval.end))
    return f"{start:%H:%M}–{end:%H:%M}"


def moment(at: datetime, zone: str) -> str:
    """A date and a time by the clocks of that zone: "Fri 5 Nov 2021, 17:00 Yangon (UTC+6:30)"."""
    return f"{times.date_text(at, zone)}, {times.clock_text(at, zone)}"


def hours(joined_at: str, left_at: str, zone: str) -> str:
    """From when to when, of instants as a report has them: "14:05–15:00"."""
    return span(Interval(datetime.fromisoformat(joined_at), datetime.fromisoformat(left_at)), zone)


def day_text(on: date) -> str:
    """A date of nobody's zone in particular: "Monday 15 November 2021"."""
    return f"{on:%A %-d %B %Y}"


def beside(interval: Interval, own_zone: str, other_zones: Iterable[str]) -> tuple[str, ...]:
    """The same time by the clocks of others, as far as they differ: "10:00–11:00 Shanghai", "(next day)" where it is.

    >>> beside(morning, "Asia/Yangon", ["Asia/Shanghai", "Asia/Bangkok", "Asia/Phnom_Penh"])
    ('10:00–11:00 Shanghai', '09:00–10:00 Bangkok, Phnom Penh')
    """
    cities: dict[str, list[str]] = {}
    for zone in dict.fromkeys(other_zones):
        if times.offset(interval.start, zone) != times.offset(interval.start, own_zone):
            cities.setdefault(span(interval, zone) + _other_day(interval, own_zone, zone), []).append(times.city(zone))
    return tuple(f"{wall} {', '.join(names)}" for wall, names in cities.items())


def _other_day(interval: Interval, own_zone: str, zone: str) -> str:
    own, other = (interval.start.astimezone(times.zone(one)).date() for one in (own_zone, zone))
    return "" if own == other else f" ({times.date_text(interval.start, zone)})"


@lru_cache
def _templates(language: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("meetbot.web"),
        auto_reload=False,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    catalogue = gettext.translation(_DOMAIN, _LOCALES, [language], fallback=True)
    environment.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals.update(language=language, sheet=style.ADDRESS, city=times.city, date_text=times.date_text)
    environment.globals.update(span=span, beside=beside, moment=moment, day_text=day_text, hours=hours)
    return environment
