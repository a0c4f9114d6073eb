"""Meetings of which the truth is known: people come to the Zoom sandbox in every way they come to Zoom, by a seed.

They come by their own link or as guests, with two devices, again and again, under other names, by telephone; some share
a name or an address, twelve sit before one screen, the waiting room is crowded, and the host ends it by mistake.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from meetbot.core.model import Contact, Form, Meeting, Organisation, Programme, Registrant, Status
from meetbot.core.remote import Reading
from meetbot.core.times import Interval
from meetbot.sandbox import Clock, Sandbox
from meetbot.zoom.auth import Account
from meetbot.zoom.client import Zoom

OPENS = datetime(2021, 11, 10, 6, 30, tzinfo=UTC)
START = OPENS + timedelta(minutes=30)
END = START + timedelta(hours=3)
HOST = "host@office.example"
_FAMILY = ("Sok", "Chan", "Aung", "Wang", "Li", "Somchai", "Nguyen", "ຄຳພອນ", "王", "ចាន់", "ကျော်")
_GIVEN = ("Dara", "Sophea", "Min Htun", "Fang", "Van An", "Malee", "ວິໄລ", "小明", "សុភា", "မြင့်ဦး")
_ORGANISATIONS = {
    key: Organisation(key, name, "Cambodia", "training institution", "Asia/Phnom_Penh", 50)
    for key, name in (("npic", "National Polytechnic Institute"), ("ktc", "Kampot Training Centre"))
}


@dataclass(frozen=True)
class Held:
    """A meeting that was held: what is known here, what Zoom reports, and what really happened."""

    programme: Programme
    meeting: Meeting
    registrants: tuple[Registrant, ...]
    readings: tuple[Reading, ...]
    stays: tuple[Stay, ...]


@dataclass(frozen=True)
class Stay:
    """Somebody before a screen, from coming in to leaving, as the sandbox saw the person and not the name."""

    person: int | None  #: id of the registrant; None: a stranger, or the host
    interval: Interval
    inside: bool  #: not in the waiting room
    registrant_id: str  #: what Zoom can tell of them by itself
    address: str
    name: str


async def held(seed: int) -> Held:
    """One meeting, registered for, run, reported by Zoom and read by our client."""
    chance = random.Random(seed)
    seconds = [0.0]
    clock = Clock(OPENS - timedelta(minutes=10), speed=0, monotonic=lambda: seconds[0])
    sandbox = Sandbox(clock=clock, limits=False, seed=seed)
    transport = httpx.ASGITransport(sandbox.app)
    account = Account("sandbox", "sandbox", "sandbox", "https://zoom.example/v2", "https://zoom.example/oauth/token")
    async with Zoom(account, _Leaping(sandbox), transport=transport) as zoom:
        number = await _plan(transport, knows_guests=chance.random() < 0.5)
        people = tuple(_registered(sandbox, number, chance))
        sandbox.people([{"meeting": number, **row} for row in _crowd(chance, people)])
        sandbox.leap(END + timedelta(hours=2))
        readings = [await zoom.report(one.uuid) for one in await zoom.instances(number)]
    meeting = Meeting("launch", "Launch", "", Interval(START, END), OPENS, "Asia/Bangkok", HOST)
    organiser = Contact("Office", "office@office.example")
    rest = (organiser, (), _ORGANISATIONS, {}, {meeting.key: meeting})
    programme = Programme("network", "Network", "Asia/Bangkok", "en", *rest)
    return Held(programme, meeting, people, tuple(filter(None, readings)), tuple(_stays(sandbox, number)))


class _Leaping:
    """Whoever waits, leaps."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def now(self) -> datetime:
        return self._sandbox.clock.now()

    async def sleep_until(self, at: datetime) -> None:
        self._sandbox.leap(max(at, self.now()))

    def real_delay(self, until: datetime) -> timedelta:
        return timedelta()


async def _plan(transport: httpx.ASGITransport, *, knows_guests: bool) -> str:
    """A meeting that takes registrations and approves all; returns its number."""
    settings = {
        "approval_type": 0,
        "allow_multiple_devices": True,
        "waiting_room": False,
        "join_before_host": True,
        "jbh_time": 0,
        "email_in_attendee_report": knows_guests,
    }
    body = {"topic": "Launch", "type": 2, "start_time": _iso(START), "duration": 180, "settings": settings}
    async with httpx.AsyncClient(transport=transport, base_url="https://zoom.example") as http:
        grant = {"grant_type": "account_credentials", "account_id": "sandbox"}
        token = (await http.post("/oauth/token", params=grant, auth=("sandbox", "sandbox"))).json()["access_token"]
        authorised = {"authorization": f"Bearer {token}"}
        made = await http.post(f"/v2/users/{HOST}/meetings", json=body, headers=authorised)
    return str(made.json()["id"])


