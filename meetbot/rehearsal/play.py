"""A whole rehearsal: a folder, a sandbox, a store, a mailbox, made-up people, and the daemon itself."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from meetbot import bootstrap, clock, serve
from meetbot.core.model import Meeting, Programme
from meetbot.errors import UserError
from meetbot.files import programme as programme_file
from meetbot.flows import meetings
from meetbot.flows import programme as programme_flow
from meetbot.rehearsal import (
    attendance_findings,
    attendance_oracle,
    bilaterals,
    findings,
    mailbox,
    oracle,
    peers_findings,
    peers_oracle,
    stand_in,
)
from meetbot.rehearsal.attendance import Attendance
from meetbot.rehearsal.cast import cast
from meetbot.rehearsal.director import Director
from meetbot.settings import Settings
from meetbot.web import app as web

#: Registration begins this long before the doors open.
_LEAD = timedelta(days=2)

Say = Callable[[str], None]
#: Its title, and what is played in it.
Chapter = tuple[str, Callable[[], Coroutine[Any, Any, None]]]


@dataclass(frozen=True)
class _Findings:
    """What came of each part of a rehearsal."""

    launch: findings.Findings
    attendance: attendance_findings.Findings
    peers: peers_findings.Findings | None  #: None: the programme has no bilaterals to play


async def play(file: Path, folder: Path, *, speed: float, seed: int, say: Say) -> dict[str, Any]:
    """Rehearse the programme's first meeting in `folder`; returns the document of what came of it."""
    began = time.monotonic()
    text = programme_file.text_of(file)
    programme = programme_file.load(text, str(file))
    meeting = _first(programme, file)
    ledger = folder / "ledger.jsonl"
    start = meeting.opens_at - _LEAD
    watch = findings.Watch(clock.FastClock(start, speed))
    async with (
        stand_in.running(start=start, speed=speed, seed=seed, ledger=ledger) as zoom,
        _deployed(zoom, folder, watch) as app,
    ):
        say(f"applying {file} to a fresh store; {zoom.url} stands in for Zoom")
        await programme_flow.apply(app.store, text, str(file), now=app.clock.now(), by="rehearsal")
        programme = await app.needed_programme()
        await meetings.sync(app.store, programme, app.zoom, now=app.clock.now())
        found = await _perform(app, zoom, programme, meeting, folder, watch, seed=seed, say=say)
    reports = _lay_out_reports(found.attendance.last, folder)
    return {
        **found.launch.document,
        "attendance": found.attendance.document,
        "bilaterals": found.peers.document if found.peers else None,
        "violations": [
            *oracle.violations(found.launch.evidence),
            *attendance_oracle.violations(found.attendance.evidence),
            *(peers_oracle.violations(found.peers.evidence) if found.peers else ()),
        ],
        "ledger": str(ledger),
        "outbox": str(folder / "outbox"),
        "reports": reports,
        "seconds": round(time.monotonic() - began, 1),
    }


def _first(programme: Programme, file: Path) -> Meeting:
    planned = [one for one in programme.meetings.values() if not one.cancelled]
    if not planned:
        raise UserError(f"{file}: there is no meeting to rehearse")
    return min(planned, key=lambda one: one.interval.start)


@contextlib.asynccontextmanager
async def _deployed(zoom: stand_in.StandIn, folder: Path, watch: findings.Watch) -> AsyncIterator[bootstrap.App]:
    """The program as it would be deployed, but for its clock and for whom it takes to be Zoom."""
    settings = Settings(
        data_dir=folder,
        zoom_account_id=stand_in.ACCOUNT,
        zoom_client_id=stand_in.ACCOUNT,
        zoom_client_secret=SecretStr(stand_in.ACCOUNT),
        zoom_api_url=f"{zoom.url}/v2",
        zoom_token_url=f"{zoom.url}/oauth/token",
        mail_transport="maildir",
        database_url="",
        web_port=(port := _free_port()),
        public_url=f"http://127.0.0.1:{port}",
    )
    async with bootstrap.opened(settings, watch.clock) as app:
        app.transport = findings.Watched(app.transport, watch)
        async with web.served(app):
            yield app


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


async def _perform(
    app: bootstrap.App,
    zoom: stand_in.StandIn,
    programme: Programme,
    meeting: Meeting,
    folder: Path,
    watch: findings.Watch,
    *,
    seed: int,
    say: Say,
) -> _Findings:
    assert isinstance(app.clock, clock.FastClock)
    daemon = serve.Daemon(app, watch.passes())
    members = cast(programme, meeting, seed)
    director = Director(app, daemon, app.clock, zoom, programme, meeting, members, folder, seed, say)
    attendance = Attendance(director)
    serving = asyncio.create_task(daemon.run())
    try:
        await _play(
            director,
            serving,
            (f"Registration: {len(members)} people ask to join", director.registration),
            ("Reminders and briefs, until the doors open", director.reminders),
            (f"The day, {app.clock.rate:g} times faster than life", director.day),
            ("Attendance: waiting for Zoom's report", director.attendance),
            ("Open lines: the organiser says on a page who it was", attendance.settled),
            ("A hall: its focal point writes who sat before the screen", attendance.named),
            ("A confirmation of attendance, and whether it is true", attendance.confirmed),
        )
        launch = await findings.gather(director, watch)
        await _play(director, serving, ("Somebody is erased, and the figures stay", attendance.erasure))
        seen = await attendance_findings.gather(attendance)
        return _Findings(launch, seen, await _perform_bilaterals(director, serving))
    finally:
        daemon.stop()
        await serving


async def _perform_bilaterals(director: Director, serving: asyncio.Task[None]) -> peers_findings.Findings | None:
    """What comes after the launch, where the programme says enough of it."""
    plan = director.programme.bilaterals
    if plan is None or plan.first_on is None or len(plan.sides) < 2 or not director.programme.hosts:
        return None
    peers = bilaterals.Peers(director, plan)
    await _play(
        director,
        serving,
        ("Bilaterals: who meets whom, and when they can", peers.asked),
        ("Answers, nudges, and the list of the silent", peers.answered),
        ("Times found, confirmed and created", peers.created),
        ("One pair withdraws, two are postponed", peers.changed),
        ("The days of the bilaterals", peers.week),
        ("Two go on: further meetings, asked for and agreed to on their pages", peers.went_on),
        ("Attendance of each", peers.reported),
    )
    return await peers_findings.gather(peers)


async def _play(director: Director, serving: asyncio.Task[None], *chapters: Chapter) -> None:
    """One chapter after the other, unless the daemon ends: then its error is what matters."""
    for title, chapter in chapters:
        director.say(f"\n{title}")
        playing = asyncio.ensure_future(chapter())
        await asyncio.wait({serving, playing}, return_when=asyncio.FIRST_COMPLETED)
        if not playing.done():
            playing.cancel()
            await serving
        await playing


def _lay_out_reports(mails: Sequence[mailbox.Mail], folder: Path) -> list[str]:
    """The attached tables as files, so that nobody needs a mail program to look at them."""
    target = folder / "reports"
    target.mkdir(exist_ok=True)
    laid = []
    for mail in mails:
        laid.append(str(mail.path))
        for name, content in mailbox.attachments(mail.path):
            (target / name).write_bytes(content)
            laid.append(str(target / name))
    return laid
