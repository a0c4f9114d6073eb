"""Small builders of rows: each with sensible values, of which a test names only what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from meetbot.core import times
from meetbot.core.meetings import MeetingState
from meetbot.core.model import Contact, Form, JoinLink, Letter, LetterKind, Message, Registrant, Status
from meetbot.store import due, engine, meetings, outbox, registration, seal, tables
from meetbot.store.engine import Store, Transaction

NOW = times.at("2021-11-10 14:00", "Asia/Bangkok")
LINK = "https://us06web.zoom.us/w/85011112222?tk=CanaryTokenOfDara&pwd=CanaryPasscode"


def after(**duration: float) -> datetime:
    return NOW + timedelta(**duration)


def address(folder: Path) -> str:
    """Of a store in that folder."""
    return f"sqlite+aiosqlite:///{folder / 'meetbot.db'}"


#: What every letter says of its meeting.
FACTS = {"meeting": "Launch", "starts_at": NOW.isoformat(), "ends_at": NOW.isoformat(), "zone": "UTC"}


async def opened(folder: Path, at: str = "") -> Store:
    """The store at that address, or else in that folder, where its key lies too."""
    return await engine.open_store(at or address(folder), seal.from_settings("", folder))


async def meeting(tx: Transaction, key: str = "launch", state: MeetingState = MeetingState.CREATED) -> None:
    """A meeting that stands at Zoom as planned, in its first revision."""
    await meetings.add(tx, key, domain="network.example")
    await meetings.set_state(tx, key, state, "read back", zoom_id="85011112222")


async def registrant(
    tx: Transaction, address: str = "dara@npic.example", status: Status = Status.APPROVED, name: str = "Sok Dara"
) -> Registrant:
    new = registration.Decided(
        form=Form(meeting="launch", address=address, name=name),
        organisation="npic",
        zone="Asia/Phnom_Penh",
        language="en",
        status=status,
        reason="invited",
    )
    return await registration.add(tx, new, now=NOW, by="test")


async def admitted(tx: Transaction, store: Store, link: str = LINK, **who: Any) -> Registrant:
    """An approved registrant whose own join link is stored."""
    one = await registrant(tx, **who)
    await registration.admit(tx, one.id, zoom_id="z1", link=JoinLink(link), links=store.links, now=NOW)
    return one


def message(to: Registrant, dedupe: str = "link:1", **other: Any) -> Message:
    """The letter with the join link of that registrant, of use until the meeting is over."""
    values: dict[str, Any] = {
        "letter": Letter(LetterKind.LINK, FACTS, "en", "Asia/Phnom_Penh"),
        "to": Contact(to.form.name, to.form.address),
        "meeting": "launch",
        "registrant": to.id,
        "revision": 1,
        "useful_until": after(hours=3),
        "needs_link": True,
    }
    return Message(dedupe=dedupe, **{**values, **other})


async def put(tx: Transaction, *messages: Message) -> int:
    return await outbox.put(tx, messages, now=NOW, domain="network.example")


async def cues(tx: Transaction, *due_at: datetime, urgency: int = 1) -> None:
    """Cues of the launch, named by their place."""
    rows = [
        {"subject": f"cue{number}", "meeting": "launch", "due_at": at, "urgency": urgency}
        for number, at in enumerate(due_at, 1)
    ]
    await due.add_all(tx, due.Kind.CUE, rows)


async def claim(store: Store, owner: str, *kinds: due.Kind, now: datetime = NOW, limit: int = 100) -> list[str]:
    """The subjects of what this owner gets."""
    async with store.transaction() as tx:
        rows = await due.claim(tx, kinds or list(due.Kind), now=now, owner=owner, limit=limit)
    return [row.subject for row in rows]


async def rows(store: Store, *columns: str) -> Sequence[tuple[Any, ...]]:
    """Those columns of every due row, the oldest first; without names: subject, state and owner."""
    names = columns or ("subject", "state", "owner")
    async with store.reading() as tx:
        found = await tx.execute(select(*(tables.due.c[name] for name in names)).order_by(tables.due.c.id))
        return [tuple(row) for row in found]