def _registered(sandbox: Sandbox, number: str, chance: random.Random) -> Iterator[Registrant]:
    """Some have the name of another, and some the address, by which Zoom gives them the same registration."""
    names: list[str] = []
    addresses: list[str] = []
    for id_ in range(1, chance.randint(4, 25)):
        name = f"{chance.choice(_FAMILY)} {chance.choice(_GIVEN)}"
        name = chance.choice(names) if names and chance.random() < 0.1 else name
        address = f"p{id_}@college.example"
        address = chance.choice(addresses) if addresses and chance.random() < 0.05 else address
        names.append(name)
        addresses.append(address)
        form = {"email": address, "first_name": name, "last_name": ""}
        answer = sandbox.register({"meeting": number, **form})
        organisation = chance.choice([*_ORGANISATIONS, None])
        written = Form("launch", address, name, organisation=organisation or "Elsewhere")
        rest = (organisation, Status.APPROVED, "invited", "Asia/Bangkok", "en", str(answer.body["registrant_id"]))
        yield Registrant(id_, written, *rest, pushed=True)


def _crowd(chance: random.Random, people: Sequence[Registrant]) -> list[dict[str, Any]]:
    """What they all do, in the order of time."""
    again = START + timedelta(minutes=chance.randint(60, 100)) if chance.random() < 0.2 else None
    rows = [{"action": "start", "at": _iso(OPENS), "email": HOST, "person": "host"}]
    if again is not None:  # ended by mistake, and started anew under another uuid
        rows.append({"action": "end", "at": _iso(again)})
        rows.append({"action": "start", "at": _iso(again + timedelta(minutes=3)), "email": HOST, "person": "host"})
    for one in people:
        if chance.random() < 0.85:
            rows += _visits(chance, one, again)
    for number in range(chance.randint(0, 3)):
        stranger = {"person": f"stranger {number}", "name": chance.choice(people).form.name}
        rows += _stay(chance, {**stranger, **chance.choice(_STRANGERS)}, again)
    rows.append({"action": "end", "at": _iso(END + timedelta(minutes=chance.randint(0, 40)))})
    return sorted(rows, key=lambda row: row["at"])


#: How a stranger may come: with nothing at all, with an address nobody registered, by telephone.
_STRANGERS: Sequence[Mapping[str, str]] = ({}, {"email": "eve@elsewhere.example"}, {"phone": "855*****123"})


def _visits(chance: random.Random, one: Registrant, again: datetime | None) -> Iterator[dict[str, Any]]:
    """By their own link mostly; else as a guest of that name or another, signed in or not; or by telephone."""
    for _ in range(chance.choice((1, 1, 1, 2, 5, 12))):
        who: dict[str, Any] = {"person": str(one.id), "device": chance.choice(("computer", "phone"))}
        by = chance.random()
        if by < 0.75:
            who["registrant_id"] = one.zoom_id
            if chance.random() < 0.3:
                who["name"] = chance.choice(("iPhone", "NPIC Hall", one.form.name.upper(), one.form.name[:5]))
        elif by < 0.95:
            who["name"] = chance.choice((one.form.name, "Zoom user", one.form.name.split()[0]))
            if chance.random() < 0.5:
                who["email"] = one.form.address
        else:
            who["phone"] = f"855*****{one.id:03}"
        yield from _stay(chance, who, again)


def _stay(chance: random.Random, who: dict[str, Any], again: datetime | None) -> Iterator[dict[str, Any]]:
    """In, perhaps by the waiting room, perhaps with another name later, perhaps into a side room; and out, or not."""
    at = OPENS + timedelta(seconds=chance.randint(30, int((END - OPENS).total_seconds()) - 60))
    if again is not None and again <= at <= again + timedelta(minutes=3):
        at = again + timedelta(minutes=4)
    same = {"person": who["person"], **({"device": who["device"]} if "device" in who else {})}
    waits = chance.random() < 0.15
    yield {"action": "waiting" if waits else "join", "at": _iso(at), **who}
    if waits:
        at += timedelta(seconds=chance.randint(5, 300))
        yield {"action": "admit", "at": _iso(at), **same}
    for what in ("rename", "breakout"):
        if chance.random() < 0.15:
            at += timedelta(seconds=chance.randint(5, 900))
            yield {"action": what, "at": _iso(at), **same, "name": "Guest of honour", "room": "Room 1"}
    if chance.random() < 0.8:
        yield {"action": "leave", "at": _iso(at + timedelta(seconds=chance.randint(1, 7200))), **same}


def _iso(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def _stays(sandbox: Sandbox, number: str) -> Iterator[Stay]:
    """What the sandbox knows of persons, which no report of Zoom's says."""
    for instance in sandbox.account.meetings[int(number)].past:
        for one in instance.presences:
            person = int(one.person) if one.person.isdecimal() else None
            interval = Interval(one.joined_at, one.left_at or one.joined_at)
            who = one.identity
            yield Stay(person, interval, one.where == "in_meeting", who.registrant_id, who.email, who.name)
