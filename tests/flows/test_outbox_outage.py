"""Letters and a real mail server (the sandbox's) that is away for hours or days, or takes only so many a minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from meetbot import serve
from meetbot.mail.transports import Smtp, SmtpAccount
from meetbot.sandbox.smtp.mails import Mail
from meetbot.store import outbox
from tests.flows.stage import START, Stage, form

AWAY = {"do": {"at": "connect", "drop": True}}


@pytest.fixture
async def stage(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    """As everywhere, and the letters leave through the sandbox's mail server."""
    async with stage.sandbox.serve_smtp() as (host, port):
        monkeypatch.setenv("SSL_CERT_FILE", str(stage.sandbox.mail.ca_file))
        stage.app.transport = Smtp(SmtpAccount(host=host, port=port, username="sandbox", password="sandbox"))
        yield stage
        await stage.app.transport.aclose()


def faults(stage: Stage, *rules: dict[str, Any]) -> None:
    stage.sandbox.mail.set_faults(stage.sandbox.mail.rules(list(rules)))


def taken(stage: Stage) -> list[Mail]:
    """What the server has, in the order in which it took it."""
    return stage.sandbox.mail.mails


async def states(stage: Stage) -> Counter[tuple[str, str]]:
    async with stage.app.store.reading() as tx:
        return Counter((one.message.letter.kind, one.state) for one in await outbox.listing(tx))


async def test_F24_after_five_hours_away_everybody_has_their_letter_once(stage: Stage) -> None:
    """Nothing is given up, nothing is sent twice, and all are out within five minutes of its return."""
    faults(stage, AWAY)
    await stage.register(form("a@npic.example", "A B"), form("c@npic.example", "C D"))
    await stage.until("2021-11-03 14:00")
    faults(stage)
    await stage.until("2021-11-03 14:05")

    assert [mail.recipients for mail in taken(stage)] == [("a@npic.example",), ("c@npic.example",)]
    assert await states(stage) == {("link", "accepted"): 2}


async def test_F24_fresh_urgent_letters_go_before_a_backlog(stage: Stage) -> None:
    """A link that is decided when the server is back does not queue behind the acknowledgements of yesterday."""
    faults(stage, AWAY)
    await stage.register(*(form(f"late{number}@other.example", f"L {number}", "Nobody") for number in range(12)))
    await stage.run_due()
    stage.leap("2021-11-03 16:00")
    faults(stage)
    await stage.register(form("fresh@npic.example", "A B"))
    await serve.PASSES[serve.Kind.PUSH](stage.app, await stage.programme(), stage.now, f"{stage.life}/push")
    await stage.run_due()

    assert taken(stage)[0].recipients == ("fresh@npic.example",)
    assert len(taken(stage)) == 13


async def test_F24_after_three_days_away_what_is_over_is_not_sent(stage: Stage) -> None:
    """Away from the eve of the launch until two days after it: links and reminders have expired, the report comes."""
    stage.leap("2021-11-09 12:00")
    faults(stage, AWAY)
    await stage.register(form("a@npic.example", "A B"))
    await stage.until("2021-11-09 12:10")
    stage.leap("2021-11-10 15:30")
    await stage.until("2021-11-10 16:00")
    stage.leap("2021-11-12 12:00")
    faults(stage)
    await stage.until("2021-11-12 12:05")

    assert {mail.recipients for mail in taken(stage)} == {("officer@network.example",)}
    found = await states(stage)
    assert found[("link", "expired")] == 1
    assert {state for kind, state in found if kind != "report"} == {"expired"}


async def test_F23_M12_a_server_that_takes_30_a_minute(stage: Stage) -> None:
    """It is taken at its word after the first complaint: each letter once, few refusals, near its own pace."""
    faults(stage, {"do": {"throttle": {"per_minute": 30}}})
    await stage.register(*(form(f"p{number}@other.example", f"P {number}", "Nobody") for number in range(120)))
    await stage.until("2021-11-03 09:10")

    effects = [entry["effect"] or {} for entry in stage.sandbox.ledger.entries]
    refused = [one for one in effects if str(one.get("reply")).startswith("451")]
    assert Counter(mail.recipients for mail in taken(stage)) == {(f"p{n}@other.example",): 1 for n in range(120)}
    assert len(refused) < 12
    assert taken(stage)[-1].accepted_at - START < timedelta(minutes=8)
