"""The sandbox's mail server on a good day: what it takes, whom it lets in, what it tells."""

import hashlib
import json
import os
import signal
import smtplib
import ssl
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import aiosmtplib
import httpx
import pytest

from meetbot.sandbox import Sandbox
from tests.sandbox.mailroom import RECIPIENT, SENDER, START, mailroom, message

CALENDAR = (
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:launch-with-a-name-\r\n that-goes-on@x.org\r\n"
    "SEQUENCE:3\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:two@x.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


async def test_a_message_arrives_whole() -> None:
    """Every octet, lines of dots included; the ledger names it by number, envelope and hash."""
    content = message(text="one\n.\n..two\n", calendar=CALENDAR)
    async with mailroom() as room:
        words = await room.send(content=content)

        (mail,) = room.sandbox.mail.mails
        assert words == "2.0.0 queued as 1"
        assert mail.content == content
        assert room.effects("mail.accepted") == [
            {
                "mail": 1,
                "session": 1,
                "sender": SENDER,
                "recipients": [RECIPIENT],
                "message_id": "<m1@project.example>",
                "calendar": [
                    {"method": "REQUEST", "uid": "launch-with-a-name-that-goes-on@x.org", "sequence": 3},
                    {"method": "REQUEST", "uid": "two@x.org", "sequence": 0},
                ],
                "sha256": hashlib.sha256(content.partition(b"\r\n\r\n")[2]).hexdigest(),
            }
        ]


async def test_every_step_is_in_the_ledger_in_order() -> None:
    """Accepted and acknowledged are two lines, by the sandbox clock; the password is in none."""
    async with mailroom() as room:
        await room.send()

        assert [step for step, _reply in room.replies()] == [
            *("banner", "ehlo", "starttls", "ehlo", "auth", "mail", "rcpt", "data", "dot", "quit")
        ]
        kinds = room.kinds()
        assert kinds[kinds.index("mail.accepted") :][:3] == ["mail.accepted", "mail.step", "mail.acknowledged"]
        (auth,) = [step for step in room.effects("mail.step") if step["step"] == "auth"]
        assert auth["said"] == "PLAIN"
        assert {entry["at"] for entry in room.sandbox.ledger.entries} == {START.isoformat(timespec="milliseconds")}


async def test_one_connection_takes_many_messages() -> None:
    """They share the session and have numbers of their own."""
    async with mailroom() as room, room.client() as client:
        for number in range(3):
            await client.sendmail(SENDER, [RECIPIENT], message(message_id=f"<m{number}@x.org>"))

        assert [(mail["mail"], mail["session"], mail["message_id"]) for mail in room.effects("mail.accepted")] == [
            (1, 1, "<m0@x.org>"),
            (2, 1, "<m1@x.org>"),
            (3, 1, "<m2@x.org>"),
        ]


@pytest.mark.parametrize("mechanism", ["plain", "login", "xoauth2"])
async def test_user_sandbox_is_let_in_three_ways(mechanism: str) -> None:
    """By PLAIN, LOGIN and XOAUTH2; the message bears who sent it, and the ledger no token."""
    async with mailroom() as room, room.client(login=False) as client:
        await client.ehlo()
        how = {"plain": client.auth_plain, "login": client.auth_login, "xoauth2": client.auth_xoauth2}
        await how[mechanism]("sandbox", "sandbox")
        await client.sendmail(SENDER, [RECIPIENT], message())

        assert room.sandbox.mail.mails[0].authenticated
        (auth,) = [step for step in room.effects("mail.step") if step["step"] == "auth"]
        assert (auth["said"].upper(), auth["reply"][:3]) == (mechanism.upper(), "235")


@pytest.mark.parametrize("mechanism", ["plain", "login", "xoauth2"])
async def test_M04_another_password_is_535(mechanism: str) -> None:
    """The same answer whatever the mechanism; the connection stays open."""
    async with mailroom() as room, room.client(login=False) as client:
        await client.ehlo()
        how = {"plain": client.auth_plain, "login": client.auth_login, "xoauth2": client.auth_xoauth2}
        with pytest.raises(aiosmtplib.SMTPAuthenticationError) as refused:
            await how[mechanism]("sandbox", "wrong")

        assert refused.value.code == 535
        assert (await client.noop()).code == 250


async def test_M04_a_password_in_the_clear_is_538() -> None:
    """AUTH is neither offered nor taken before STARTTLS."""
    async with mailroom() as room, room.client(login=False, start_tls=False) as client:
        await client.ehlo()
        answer = await client.execute_command(b"AUTH", b"PLAIN", b"AHNhbmRib3gAc2FuZGJveA==")

        assert (client.supports_extension("auth"), answer.code) == (False, 538)


async def test_the_certificate_is_good_for_who_trusts_its_authority() -> None:
    """And for nobody else."""
    async with mailroom() as room:
        assert await room.send()

        with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer"):
            await room.send(tls_context=ssl.create_default_context())
        assert len(room.sandbox.mail.mails) == 1


async def test_the_list_of_mails_shows_no_body_unless_asked() -> None:
    """Headers and envelope are for everybody who looks, the join link is not."""
    async with mailroom() as room:
        await room.send()
        transport = httpx.ASGITransport(room.sandbox.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://zoom") as http:
            listed = (await http.get("/_sandbox/mails")).json()["mails"]
            whole = (await http.get("/_sandbox/mails?body=1")).json()["mails"]
            state = (await http.get("/_sandbox/state")).json()["smtp"]

        assert state == {
            "host": room.host,
            "port": room.port,
            "ca_file": str(room.sandbox.mail.ca_file),
            "accepted": 1,
        }
    (mail,) = listed
    assert "tk=secret" not in json.dumps(listed)
    assert (mail["sender"], mail["recipients"], mail["message_id"]) == (SENDER, [RECIPIENT], "<m1@project.example>")
    assert mail["acknowledged_at"] == START.isoformat(timespec="milliseconds")
    assert ["Subject", "Your link"] in mail["headers"]
    assert whole[0]["body"].encode() == message()


async def test_a_broken_message_is_taken_and_listed() -> None:
    """An unknown charset, a calendar entry without numbers, no header at all: none of it stops the mail server."""
    odd = (
        b"Content-Type: text/calendar; charset=klingon\r\n\r\nBEGIN:VEVENT\r\nUID:u1\r\nSEQUENCE:many\r\nEND:VEVENT\r\n"
    )
    async with mailroom() as room:
        for content in (odd, b"no header\r\n", b"Subject: \xff\xfe\r\n\r\nbody\xff\r\n"):
            await room.send(content=content)

        calendars = [mail["calendar"] for mail in room.effects("mail.accepted")]
        assert calendars == [[{"method": None, "uid": "u1", "sequence": None}], [], []]
        assert len([mail.shown(body=True) for mail in room.sandbox.mail.mails]) == 3


async def test_nothing_is_left_behind(caplog: pytest.LogCaptureFixture) -> None:
    """A client that is still connected does not hold up the end, and nothing is logged."""
    async with mailroom() as room:
        client = room.client()
        await client.connect()
        port = room.port

    with pytest.raises(aiosmtplib.SMTPConnectError):
        await aiosmtplib.SMTP(hostname="127.0.0.1", port=port, timeout=1).connect()
    assert caplog.messages == []
    client.close()


def test_the_process_serves_zoom_and_mail(tmp_path: Path) -> None:
    """`--smtp` prints a second line with the address and the authority; the standard library's client gets through."""
    command = [sys.executable, "-m", "meetbot.sandbox", "--smtp", "0", "--smtp-profile", "link-scanner"]
    ledger = tmp_path / "ledger.jsonl"
    with subprocess.Popen(
        [*command, "--ledger", str(ledger)], stdout=subprocess.PIPE, text=True, env={**os.environ}
    ) as process:
        assert process.stdout is not None
        watchdog = threading.Timer(30, process.kill)
        watchdog.start()
        process.stdout.readline()
        where, _, ca_file = process.stdout.readline().strip().partition(", trust ")
        host, _, port = where.removeprefix("mail server listening on ").partition(":")
        with smtplib.SMTP(host, int(port), timeout=10) as client:
            client.starttls(context=ssl.create_default_context(cafile=ca_file))
            client.login("sandbox", "sandbox")
            refused = client.sendmail(SENDER, [RECIPIENT], message())
        process.send_signal(signal.SIGTERM)
        ended = process.wait()
        watchdog.cancel()

    effects: list[dict[str, Any]] = [json.loads(line)["effect"] for line in ledger.read_text().splitlines()]
    assert (refused, ended) == ({}, 0)
    assert [effect["message_id"] for effect in effects if effect["kind"] == "mail.accepted"] == ["<m1@project.example>"]
    assert not Path(ca_file).exists()


async def test_an_empty_script_takes_the_faults_away_and_the_profile_stays() -> None:
    """A bad one changes nothing."""
    async with mailroom({"do": {"at": "mail", "reply": "451 4.3.2 busy"}}, smtp_profile="postfix+greylist") as room:
        before = await room.answers(RECIPIENT)
        with pytest.raises(ValueError, match=r"smtp\[0\]\.do"):
            room.sandbox.set_faults("smtp: [{do: explode}]")
        still = await room.answers(RECIPIENT)
        room.sandbox.set_faults("")
        after = await room.answers(RECIPIENT)

    assert (before, still, after) == ([451], [451], [450])


def test_an_unknown_profile_is_refused() -> None:
    """With the names that there are."""
    with pytest.raises(ValueError, match="unknown mail server 'sendmail'; known are broken-appliance, gmail-like"):
        Sandbox(smtp_profile="sendmail")
