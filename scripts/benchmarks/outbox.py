"""Letters end to end (looked at again, rendered, built, sent, recorded) beside EmailMessage with smtplib.

Both over one connection to the same sink, which answers at once, or each command after 20 ms as a real server does. The
peer is handed the finished words: it only builds and sends. Each of our messages is parsed back and compared.
"""

from __future__ import annotations

import asyncio
import contextlib
import email
import smtplib
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path

from pydantic import SecretStr

from meetbot import bootstrap, clock, log, serve
from meetbot.core import times
from meetbot.core.model import Form
from meetbot.flows import meetings, registration
from meetbot.flows import programme as programme_flow
from meetbot.mail import letters
from meetbot.rehearsal import stand_in
from meetbot.settings import Settings
from meetbot.store import due, outbox
from meetbot.store import registration as store_registration
from scripts.benchmarks import outbox_sink
from scripts.benchmarks.figures import Figure, show

START = times.at("2021-11-03 09:00", "Asia/Bangkok")
_LETTERS = 300
_FAR = 50  # letters to the sink that takes its time
_ROUNDS = 3  # in turns; the best of each counts, since others may be at work on the machine
_PROGRAMME = Path("config/launch.yaml").read_text()


@dataclass(frozen=True)
class _Letter:
    """What a message must read back as; the peer builds the same message from it."""

    headers: Mapping[str, str]
    text: str
    html: str
    calendar: bytes


@dataclass(frozen=True)
class _Took:
    """Seconds for all letters: by the wall, which others on the machine lengthen, and of our own processor time."""

    wall: float
    processor: float

    @classmethod
    def since(cls, began: _Took) -> _Took:
        now = cls.now()
        return cls(now.wall - began.wall, now.processor - began.processor)

    @classmethod
    def now(cls) -> _Took:
        return cls(time.perf_counter(), time.process_time())


@contextlib.asynccontextmanager
async def office(folder: Path, port: int, now: clock.FastClock, *, quota: int) -> AsyncIterator[bootstrap.App]:
    """The launch at Zoom's stand-in, and a mail server at that port; so many of an organisation are let in unasked."""
    async with stand_in.running(
        start=now.now(), speed=now.rate, seed=1, ledger=folder / "ledger", limits=False
    ) as zoom:
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
            text = _PROGRAMME.replace("quota: 5", f"quota: {quota}")
            await programme_flow.apply(app.store, text, "launch.yaml", now=now.now(), by="bench")
            await meetings.sync(app.store, await app.needed_programme(), app.zoom, now=now.now())
            yield app


def forms(number: int) -> list[Form]:
    """So many people of one invited organisation."""
    return [
        Form(
            meeting="launch",
            address=f"dara{one}@npic.example",
            name=f"Sok Dara {one}",
            organisation="National Polytechnic Institute of Cambodia (NPIC)",
            position="",
            country="",
            language=None,
            zone=None,
            person=None,
            zoom_id=None,
            source="list",
        )
        for one in range(number)
    ]


async def _ours(folder: Path, port: int, number: int) -> tuple[_Took, list[_Letter]]:
    """What that many letters took, from the first claim to the last record; and what they say."""
    now = clock.FastClock(START, 1000)
    async with office(folder, port, now, quota=number) as app:
        await registration.submit(app.store, await app.needed_programme(), forms(number), now=now.now(), by="bench")
        await _pass(app, due.Kind.PUSH)
        began = _Took.now()
        await _pass(app, due.Kind.LETTER)
        took = _Took.since(began)
        return took, await _accepted(app)


async def _pass(app: bootstrap.App, kind: due.Kind) -> None:
    """Run passes of that kind until nothing is left for them."""
    while True:
        soon = app.clock.now() + timedelta(seconds=1)
        async with app.store.reading() as tx:
            if kind not in await due.kinds_due(tx, now=soon):
                return
        await serve.PASSES[kind](app, await app.needed_programme(), soon, f"bench#1/{kind}")


