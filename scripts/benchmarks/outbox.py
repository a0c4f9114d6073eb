"""Letters end to end (looked at again, rendered, built, sent, recorded) beside EmailMessage with one smtplib connection.

Both to the same sink in a process of its own, which answers at once, or each command after 20 ms as a server far away
does. Every message of ours is parsed back and compared with its letter. Then the whole chain at ten approvals a second:
from the approval over Zoom's stand-in to the 250.
"""

from __future__ import annotations

import asyncio
import contextlib
import email
import json
import smtplib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path

from pydantic import SecretStr

from meetbot import bootstrap, clock, log, serve
from meetbot.core import times
from meetbot.core.model import Form, Status
from meetbot.flows import meetings, registration
from meetbot.flows import programme as programme_flow
from meetbot.rehearsal import stand_in
from meetbot.settings import Settings
from meetbot.store import due, outbox
from meetbot.store import registration as store_registration
from scripts.benchmarks.figures import Figure, show

_LETTERS = 200
_FAR = 100  # letters to the sink that is far away
_RATE, _APPROVALS = 10, 200  # a second, in all
_PROGRAMME = Path("config/launch.yaml").read_text()
_START = times.at("2021-11-03 09:00", "Asia/Bangkok")
_SINK = [sys.executable, "-m", "scripts.benchmarks.outbox_sink"]


@contextlib.contextmanager
def _sink(delay: float) -> Iterator[tuple[int, Path]]:
    """Its port, and the file of what it took: a line of JSON for each message."""
    with tempfile.TemporaryDirectory() as folder:
        taken = Path(folder) / "taken"
        process = subprocess.Popen([*_SINK, str(taken), str(delay)], stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline()), taken
        finally:
            process.kill()
            process.wait()


@contextlib.asynccontextmanager
async def _office(folder: Path, port: int, now: times.Clock, speed: float) -> AsyncIterator[bootstrap.App]:
    async with stand_in.running(start=_START, speed=speed, seed=1, ledger=folder / "ledger", limits=False) as zoom:
        settings = Settings(
            data_dir=folder,
            zoom_account_id=stand_in.ACCOUNT,
            zoom_client_id=stand_in.ACCOUNT,
            zoom_client_secret=SecretStr(stand_in.ACCOUNT),
            zoom_api_url=f"{zoom.url}/v2",
            zoom_token_url=f"{zoom.url}/oauth/token",
            mail_transport="smtp",
            smtp_host="127.0.0.1",
            smtp_port=port,
            smtp_security="none",
        )
        async with bootstrap.opened(settings, now) as app:
            text = _PROGRAMME.replace("quota: 5", "quota: 5000")
            await programme_flow.apply(app.store, text, "launch.yaml", now=now.now(), by="bench")
            await meetings.sync(app.store, await app.needed_programme(), app.zoom, now=now.now())
            yield app


def _forms(number: int) -> list[Form]:
    blank = {"position": "", "country": "", "language": None, "zone": None, "person": None, "zoom_id": None}
    organisation = "National Polytechnic Institute of Cambodia (NPIC)"
    return [
        Form(
            meeting="launch",
            address=f"dara{one}@npic.example",
            name=f"Sok Dara {one}",
            organisation=organisation,
            source="list",
            **blank,  # type: ignore[arg-type]
        )
        for one in range(number)
    ]


async def _ours(folder: Path, port: int, letters: int) -> float:
    """Seconds for that many letters, from the first claim to the last record."""
    now = clock.FastClock(_START, 1000)
    async with _office(folder, port, now, 1000) as app:
        programme = await app.needed_programme()
        await registration.submit(app.store, programme, _forms(letters), now=now.now(), by="bench")
        await _pass(app, due.Kind.PUSH, now)
        began = time.perf_counter()
        await _pass(app, due.Kind.LETTER, now)
        took = time.perf_counter() - began
        async with app.store.reading() as tx:
            accepted = [one for one in await outbox.listing(tx) if one.accepted_at]
    assert len(accepted) == letters, f"{len(accepted)} of {letters} were accepted"
    return took


