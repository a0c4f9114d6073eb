"""What the desk hears of returned mail: before it is relied on, and when a letter came back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from meetbot import bootstrap, clock, settings
from meetbot.store import bounces
from tests.cli.desk import Desk


def about_returned_mail(office: Desk) -> list[tuple[str, str]]:
    found: list[dict[str, Any]] = office.run("doctor", "--json").document
    return [(one["level"], one["text"]) for one in found if "mailbox l" in one["text"] or "return" in one["text"]]


def test_doctor_is_silent_where_no_returned_mail_is_read(office: Desk) -> None:
    """Nothing is set, and nothing is asked for."""
    assert about_returned_mail(office) == []


def test_doctor_says_that_the_mailbox_cannot_be_read(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing answers there, and no address is set by which returned mail is known."""
    monkeypatch.setenv("MEETBOT_IMAP_HOST", "127.0.0.1")
    monkeypatch.setenv("MEETBOT_IMAP_PORT", "1")
    monkeypatch.setenv("MEETBOT_IMAP_USERNAME", "bounces@network.example")

    (unread, no_address) = about_returned_mail(office)

    assert unread[0] == "fail"
    assert unread[1].startswith("returned mail cannot be read: mailbox bounces@network.example at 127.0.0.1: ")
    assert no_address == ("fail", "returned mail cannot be told apart: MEETBOT_BOUNCE_ADDRESS is not set")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("bounces@network.example", ("ok", "returned mail comes to bounces@network.example")),
        (
            "bounces@elsewhere.example",
            ("warn", "returned mail comes to bounces@elsewhere.example, and letters are from network.example"),
        ),
    ],
)
def test_doctor_looks_at_the_domain(
    office: Desk, monkeypatch: pytest.MonkeyPatch, address: str, said: tuple[str, str]
) -> None:
    """A server that sends for one domain takes an envelope of another for a forgery."""
    monkeypatch.setenv("MEETBOT_BOUNCE_ADDRESS", address)

    found = about_returned_mail(office)

    assert (said in found, len(found)) == (True, 1)


def test_F27_the_list_of_registrants_names_whose_mail_came_back(office: Desk) -> None:
    """Beside the reason of their status, and for machines by itself; status counts the letter."""
    office.run("registrants", "add", "--name", "Sok Dara", "--address", "dara@npic.example", "--organisation", "npic")
    office.serve()
    before = office.run("registrants", "list", "--json").document[0]["remark"]
    asyncio.run(_bounce(1))

    listed = office.run("registrants", "list")
    document = office.run("registrants", "list", "--json").document[0]

    remark = "needs a person: mail to dara@npic.example came back (bounced: mailbox unknown (5.1.1))"
    assert (before, document["remark"]) == (None, remark)
    assert "needs a person" in listed.out
    assert office.run("status", "--json").document["letters"] == {"bounced": 1}


async def _bounce(number: int) -> None:
    async with bootstrap.opened(settings.read(), clock.RealClock()) as app, app.store.transaction() as tx:
        await bounces.bounced(tx, number, "bounced: mailbox unknown (5.1.1)", now=app.clock.now())
