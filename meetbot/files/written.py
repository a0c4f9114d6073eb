"""Numbers, dates, times and durations as people write them, read by explicit rules. A guess is offered, never taken.

`datetime.fromisoformat` and `int` are not used on raw text: they read "14.30" as 14:00:00.3 and "1_4" as 14.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta


class Wrong(ValueError):
    """Something written cannot be taken: what is wrong, what to do, and where (below the place being read)."""

    def __init__(self, what: str, remedy: str = "", at: tuple[str, ...] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.at = at


@dataclass(frozen=True)
class Moment:
    """A wall time, on the day of its meeting unless it names a day of its own."""

    time: time
    day: date | None = None

    def on(self, day: date) -> datetime:
        """The wall clock reading, without a zone, when `day` is the day of the meeting."""
        return datetime.combine(self.day or day, self.time)


_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_LOOSE_TIME = re.compile(
    r"([0-9]{1,2})\s*[.:,h]?\s*([0-9]{2})(?::[0-9]{2})?\s*(am|pm|a\.m\.|p\.m\.)?\s*(?:hrs?\.?|h)?", re.I
)
_OFFSET = re.compile(r"(.*[0-9])\s*(?:Z|[+-][0-9]{2}:?[0-9]{2})", re.I)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_YEAR_FIRST = re.compile(r"([0-9]{2,4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?.*")
_YEAR_LAST = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")
_UNDATED = re.compile(r"tb[acd]|.*to be (?:determined|confirmed|announced|decided).*|待定|\?+|-+", re.I)
_LONG_DATES = ("%d %B %Y", "%d %b %Y", "%A %d %B %Y", "%A, %d %B %Y", "%B %d, %Y")
_EXAMPLE = "year, month and day, such as 2021-11-10"
_UNITS = {"day": timedelta(days=1), "hour": timedelta(hours=1), "minute": timedelta(minutes=1)}
_DURATION = re.compile(r"([0-9]{1,4}) ?(day|hour|minute)s?")

# Wider than any programme, narrower than a slip of the keyboard.
_YEARS = range(2000, 2100)
_BUDDHIST, _ROC = -543, 1911


def near(text: str, known: Iterable[str]) -> str:
    """The known name that is probably meant, or "" when none is near."""
    folded = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(text.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else ""


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """ "did you mean 'molvt'?", or "" when nothing is near."""
    meant = near(text, known)
    return f"did you mean '{meant}'?" if meant else ""


def whole(text: str) -> int:
    """A whole number in plain digits, of at most four: nothing in a programme is larger."""
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise Wrong(f"'{text}' is not a whole number", "write digits only, such as 5")
    return int(text)


def yes_or_no(text: str) -> bool:
    """yes, no, true or false."""
    if text.lower() not in ("yes", "no", "true", "false"):
        raise Wrong(f"'{text}' is neither yes nor no", "write yes or no")
    return text.lower() in ("yes", "true")


def duration(text: str) -> timedelta:
    """A number and its unit: "1 day", "2 hours", "5 minutes"."""
    found = _DURATION.fullmatch(text.lower())
    if not found:
        raise Wrong(f"'{text}' is not a length of time", "write a number and days, hours or minutes, such as 5 minutes")
    return int(found[1]) * _UNITS[found[2]]


def day(text: str) -> date:
    """A date as 2021-11-10; every other way of writing it is refused with what it probably means."""
    if _UNDATED.fullmatch(text):
        raise Wrong(f"'{text}' is not a date", "leave the meeting out until its date is known")
    if not (found := _DATE.fullmatch(text)):
        raise Wrong(f"'{text}' is not a date", _date_remedy(_plain(text)))
    year, month, of_month = (int(part) for part in found.groups())
    if year not in _YEARS:
        raise Wrong(f"the year {year} cannot be meant", _year_remedy(year, month, of_month))
    if not (known := _calendar_day(year, month, of_month)):
        raise Wrong(f"there is no day {text} in the calendar", f"write {_EXAMPLE}")
    return known


def moment(text: str) -> Moment:
    """A time as 14:30, or with its own day as 2021-11-11 00:30."""
    on, _, at = text.replace("T", " ").rpartition(" ")
    if on and _DATE.fullmatch(on):
        return Moment(moment(at).time, day(on))
    if found := _TIME.fullmatch(text):
        return Moment(time(int(found[1]), int(found[2])))
    if offset := _OFFSET.fullmatch(text):
        raise Wrong(
            f"'{text}' has an offset", f"write {_time_meant(offset[1]) or '14:30'}; the zone is given by 'zone'"
        )
    plain = _plain(text)
    if plain in ("24:00", "24.00", "2400"):
        raise Wrong(f"'{text}' is midnight of the next day", "write the day too, such as 2021-11-11 00:00")
    meant = _time_meant(plain)
    raise Wrong(f"'{text}' is not a time", f"write {meant}" if meant else "write hours and minutes such as 14:30")


def _plain(text: str) -> str:
    """With full-width signs and the digits of other scripts as the usual ones."""
    folded = unicodedata.normalize("NFKC", text).strip()
    return "".join(str(unicodedata.digit(letter, letter)) for letter in folded)


def _time_meant(text: str) -> str:
    found = _LOOSE_TIME.fullmatch(text)
    if not found:
        return ""
    hour, minute, half = int(found[1]), int(found[2]), (found[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else ""


def _date_remedy(plain: str) -> str:
    if found := _YEAR_LAST.fullmatch(plain):
        one, other, year = (int(part) for part in found.groups())
        both = {_calendar_day(year, one, other), _calendar_day(year, other, one)}
        meant = " or ".join(sorted(str(meaning) for meaning in both if meaning))
        return f"it is ambiguous: write {meant}" if " or " in meant else f"write {meant or _EXAMPLE}"
    if found := _YEAR_FIRST.fullmatch(plain):
        return _year_remedy(*(int(part) for part in found.groups()))
    for form in _LONG_DATES:
        with suppress(ValueError):
            return f"write {datetime.strptime(plain, form):%Y-%m-%d}"  # noqa: DTZ007
    return f"write {_EXAMPLE}"


def _year_remedy(year: int, month: int, of_month: int) -> str:
    for counted, calendar in ((year, ""), (year + _BUDDHIST, "Buddhist"), (year + _ROC, "ROC")):
        if counted in _YEARS and (meant := _calendar_day(counted, month, of_month)):
            return f"write {meant}" + (f" if {year} is a year of the {calendar} calendar" if calendar else "")
    return f"write {_EXAMPLE}"


def _calendar_day(year: int, month: int, of_month: int) -> date | None:
    try:
        return date(year, month, of_month)
    except ValueError:
        return None
