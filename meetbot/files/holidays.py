"""The public holidays of a country, by the names that organisers write. From the `holidays` library, without network.

Holidays that follow the moon or are decreed late may differ by a day from what is announced in the country; they are
dates to keep free, never dates to rely on. A working Saturday, with which China makes up for a day off, stays a
Saturday here: days are only taken away. The days off themselves are holidays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from meetbot.core import registration

#: ISO 3166-1 codes. Names that the CLDR or the UN do not have, but that stand in lists.
_CODES = {
    "KH": ("Cambodia", "Kingdom of Cambodia"),
    "LA": ("Lao PDR", "Laos", "Lao People's Democratic Republic", "Lao P.D.R."),
    "MM": ("Myanmar", "Burma", "Republic of the Union of Myanmar"),
    "CN": ("China", "PR China", "P.R. China", "People's Republic of China"),
    "TH": ("Thailand", "Kingdom of Thailand"),
    "VN": ("Viet Nam", "Vietnam"),
    "MY": ("Malaysia",),
    "SG": ("Singapore",),
    "ID": ("Indonesia",),
    "PH": ("Philippines", "The Philippines"),
    "BN": ("Brunei", "Brunei Darussalam"),
    "TL": ("Timor-Leste", "East Timor"),
    "BD": ("Bangladesh",),
    "IN": ("India",),
    "NP": ("Nepal",),
    "LK": ("Sri Lanka",),
    "PK": ("Pakistan",),
    "MN": ("Mongolia",),
    "JP": ("Japan",),
    "KR": ("Republic of Korea", "South Korea", "Korea"),
    "AU": ("Australia",),
    "NZ": ("New Zealand",),
    "CH": ("Switzerland",),
    "DE": ("Germany",),
    "FR": ("France",),
    "GB": ("United Kingdom", "UK", "Great Britain"),
    "US": ("United States", "USA", "United States of America"),
}
_CODE_BY_NAME = {registration.fold(name): code for code, names in _CODES.items() for name in (code, *names)}


@dataclass(frozen=True)
class Calendar:
    """What is known of a country's holidays."""

    holidays: Mapping[date, str]  #: in English where the library has it
    warning: str = ""  #: why there are none, and what to do; "": they are known


@lru_cache
def public_holidays(country: str, first: date, last: date) -> Calendar:
    """Those from `first` to `last`, included. An unknown country has none, and a warning that says so."""
    code = _CODE_BY_NAME.get(registration.fold(country))
    if code is None:
        return Calendar({}, f"the holidays of '{country}' are not known: its people are asked for every working day")
    import holidays

    years = range(first.year, last.year + 1)
    language = "en_US" if "en_US" in holidays.country_holidays(code).supported_languages else None
    found = holidays.country_holidays(code, years=years, language=language)
    return Calendar({day: found[day] for day in sorted(found) if first <= day <= last})
