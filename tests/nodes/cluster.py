"""Several machines of one office, as far as one machine can play them: processes of `meetbot serve` on one PostgreSQL,
each with a folder of its own, with Zoom's stand-in and its mail server beside them."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from meetbot.core.model import Contact, Letter, LetterKind, Message
from meetbot.flows import programme as programme_flow
from meetbot.store import due, engine, outbox, seal
from meetbot.store.engine import Store
from tests.cli.desk import PROGRAMME
from tests.mail.builders import COMMON
from tests.serve.deployment import SECRET, Deployment
from tests.store import builders

T = TypeVar("T")

#: The data key that all machines share.
KEY = "pnbMq3QqSWUKhX8Y4VPEmUGWnH3y6NqJ6hX3i3sVZ2g="
#: So long the mail server takes for each letter, in seconds, after it has it.
LATE = 0.02
#: When the letters were decided, so that they are a backlog and no flood of this hour.
LONG_AGO = builders.NOW


@dataclass
class Machine(Deployment):
    """One of them."""

    name: str = ""
    database: str = ""
    smtp_port: int = 0

    @property
    def environment(self) -> dict[str, str]:
        return {
            **super().environment,
            "MEETBOT_NODE": self.name,
            "MEETBOT_DATABASE_URL": self.database,
            "MEETBOT_DATA_KEY": KEY,
            "MEETBOT_MAIL_TRANSPORT": "smtp",
            "MEETBOT_SMTP_HOST": "127.0.0.1",
            "MEETBOT_SMTP_PORT": str(self.smtp_port),
            "MEETBOT_SMTP_SECURITY": "none",
        }

    def told(self, event: str) -> list[datetime]:
        """When its log told of that."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        found = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
        return [datetime.fromisoformat(one["timestamp"]) for one in found if one["event"] == event]


@dataclass(frozen=True)
class Mail:
    """One that the mail server took."""

    reader: str
    message_id: str
    accepted_at: datetime


@dataclass
class Office:
    """What all machines share."""

    folder: Path
    database: str
    zoom: str
    smtp_port: int
    machines: list[Machine] = field(default_factory=list)

    def machine(self, name: str, database: str = "") -> Machine:
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        made = Machine(folder, self.zoom, name=name, database=database or self.database, smtp_port=self.smtp_port)
        self.machines.append(made)
        return made

    def mails(self) -> list[Mail]:
        """What the mail server took."""
        with urllib.request.urlopen(f"{self.zoom}/_sandbox/mails") as answer:
            return [
                Mail(one["recipients"][0], one["message_id"], datetime.fromisoformat(one["accepted_at"]))
                for one in json.load(answer)["mails"]
            ]

    def twice(self) -> list[str]:
        """The readers who were written to more than once. AssertionError where that was not the same message."""
        mails = self.mails()
        assert len({one.reader for one in mails}) == len({one.message_id for one in mails})
        return [reader for reader, count in Counter(one.reader for one in mails).items() if count > 1]

    def open_up(self) -> None:
        """Apply the programme."""
        asyncio.run(self._in_store(_apply))

    def write_letters(self, *readers: str) -> None:
        """Let a letter wait for each."""
        asyncio.run(self._in_store(lambda store: _write(store, readers)))

    def undone(self) -> int:
        """How many letters are not sent, or are but a row says otherwise."""
        return asyncio.run(self._in_store(_undone))

    async def _in_store(self, do: Callable[[Store], Coroutine[None, None, T]]) -> T:
        store = await engine.open_store(self.database, seal.from_settings(KEY, self.folder))
        try:
            return await do(store)
        finally:
            await store.aclose()

    def end(self) -> None:
        for machine in self.machines:
            machine.end()


async def _apply(store: Store) -> None:
    await programme_flow.apply(store, PROGRAMME, "network.yaml", now=datetime.now(UTC), by="test")


async def _write(store: Store, readers: Iterable[str]) -> None:
    facts = {**COMMON, "name": "Reader", "reason": "all places are taken"}
    letter = Letter(LetterKind.DENIED, facts, "en", "Asia/Bangkok")
    letters = [
        Message(letter=letter, to=Contact(one, f"{one}@npic.example"), dedupe=one, meeting=None, registrant=None)
        for one in readers
    ]
    async with store.transaction() as tx:
        await outbox.put(tx, letters, now=LONG_AGO, domain="network.example")


async def _undone(store: Store) -> int:
    async with store.reading() as tx:
        open_rows = await due.ended(tx, [due.Kind.LETTER], ["waiting", "claimed", "failed", "cancelled"])
        unsent = [one for one in await outbox.listing(tx) if one.accepted_at is None]
    return len({row.subject for row in open_rows} | {str(one.id) for one in unsent})


def readers(count: int) -> list[str]:
    return [f"reader{number:03}" for number in range(count)]


@contextmanager
def open_office(folder: Path, database: str) -> Iterator[Office]:
    """An office on that database, without a machine yet."""
    faults = folder / "faults.yaml"
    faults.write_text(json.dumps({"smtp": [{"when": {}, "do": {"accept_then_late_250": LATE}}]}))
    script = (
        "from meetbot.sandbox import server; "
        f"server.run(plan='business', limits=False, client_secret={SECRET!r}, faults={str(faults)!r}, smtp=0)"
    )
    process = subprocess.Popen([sys.executable, "-c", script], cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        zoom = process.stdout.readline().split()[-1]
        mail = process.stdout.readline().split(",")[0]
        office = Office(folder, database, zoom, int(mail.rpartition(":")[2]))
        yield office
        office.end()
    finally:
        process.kill()
        process.communicate()
