"""How a letter tells time: always in the programme's zone and in the reader's, always with place, offset and date."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from meetbot import catalogues
from meetbot.core import times


@dataclass(frozen=True)
class Stretch:
    """A stretch of time in one zone: "Wed 10 Nov 2021", "13:30–16:30", "Yangon (UTC+6:30)"."""

    date: str
    hours: str
    place: str


@dataclass(frozen=True)
class Hours:
    """The two IANA zones of a letter. Instants come as ISO 8601 text, as they stand in its facts.

    Dates are told in the letter's language. Places are named as in the programme and at Zoom in every language.
    """

    programme: str
    reader: str
    language: str = "en"

    @property
    def zones(self) -> list[str]:
        """The programme's zone and then the reader's, once when they are the same."""
        return list(dict.fromkeys((self.programme, self.reader)))

    def told_in(self, language: str) -> Hours:
        """The same, in that language."""
        return replace(self, language=language)

    def seen_from(self, programme: str) -> Hours:
        """The same reader's, where the programme spoke of another zone."""
        return replace(self, programme=programme)

    def beside(self, peer: str) -> Hours:
        """The reader's own zone first, and beside it that of the peer whom they meet."""
        return Hours(self.reader, peer, self.language)

    def stretches(self, starts_at: str, ends_at: str) -> list[Stretch]:
        interval = times.Interval(_instant(starts_at), _instant(ends_at))
        return [self._stretch(interval, zone) for zone in self.zones]

    def span(self, starts_at: str, ends_at: str) -> str:
        """'Wed 10 Nov 2021, 14:00–17:00 Bangkok (UTC+7) = 13:30–16:30 Yangon (UTC+6:30)'"""
        interval = times.Interval(_instant(starts_at), _instant(ends_at))
        return f"{self.date(starts_at)}, {times.span_text(interval, *self.zones)}"

    def clock(self, at: str) -> str:
        """'14:30 Bangkok (UTC+7) = 14:00 Yangon (UTC+6:30)'"""
        return " = ".join(times.clock_text(_instant(at), zone) for zone in self.zones)

    def at(self, at: str) -> str:
        """In the programme's zone alone, where there is no room for two: '14:30 Bangkok (UTC+7)'"""
        return times.clock_text(_instant(at), self.programme)

    def date(self, at: str) -> str:
        """In the programme's zone: 'Wed 10 Nov 2021'"""
        return self._date(_instant(at), self.programme)

    def short(self, at: str) -> str:
        """For subjects: 'Wed 10 Nov 2021, 14:00 Bangkok (UTC+7)'"""
        return f"{self.date(at)}, {self.at(at)}"

    def own(self, at: str) -> str:
        """In the reader's zone alone: 'Fri 12 Nov 2021, 16:30 Yangon (UTC+6:30)'"""
        return f"{self._date(_instant(at), self.reader)}, {times.clock_text(_instant(at), self.reader)}"

    def place_clock(self, at: str, zone: str) -> str:
        """In another zone, of which the letter tells: '13:30 Yangon (UTC+6:30)'"""
        return times.clock_text(_instant(at), zone)

    def between(self, starts_at: str, ends_at: str) -> str:
        """In the programme's zone, for tables that name it above: '14:00–14:30'"""
        return f"{self.of_day(starts_at, self.programme, starts_at)}–{self.of_day(ends_at, self.programme, starts_at)}"

    def columns(self, at: str) -> list[str]:
        """The zones that a rundown needs a column for: two only when clocks differ."""
        instant = _instant(at)
        offsets = {times.offset(instant, zone) for zone in self.zones}
        return self.zones[: len(offsets)]

    def of_day(self, at: str, zone: str, since: str) -> str:
        """The time of day in the zone; a later date than that of `since` shows: '00:30 (+1 d)'."""
        instant = _instant(at).astimezone(times.zone(zone))
        days = (instant.date() - _instant(since).astimezone(times.zone(zone)).date()).days
        return f"{instant:%H:%M}" + (f" ({days:+} d)" if days else "")

    def day(self, iso: str) -> str:
        """A date that is the same wherever it is read: 'Mon 15 Nov 2021'"""
        return catalogues.day_text(date.fromisoformat(iso), self.language)

    def _stretch(self, interval: times.Interval, zone: str) -> Stretch:
        place = f"{times.city(zone)} ({times.offset(interval.start, zone)})"
        hours = times.span_text(interval, zone).removesuffix(f" {place}")
        return Stretch(self._date(interval.start, zone), hours, place)

    def _date(self, instant: datetime, zone: str) -> str:
        return catalogues.day_text(instant.astimezone(times.zone(zone)).date(), self.language)


def _instant(iso: str) -> datetime:
    return times.utc(datetime.fromisoformat(iso))
