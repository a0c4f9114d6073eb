"""The programme of a simulated run, and what its organiser may change about it from one file to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from meetbot.core import times
from meetbot.core.model import Form

ZONE = "Asia/Bangkok"
BEGINS = times.at("2021-11-08 09:00", ZONE)
#: Faults stop here for a day, before the meetings; and here again, after the last of them.
EVE = times.at("2021-11-09 06:00", ZONE)
MORNING = times.at("2021-11-10 07:00", ZONE)
NIGHT = times.at("2021-11-10 23:00", ZONE)
END = times.at("2021-11-12 01:00", ZONE)
HOSTS = ("first@network.example", "second@network.example", "third@network.example")
READERS = ("officer@network.example", "donor@bank.example")

_HEAD = """
key: network
title: Skills Network
zone: Asia/Bangkok
language: en
organiser: {name: Launch desk, address: launch@network.example}
reports_to:
  - {name: Officer, address: officer@network.example}
  - {name: Donor, address: donor@bank.example}
registration: {approve_invited: yes, quota: 3}
reminders: {before: [1 day, 1 hour]}
organisations:
  npic: {name: NPIC, country: Cambodia, constituent: training institution}
  cvt: {name: CVT, country: Myanmar, constituent: training institution}
people:
  tang: {name: H.E. TANG Tao, office: Vice Minister, organisation: npic, address: tang@npic.example}
  liu: {name: Mr Yutong Liu, office: Project Manager, organisation: cvt, address: liu@cvt.example}
hosts:
  - {address: first@network.example, licence: pro}
  - {address: second@network.example, licence: pro}
  - {address: third@network.example, licence: pro}
meetings:
"""
_TITLES = {"launch": "Launching Ceremony", "one": "NPIC meets CVT", "two": "CVT meets NPIC"}
_MINUTES = {"launch": 60, "one": 30, "two": 30}
_PLANNED = {"launch": (14, 0), "one": (16, 0), "two": (18, 0)}


@dataclass(frozen=True)
class Plan:
    """One version of the programme file."""

    later: Mapping[str, int] = field(default_factory=dict)  #: by meeting, minutes after the first plan
    cancelled: frozenset[str] = frozenset()

    def start(self, key: str) -> datetime:
        hour, minute = _PLANNED[key]
        return times.at(f"2021-11-10 {hour:02}:{minute:02}", ZONE) + timedelta(minutes=self.later.get(key, 0))

    def end(self, key: str) -> datetime:
        return self.start(key) + timedelta(minutes=_MINUTES[key])

    @property
    def text(self) -> str:
        return _HEAD + "".join(self._meeting(key) for key in KEYS)

    def _meeting(self, key: str) -> str:
        start = self._wall(self.start(key))
        cancelled = ", cancelled: yes" if key in self.cancelled else ""
        if key != "launch":
            minutes = _MINUTES[key]
            return (
                f"  {key}: {{title: {_TITLES[key]}, date: 2021-11-10, start: {start}, minutes: {minutes}{cancelled}}}\n"
            )
        wall = [self._wall(self.start(key) + timedelta(minutes=minutes)) for minutes in (0, 20, 40, 60)]
        return f"""
  launch:
    title: {_TITLES[key]}
    date: 2021-11-10
    start: {wall[0]}
    end: {wall[3]}
    opens: {self._wall(self.start(key) - timedelta(minutes=30))}
    cancelled: {"yes" if cancelled else "no"}
    recording: {{from: welcome, to: closing}}
    rundown:
      welcome: {{title: Welcome, start: {wall[0]}, end: {wall[1]}, speakers: [tang]}}
      session: {{title: Session, start: {wall[1]}, end: {wall[2]}, speakers: [liu]}}
      closing: {{title: Closing, start: {wall[2]}, end: {wall[3]}, speakers: [tang]}}
"""

    def _wall(self, instant: datetime) -> str:
        return instant.astimezone(times.zone(ZONE)).strftime("%H:%M")


KEYS = tuple(_TITLES)


def form(name: str, meeting: str = "launch", organisation: str = "NPIC", country: str = "Cambodia") -> Form:
    """Somebody's form; NPIC and CVT are invited, others wait for a person."""
    address = f"{name.lower()}@{organisation.split()[-1].lower()}.example"
    return Form(meeting=meeting, address=address, name=f"{name} Sok", organisation=organisation, country=country)


SPEAKERS = (form("Tang"), form("Liu", organisation="CVT", country="Myanmar"))
EVERYBODY = (
    *SPEAKERS,
    *(form(name, key) for key in KEYS for name in ("Dara", "Bopha", "Rith")),
    form("Khin", organisation="CVT", country="Myanmar"),
    *(form(name, organisation="A College Elsewhere") for name in ("Maria", "Ian", "Eve")),
    form("Maria", "two", organisation="A College Elsewhere"),
)


def title(key: str) -> str:
    """What the meeting is called at Zoom."""
    return _TITLES[key]