async def _accepted(app: bootstrap.App) -> list[_Letter]:
    organiser = (await app.needed_programme()).organiser
    found = []
    async with app.store.reading() as tx:
        for one in await outbox.listing(tx, states=["accepted"]):
            assert one.message.registrant is not None
            link = await store_registration.join_link(tx, one.message.registrant, app.store.links)
            words = letters.render(one.message, organiser=organiser, link=link, uid=one.uid, made_at=one.created_at)
            assert words.calendar is not None
            headers = {
                "From": f"{organiser.name} <{organiser.address}>",
                "To": f"{one.message.to.name} <{one.message.to.address}>",
                "Subject": words.subject,
                "Message-ID": one.message_id,
            }
            found.append(_Letter(headers, words.text, words.html, words.calendar))
    return found


def _peer(port: int, written: Sequence[_Letter]) -> _Took:
    """What the same letters took, built with EmailMessage one by one and sent over one connection of smtplib."""
    began = _Took.now()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for one in written:
            server.send_message(_built(one))
    return _Took.since(began)


def _built(one: _Letter) -> EmailMessage:
    built = EmailMessage()
    for name, value in one.headers.items():
        built[name] = value
    built.set_content(one.text)
    built.add_alternative(one.html, subtype="html")
    built.add_alternative(one.calendar, maintype="text", subtype="calendar", params={"method": "REQUEST"})
    built.add_attachment(one.calendar, maintype="application", subtype="ics", filename="invite.ics")
    return built


def _differing(taken: Sequence[outbox_sink.Taken], written: Sequence[_Letter]) -> int:
    """How many letters do not read back from the wire as they were written."""
    parsed = [_read_back(one.content) for one in taken]
    return sum(one not in parsed for one in written) + abs(len(parsed) - len(written))


def _read_back(content: bytes) -> _Letter:
    message = email.message_from_bytes(content, policy=policy.default)
    parts = {part.get_content_type(): part for part in message.walk()}
    calendar = parts["application/ics"].get_content()
    assert parts["text/calendar"].get_payload(decode=True) == calendar
    headers = {name: str(message[name]) for name in ("From", "To", "Subject", "Message-ID")}
    text, html = (parts[name].get_content().replace("\r\n", "\n") for name in ("text/plain", "text/html"))
    return _Letter(headers, text, html, calendar)


def _round(delay: float, number: int) -> tuple[_Took, _Took, int]:
    """What ours took, what theirs took, and how many of ours do not read back."""
    with tempfile.TemporaryDirectory() as folder, outbox_sink.running(delay) as sink:
        ours, written = asyncio.run(_ours(Path(folder), sink.port, number))
        taken = sink.taken()
        assert len(written) == number, f"{len(written)} of {number} letters were accepted"
        return ours, _peer(sink.port, written), _differing(taken, written)


def _compared(name: str, delay: float, number: int, goal: float | None) -> list[Figure]:
    ours, theirs, differing = zip(*(_round(delay, number) for _ in range(_ROUNDS)), strict=True)
    wall, their_wall = (1000 * min(one.wall for one in each) / number for each in (ours, theirs))
    processor, their_processor = (1000 * min(one.processor for one in each) / number for each in (ours, theirs))
    return [
        Figure(f"{name}: ours, each letter", wall, "ms"),
        Figure(f"{name}: EmailMessage and smtplib, each letter", their_wall, "ms"),
        Figure(f"{name}: ours / theirs", wall / their_wall, "", goal),
        Figure(f"{name}: ours, own processor time", processor, "ms"),
        Figure(f"{name}: theirs, own processor time", their_processor, "ms"),
        Figure(f"{name}: of {number} letters, differ when read back", sum(differing), "", 0),
    ]


def main() -> None:
    log.configure(level="ERROR")
    show("outbox", [*_compared("answers at once", 0, _LETTERS, 0.2), *_compared("answers in 20 ms", 0.02, _FAR, None)])


if __name__ == "__main__":
    main()
