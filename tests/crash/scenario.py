"""What happens in every run: a launch, two bilaterals, people who register, a move, a cancellation, a day, its reports.

A step is done by a person at their desk (`do`, in the process that can be killed) or by others at Zoom (`at_zoom`).
A step that a kill interrupts is done again, as a person would: so each looks first at what stands already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pyrage import x25519

from meetbot.bootstrap import App
from meetbot.core import rundown as core_rundown
from meetbot.core import times
from meetbot.core.model import Form
from meetbot.flows import backup, registration, rundown
from meetbot.flows import programme as programme_flow
from meetbot.sandbox import Sandbox
from meetbot.sandbox.smtp.mails import Mail
from meetbot.store import registration as store_registration
from meetbot.store import rundown as store_rundown
from meetbot.store.backup import archive
from meetbot.store.backup.home import Home

ZONE = "Asia/Bangkok"
HOST = "host@network.example"
_BY = "desk"
_KEY = x25519.Identity.generate()
BACKUP = "backup.age"
_LAUNCH, _BILATERAL = "Launching Ceremony", "NPIC meets CVT"

PROGRAMME = """
key: network
title: Skills Network
zone: Asia/Bangkok
organiser: {name: Launch desk, address: launch@network.example}
reports_to: [{name: Officer, address: officer@network.example}]
registration: {approve_invited: yes, quota: 20}
reminders: {before: [3 hours]}
organisations:
  npic: {name: NPIC, country: Cambodia, constituent: training institution}
  cvt: {name: CVT, country: Myanmar, constituent: training institution}
people:
  tang: {name: H.E. TANG Tao, office: Vice Minister, organisation: npic, address: tang@npic.example}
  liu: {name: Mr Yutong Liu, office: Project Manager, organisation: cvt, address: liu@cvt.example}
meetings:
  launch:
    title: Launching Ceremony
    date: 2021-11-10
    start: 14:00
    end: 15:00
    opens: 13:30
    host: host@network.example
    recording: {from: welcome, to: closing}
    rundown:
      welcome: {title: Welcome, start: 14:00, end: 14:20, speakers: [tang]}
      session: {title: Session, start: 14:20, end: 14:45, speakers: [liu]}
      closing: {title: Closing, start: 14:45, end: 15:00, speakers: [tang]}
  one: {title: NPIC meets CVT, date: 2021-11-10, start: 16:00, minutes: 30, host: host@network.example}
  two: {title: CVT meets NPIC, date: 2021-11-10, start: 18:00, minutes: 30, host: host@network.example}
