"""Messages leave once; what the mail server says decides what happens next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import update

from meetbot import errors, serve
from meetbot.store import claims, due, holds, meetings, outbox, tables
from tests.flows.stage import START, Stage, form

pytestmark = pytest.mark.every_database


@dataclass
class Server:
    """A mail server that answers as told, then accepts; it remembers every message that it took."""

    answers: list[Exception] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[None]] | None = None  #: what others do while it thinks about its first answer

    async def deliver(self, message_id: str, sender: str, recipient: str, content: bytes) -> str:
        if self.meanwhile is not None:
            others, self.meanwhile = self.meanwhile, None
            await others()
        answer = self.answers.pop(0) if self.answers else None
        if answer is None or isinstance(answer, errors.MailUnknownOutcome):
            self.taken.append(message_id)
        if answer is not None:
            raise answer
        return "250 2.0.0 queued as 1A2B"

    async def check(self) -> str:
        return "answers"

    async def aclose(self) -> None: ...


async def run(stage: Stage, kind: serve.Kind) -> None:
    """One pass of that kind."""
    await serve.PASSES[kind](stage.app, await stage.programme(), stage.now, f"{stage.life}/{kind}")


async def states(stage: Stage) -> list[str]:
    async with stage.app.store.reading() as tx:
        return [one.state for one in await outbox.listing(tx)]


async def test_P05_F20_a_temporary_refusal_is_tried_again(stage: Stage) -> None:
    """Greylisted twice, accepted at the third try, once."""
    server = Server([errors.MailError("451 4.7.1 Greylisted", permanent=False)] * 2)
    stage.app.transport = server
    await stage.register(form("dara@npic.example"))
    await stage.until("2021-11-03 09:30")

    assert len(server.taken) == 1
    assert await states(stage) == ["accepted"]


async def test_F22_a_permanent_refusal_of_one_leaves_the_others_alone(stage: Stage) -> None:
    """550 for one recipient: refused with the reason, not tried again; the other has their link."""
    server = Server([errors.MailError("550 5.1.1 no such user", permanent=True)])
    stage.app.transport = server
    await stage.register(form("a@npic.example", "A B"), form("c@npic.example", "C D"))
    await stage.until("2021-11-03 12:00")

    assert sorted(await states(stage)) == ["accepted", "refused"]
    assert len(server.taken) == 1


async def test_P02_F21_a_lost_250_is_repeated_once_under_the_same_message_id(stage: Stage) -> None:
    """The server took it and the answer was lost: one more copy, recognisable as the same message, and no third."""
    server = Server([errors.MailUnknownOutcome("reset after DATA")] * 2)
    stage.app.transport = server
    await stage.register(form("dara@npic.example"))
    await stage.until("2021-11-03 12:00")

    assert len(server.taken) == 2
    assert len(set(server.taken)) == 1
    assert await states(stage) == ["unknown"]


async def test_F25_a_refused_login_stops_the_stream_and_burns_no_letter(stage: Stage) -> None:
    """Three tries in ten minutes, then mail is held; when it is put right and resumed everybody has their letter."""
    fault = errors.MailError("535 5.7.8 no", permanent=False, fault="the mail server refuses our log-in")
    server = Server([fault] * 100)
    stage.app.transport = server
    await stage.register(*(form(f"p{number}@npic.example", f"Sok {number} Dara") for number in range(2)))
    await stage.until("2021-11-03 12:00")
    tried = 100 - len(server.answers)
    async with stage.app.store.transaction() as tx:
        held = (await holds.all_(tx))[due.Scope.MAIL]
        await holds.lift(tx, [due.Scope.MAIL])
    server.answers.clear()
    await stage.until("2021-11-03 12:30")

    assert tried == 3
    assert held.who == "meetbot"
    assert held.reason == (
        "the mail server refuses our log-in, 3 times in a row; put it right, then: meetbot resume --mail"
    )
    assert (held.since - START) <= timedelta(minutes=11)
    assert await states(stage) == ["accepted", "accepted"]
    assert len(set(server.taken)) == 2


async def test_P10_F45_a_move_during_one_letter_stops_the_next(stage: Stage) -> None:
    """The rest of the batch was claimed with the first letter: each is looked at again when its turn comes."""
    server = Server([])
    stage.app.transport = server
    await stage.register(form("a@npic.example", "A B"), form("c@npic.example", "C D"))
    await run(stage, serve.Kind.PUSH)

    async def moved() -> None:
        async with stage.app.store.transaction() as tx:
            await meetings.revise(tx, "launch", reason="moved")

    server.meanwhile = moved
    await run(stage, serve.Kind.LETTER)

    assert await states(stage) == ["accepted", "cancelled"]


async def test_F47_what_another_node_has_taken_over_does_not_leave(stage: Stage) -> None:
    """Paused after its claim, the node wakes when its rows are another's: it hands nothing over."""
    server = Server([])
    stage.app.transport = server
    await stage.register(form("a@npic.example", "A B"), form("c@npic.example", "C D"))
    await run(stage, serve.Kind.PUSH)

    async def taken_over() -> None:
        async with stage.app.store.transaction() as tx:
            await claims.give_back(tx, f"{stage.life}/", "taken over")

    server.meanwhile = taken_over
    await run(stage, serve.Kind.LETTER)

    assert len(server.taken) == 1


async def test_one_letter_that_cannot_be_written_holds_up_no_other(stage: Stage) -> None:
    """It is refused with the kind of fault, for a person to look at; the others leave."""
    server = Server([])
    stage.app.transport = server
    await stage.register(form("a@npic.example", "A B"), form("c@npic.example", "C D"))
    await run(stage, serve.Kind.PUSH)
    async with stage.app.store.transaction() as tx:
        await tx.execute(update(tables.message).where(tables.message.c.id == 1).values(facts={}))
    await run(stage, serve.Kind.LETTER)

    assert await states(stage) == ["refused", "accepted"]


async def test_P02_no_second_link_mail_after_a_restart(stage: Stage) -> None:
    """Killed between the handing over and our commit: the new life sends the same message, which is one file."""
    await stage.register(form("dara@npic.example"))
    programme = await stage.programme()
    await serve.PASSES[serve.Kind.PUSH](stage.app, programme, stage.now, f"{stage.life}/push")

    async def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outbox, "record", killed)
        with pytest.raises(KeyboardInterrupt):
            await serve.PASSES[serve.Kind.LETTER](stage.app, programme, stage.now, f"{stage.life}/letter")
    stage.sandbox.leap(stage.now + timedelta(minutes=1))
    await stage.restart()
    await stage.run_due()

    (mail,) = stage.mails("dara@npic.example")
    async with stage.app.store.reading() as tx:
        (row,) = await outbox.listing(tx)
    assert (row.message_id, row.state) == (mail.message_id, "accepted")
    assert "sent twice" in row.reason


async def test_a_letter_of_no_more_use_is_not_sent(stage: Stage) -> None:
    """The mail server was away until after the meeting: the link letter expires instead of confusing anybody."""
    server = Server([errors.MailError("421 later", permanent=False)] * 1000)
    stage.app.transport = server
    await stage.register(form("dara@npic.example"))
    stage.leap("2021-11-10 12:00")
    await stage.until("2021-11-10 15:30")
    server.answers.clear()
    await stage.until("2021-11-10 16:30")

    async with stage.app.store.reading() as tx:
        states_of_link = [one.state for one in await outbox.listing(tx) if one.message.letter.kind == "link"]
    assert states_of_link == ["expired"]
