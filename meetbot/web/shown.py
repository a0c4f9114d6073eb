"""Pages from templates. Every word that a reader sees stands in a template, so that one catalogue can translate it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from starlette.responses import HTMLResponse

from meetbot import catalogues
from meetbot.catalogues import Catalogues
from meetbot.core import times
from meetbot.core.times import Interval
from meetbot.web import style

CATALOGUES = Catalogues(Path(__file__).parent / "locales", "pages")


def page(
    template: str, facts: dict[str, Any], *, language: str = "en", in_english: bool = False, status: int = 200
) -> HTMLResponse:
    """The page in the reader's language where there is a catalogue of it, unless they have asked for it in English."""
    own = CATALOGUES.spoken(language)
    filled = _templates("en" if in_english else own).get_template(template).render(facts, own_language=own)
    return HTMLResponse(filled, status_code=status)


def span(interval: Interval, zone: str) -> str:
    """From when to when by the clocks of that zone: "08:30–09:30"."""
    start, end = (at.astimezone(times.zone(zone)) for at in (interval.start, interval.end))
    return f"{start:%H:%M}–{end:%H:%M}"


def hours(joined_at: str, left_at: str, zone: str) -> str:
    """From when to when, of instants as a report has them: "14:05–15:00"."""
    return span(Interval(datetime.fromisoformat(joined_at), datetime.fromisoformat(left_at)), zone)


@dataclass(frozen=True)
class Dates:
    """What a page says of dates, in its language."""

    language: str

    def of(self, at: datetime, zone: str) -> str:
        """By the clocks of that zone: "Fri 5 Nov 2021"."""
        return catalogues.day_text(at.astimezone(times.zone(zone)).date(), self.language)

    def moment(self, at: datetime, zone: str) -> str:
        """With the time: "Fri 5 Nov 2021, 17:00 Yangon (UTC+6:30)"."""
        return f"{self.of(at, zone)}, {times.clock_text(at, zone)}"

    def heading(self, on: date) -> str:
        """Of nobody's zone in particular: "Monday 15 November 2021"."""
        return f"{on:%A %-d %B %Y}" if self.language == "en" else catalogues.day_text(on, self.language)

    def beside(self, interval: Interval, own_zone: str, other_zones: Iterable[str]) -> tuple[str, ...]:
        """The same time by the clocks of others, as far as they differ: "10:00–11:00 Shanghai", with another date.

        >>> Dates("en").beside(morning, "Asia/Yangon", ["Asia/Shanghai", "Asia/Bangkok", "Asia/Phnom_Penh"])
        ('10:00–11:00 Shanghai', '09:00–10:00 Bangkok, Phnom Penh')
        """
        cities: dict[str, list[str]] = {}
        for zone in dict.fromkeys(other_zones):
            if times.offset(interval.start, zone) != times.offset(interval.start, own_zone):
                wall = span(interval, zone) + self._other_day(interval, own_zone, zone)
                cities.setdefault(wall, []).append(times.city(zone))
        return tuple(f"{wall} {', '.join(names)}" for wall, names in cities.items())

    def _other_day(self, interval: Interval, own_zone: str, zone: str) -> str:
        own, other = (interval.start.astimezone(times.zone(one)).date() for one in (own_zone, zone))
        return "" if own == other else f" ({self.of(interval.start, zone)})"


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
    sentences = CATALOGUES.catalogue(language).sentences
    environment.install_gettext_translations(sentences, newstyle=True)  # type: ignore[attr-defined]
    environment.policies["ext.i18n.trimmed"] = True
    told = Dates(language)
    environment.globals.update(language=language, own_name=catalogues.own_name, sheet=style.ADDRESS, city=times.city)
    environment.globals.update(date_text=told.of, moment=told.moment, day_text=told.heading, beside=told.beside)
    environment.globals.update(span=span, hours=hours)
    return environment