"""
MOVED = PROGRAMME.replace("start: 16:00", "start: 17:00").replace("start: 18:00,", "start: 18:00, cancelled: yes,")

Do = Callable[[App], Any]
AtZoom = Callable[[Sandbox, Sequence[Mail]], Any]


def _form(name: str, meeting: str = "launch", organisation: str = "NPIC", country: str = "Cambodia") -> Form:
    address = f"{name.lower()}@{organisation.split()[-1].lower()}.example"
    return Form(meeting=meeting, address=address, name=f"{name} Sok", organisation=organisation, country=country)


FIRST = [_form("Tang"), *(_form(name) for name in ("Dara", "Sophea")), _form("Liu", organisation="CVT")]
FIRST += [_form(name, key) for key in ("one", "two") for name in ("Dara", "Bopha")]
FIRST += [_form(name, organisation="A College Elsewhere") for name in ("Maria", "Ian")]
LATE = [_form("Khin", organisation="CVT", country="Myanmar")]


@dataclass(frozen=True)
class Step:
    at: str  #: wall time in Bangkok
    name: str
    at_zoom: AtZoom | None = None  #: None: a person does `DESK[name]`


async def _apply(app: App, text: str) -> None:
    await programme_flow.apply(app.store, text, "network.yaml", now=app.clock.now(), by=_BY)


async def _register(app: App, forms: Sequence[Form]) -> None:
    await registration.submit(app.store, await app.needed_programme(), forms, now=app.clock.now(), by=_BY)


async def _decide(app: App, address: str, action: str) -> None:
    """What does not fit any more has been decided already: the flow refuses it and says so."""
    async with app.store.reading() as tx:
        found = await store_registration.by_text(tx, "launch", [address])
    ids = [one.id for one in found[address]]
    programme, now = await app.needed_programme(), app.clock.now()
    await registration.decide(app.store, programme, ids, action, reason="by hand", now=now, by=_BY)


async def _rundown(app: App, name: str, do: rundown.Command, *, while_current: str | None) -> None:
    """Only while that segment still runs (None: before the first): whoever repeats a command looks first."""
    programme = await app.needed_programme()
    meeting = programme.meetings["launch"]
    async with app.store.reading() as tx:
        state = await store_rundown.get(tx, meeting)
    current = state.current.key if state.current else None
    if current == while_current and not (while_current is None and state.started):
        await rundown.command(app.store, programme, meeting, do, name=name, now=app.clock.now(), by=_BY)


async def _slip(app: App) -> None:
    meeting = (await app.needed_programme()).meetings["launch"]
    async with app.store.reading() as tx:
        state = await store_rundown.get(tx, meeting)
    if not state.slip:
        await _rundown(app, "slip", lambda one, now: core_rundown.slip(one, 5, now), while_current="session")


async def _back_up(app: App) -> None:
    """A backup that is there is one: it gets its name when it has been tried out."""
    file = app.settings.data_dir.parent / BACKUP
    if not file.exists():
        key, home = archive.KeyFile([_KEY.to_public()], [_KEY]), Home(app.settings.database, app.settings.data_dir, "")
        now = app.clock.now()
        await asyncio.to_thread(lambda: backup.make(file, key, home, now=now, progress=lambda _: None))


#: What a person does, by the name of the step.
DESK: Mapping[str, Do] = {
    "apply": lambda app: _apply(app, PROGRAMME),
    "import": lambda app: _register(app, FIRST),
    "approve": lambda app: _decide(app, "maria@elsewhere.example", "approve"),
    "deny": lambda app: _decide(app, "ian@elsewhere.example", "deny"),
    "move and cancel": lambda app: _apply(app, MOVED),
    "import late forms": lambda app: _register(app, LATE),
    "back up": _back_up,
    "start": lambda app: _rundown(app, "start", core_rundown.start, while_current=None),
    "next": lambda app: _rundown(app, "next", core_rundown.advance, while_current="welcome"),
    "slip": _slip,
    "next again": lambda app: _rundown(app, "next", core_rundown.advance, while_current="session"),
    "end": lambda app: _rundown(app, "next", core_rundown.advance, while_current="closing"),
}


def _meeting(sandbox: Sandbox, topic: str) -> str:
    return next(str(one.id) for one in sandbox.account.meetings.values() if one.topic == topic and not one.deleted)


def _own_page(sandbox: Sandbox, _mails: Sequence[Mail]) -> None:
    """Somebody fills in Zoom's own registration page."""
    form = {"email": "sam@npic.example", "first_name": "Sam", "last_name": "Oeun", "org": "NPIC"}
    sandbox.register({"meeting": _meeting(sandbox, _LAUNCH), **form})


def _come(topic: str, sandbox: Sandbox, mails: Sequence[Mail]) -> None:
    """Everybody who was written a link comes by it, and goes when the host ends the meeting."""
    meeting = _meeting(sandbox, topic)
    links = {mail.recipients[0]: link for mail in mails for link in mail.links if f"/w/{meeting}" in link}
    actions: list[dict[str, Any]] = [{"action": "start", "person": "host", "email": HOST}]
    for address, link in sorted(links.items()):
        actions += [{"action": "waiting", "person": address, "join_link": link}, {"action": "admit", "person": address}]
    sandbox.people([{"meeting": meeting, "at": sandbox.clock.now().isoformat(), **one} for one in actions])


def _end(topic: str, sandbox: Sandbox, _mails: Sequence[Mail]) -> None:
    now = sandbox.clock.now().isoformat()
    sandbox.people([{"meeting": _meeting(sandbox, topic), "action": "end", "person": "host", "at": now}])


STEPS = (
    Step("2021-11-10 06:00", "apply"),
    Step("2021-11-10 06:10", "import"),
    Step("2021-11-10 06:20", "own page", _own_page),
    Step("2021-11-10 06:40", "approve"),
    Step("2021-11-10 06:45", "deny"),
    Step("2021-11-10 07:10", "move and cancel"),
    Step("2021-11-10 07:30", "import late forms"),
    Step("2021-11-10 08:00", "back up"),
    Step("2021-11-10 13:25", "people come", partial(_come, _LAUNCH)),
    Step("2021-11-10 14:01", "start"),
    Step("2021-11-10 14:20", "next"),
    Step("2021-11-10 14:30", "slip"),
    Step("2021-11-10 14:50", "next again"),
    Step("2021-11-10 15:05", "end"),
    Step("2021-11-10 15:07", "the launch is over", partial(_end, _LAUNCH)),
    Step("2021-11-10 17:00", "two meet", partial(_come, _BILATERAL)),
    Step("2021-11-10 17:30", "the bilateral is over", partial(_end, _BILATERAL)),
)
#: What Zoom tells of by webhook; of the rest it would tell as well, and nobody would learn anything from it.
WEBHOOKS = ("meeting.started", "meeting.ended", "meeting.registration_created", "meeting.participant_joined")
BEGINS = times.at("2021-11-10 06:00", ZONE)
ENDS = times.at("2021-11-11 20:00", ZONE)