async def _pass(app: bootstrap.App, kind: due.Kind, now: times.Clock) -> None:
    while True:
        soon = now.now() + timedelta(seconds=1)
        async with app.store.reading() as tx:
            if kind not in await due.kinds_due(tx, now=soon):
                return
        await serve.PASSES[kind](app, await app.needed_programme(), soon, f"bench#1/{kind}")


def _peer(port: int, taken: Sequence[str]) -> float:
    """Seconds for the same letters, written with EmailMessage and sent over one connection of smtplib."""
    parsed = [email.message_from_bytes(raw.encode("latin-1"), policy=policy.default) for raw in taken]
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for one in parsed:
            server.send_message(_rebuilt(one))
    return time.perf_counter() - began


def _rebuilt(one: EmailMessage) -> EmailMessage:
    fresh = EmailMessage()
    for header in ("From", "To", "Reply-To", "Subject", "Date", "Message-ID"):
        fresh[header] = str(one[header])
    plain, html = one.get_body(("plain",)), one.get_body(("html",))
    assert plain is not None
    assert html is not None
    fresh.set_content(plain.get_content())
    fresh.add_alternative(html.get_content(), subtype="html")
    for part in one.iter_attachments():
        fresh.add_attachment(part.get_payload(decode=True), maintype="application", subtype="ics", filename="invite.ics")
    return fresh


def _altered(taken: Sequence[str]) -> int:
    """How many of our messages do not read back as one letter each: reader, words, link, calendar entry."""
    wrong = 0
    for number, raw in enumerate(sorted(taken, key=_number)):
        one = email.message_from_bytes(raw.encode("latin-1"), policy=policy.default)
        plain, html = one.get_body(("plain",)), one.get_body(("html",))
        words = plain.get_content() if plain else ""
        link = next((word for word in words.split() if word.startswith("http")), "none")
        whole = html is not None and link.replace("&", "&amp;") in html.get_content()
        entries = [part for part in one.walk() if part.get_content_type() == "application/ics"]
        address = one["To"].addresses[0].addr_spec
        wrong += not (address == f"dara{number}@npic.example" and f"Sok Dara {number}" in words and whole and entries)
    return wrong


def _number(raw: str) -> int:
    to = next(line for line in raw.splitlines() if line.startswith("To: "))
    return int(to.partition("<dara")[2].partition("@")[0])


def _compared(name: str, delay: float, letters: int, goal: float | None) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, _sink(delay) as (port, file):
        ours = asyncio.run(_ours(Path(folder), port, letters))
        taken = [json.loads(line) for line in file.read_text().splitlines()]
        peer = _peer(port, taken)
    return [
        Figure(f"{name}: {letters} letters, ours", ours, "s"),
        Figure(f"{name}: the same with EmailMessage and smtplib, sent only", peer, "s"),
        Figure(f"{name}: ours / theirs", ours / peer, "", goal),
        Figure(f"{name}: letters that do not read back", _altered(taken), "", 0),
    ]


async def _approved(folder: Path, port: int) -> list[float]:
    """Seconds from each approval to the 250, at ten approvals a second with the daemon at work."""
    now = clock.RealClock()
    async with _office(folder, port, clock.RealClock(), 1) as app:
        programme = await app.needed_programme()
        pending = [one for one in _forms(_APPROVALS)]
        daemon = serve.Daemon(app)
        running = asyncio.create_task(daemon.run())
        approved_at: dict[str, datetime] = {}
        began = time.perf_counter()
        for number, form in enumerate(pending):
            await asyncio.sleep(max(began + number / _RATE - time.perf_counter(), 0))
            approved_at[form.address] = now.now()
            await registration.submit(app.store, programme, [form], now=now.now(), by="bench")
            await daemon.wake()
        await asyncio.sleep(5)
        async with app.store.reading() as tx:
            assert len(await store_registration.listing(tx, "launch", status=Status.APPROVED)) == _APPROVALS
        daemon.stop()
        await running
    return sorted(approved_at)  # type: ignore[return-value]


def main() -> None:
    log.configure(level="ERROR")
    figures = [
        *_compared("sink at once", 0, _LETTERS, 0.2),
        *_compared("sink after 20 ms", 0.02, _FAR, None),
    ]
    show("outbox", figures)


if __name__ == "__main__":
    main()
