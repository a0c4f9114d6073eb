"""Refusals "for good" that need not be the end: too large with its tables, a mailbox that is full today."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from meetbot import errors
from meetbot.core import times
from meetbot.flows import outbox as flow
from meetbot.mail import transports
from meetbot.rehearsal.mailbox import Mail
from meetbot.store import outbox
from tests.flows.stage import Stage, form

pytestmark = pytest.mark.every_database

TOO_LARGE = errors.MailError("552 5.3.4 message too large", permanent=True, too_large=True)
FULL = errors.MailError("552 5.2.2 mailbox full", permanent=True, passing=True)


@dataclass
class Small:
    """A mail server that takes nothing with a table in it, and of the rest so many as it is told."""

    way_out: transports.Transport
    takes: int = 100
    tried: list[str] = field(default_factory=list)  #: Message-IDs

    async def deliver(self, message_id: str, sender: str, recipient: str, content: bytes) -> str:
        self.tried.append(message_id)
        if b".xlsx" in content or self.takes == 0:
            raise TOO_LARGE
        self.takes -= 1
        return await self.way_out.deliver(message_id, sender, recipient, content)

    async def check(self) -> str:
        return "small"

    async def aclose(self) -> None: ...


@dataclass
class Full:
    """A mail server that says so many times that the mailbox is full."""

    stage: Stage
    refusals: int
    tried: dict[str, list[datetime]] = field(default_factory=dict)  #: by Message-ID

    async def deliver(self, message_id: str, sender: str, recipient: str, content: bytes) -> str:
        tries = self.tried.setdefault(message_id, [])
        tries.append(self.stage.now)
        if len(tries) <= self.refusals:
            raise FULL
        return "250 OK"

    async def minutes(self) -> list[int]:
        """When it was offered the link letter, from the first time."""
        (letter,) = await written(self.stage, "link")
        tries = self.tried[letter.message_id]
        return [round((at - tries[0]) / timedelta(minutes=1)) for at in tries]

    async def check(self) -> str:
        return "full"

    async def aclose(self) -> None: ...


async def after_the_meeting(stage: Stage) -> list[Mail]:
    """One guest comes and goes, and the report is mailed; the mails to its reader."""
    stage.leap("2021-11-10 13:00")
    at = {wall: times.at(f"2021-11-10 {wall}", "Asia/Bangkok").isoformat() for wall in ("13:25", "14:00", "15:00")}
    (meeting,) = stage.at_zoom()
    host = {"meeting": meeting.id, "person": "host", "email": "host@network.example"}
    guest = {"meeting": meeting.id, "person": "guest", "name": "Sok Dara", "at": at["14:00"], "action": "join"}
    begin, end = {**host, "at": at["13:25"], "action": "start"}, {**host, "at": at["15:00"], "action": "end"}
    stage.sandbox.people([begin, guest, end])
    await stage.until("2021-11-10 18:00")
    return [mail for mail in stage.mails("officer@network.example") if "ttendance" in mail.subject]


async def written(stage: Stage, kind: str) -> tuple[outbox.Outgoing, ...]:
    """The letters of that kind."""
    async with stage.app.store.reading() as tx:
        return await outbox.listing(tx, kinds=[kind])


async def told(stage: Stage, kind: str) -> list[tuple[str, str]]:
    """State and reason of the letters of that kind."""
    return [(one.state, one.reason) for one in await written(stage, kind)]


async def test_F28_a_report_that_is_too_large_goes_without_its_tables(stage: Stage) -> None:
    """At once, under the same Message-ID; the letter says what is missing and from whom to get it."""
    server = Small(stage.app.transport)
    stage.app.transport = server
    mails = await after_the_meeting(stage)

    missing = "were too large for the mail server and are not attached; please ask the organiser for them."
    tries = [server.tried.count(mail.message_id) for mail in mails]
    assert (len(mails) > 0, set(tries)) == (True, {2})
    assert [(" ".join(mail.text.split()).count(missing), mail.attachments) for mail in mails] == [(1, ())] * len(mails)
    assert {state for state, _ in await told(stage, "report")} == {"accepted"}
    assert all("without its attachments, which were too large" in why for _, why in await told(stage, "report"))


async def test_F28_too_large_without_its_tables_too_waits_for_a_person(stage: Stage) -> None:
    """Two tries in all, and an end with a reason in words."""
    server = Small(stage.app.transport, takes=0)
    stage.app.transport = server
    await after_the_meeting(stage)

    assert set(await told(stage, "report")) == {
        ("refused", "too large, also without its attachments: 552 5.3.4 message too large")
    }
    assert {server.tried.count(one.message_id) for one in await written(stage, "report")} == {2}


async def test_F28_an_international_address_waits_for_a_person(stage: Stage) -> None:
    """Never offered to a server that may not know what to do with it; the reason says what to do."""
    await stage.register(form("dara@npic.example"), form("дара@npic.example", "Hla Min"))
    await stage.run_due()

    why = "the part before the @ has letters that many mail servers refuse; ask the reader for another address"
    assert sorted(state for state, _ in await told(stage, "link")) == ["accepted", "refused"]
    assert ("refused", why) in await told(stage, "link")


async def test_M07_a_full_mailbox_is_tried_again_hours_later(stage: Stage) -> None:
    """Its owner empties it over lunch: one link letter, later."""
    server = Full(stage, refusals=2)
    stage.app.transport = server
    await stage.register(form("dara@npic.example"))
    await stage.until("2021-11-04 12:00")

    assert await server.minutes() == [0, 120, 360]
    assert await told(stage, "link") == [("accepted", "250 OK")]


async def test_M07_after_three_slow_tries_a_person_must_look(stage: Stage) -> None:
    """Four refusals, hours apart, and an end; let go by a person, it is given the same patience again."""
    server = Full(stage, refusals=100)
    stage.app.transport = server
    await stage.register(form("dara@npic.example"))
    await stage.until("2021-11-05 12:00")
    first = await server.minutes()
    ended = await told(stage, "link")
    await flow.release(stage.app.store, [1], now=stage.now, by="test")
    await stage.until("2021-11-06 12:00")

    assert first == [0, 120, 360, 840]
    assert ended == [("refused", "refused four times over: 552 5.2.2 mailbox full")]
    assert len(await server.minutes()) == 8
    assert await told(stage, "link") == ended


async def test_M07_shortly_before_the_end_of_its_use_the_tries_come_closer(stage: Stage) -> None:
    """An hour before a meeting of one hour: all three tries still fall into it."""
    server = Full(stage, refusals=100)
    stage.app.transport = server
    stage.leap("2021-11-10 13:00")
    await stage.register(form("dara@npic.example"))
    await stage.until("2021-11-10 15:30")

    ((state, _),) = await told(stage, "link")
    assert (await server.minutes(), state) == ([0, 30, 60, 90], "refused")
