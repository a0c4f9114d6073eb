"""Odd, slow and rude mail servers (the sandbox's), on real sockets; the hours of waiting pass at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from meetbot import errors
from meetbot.mail.transports import Smtp, SmtpAccount
from tests.mail import mail_server, patience
from tests.sandbox.mailroom import Mailroom, mailroom, rule

SENDER, RECIPIENT = "launch@project.example", "lin@college.example"


@pytest.fixture(autouse=True)
def no_name_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop's clock leaps while a thread asks for this machine's name."""
    monkeypatch.setattr("socket.getfqdn", lambda *_: "meetbot.example")


@dataclass(frozen=True)
class Found:
    """What came of the letters: the server's words or the error, and what the server has."""

    came: list[str | Exception]
    accepted: int
    room: Mailroom

    @property
    def error(self) -> errors.MailError:
        (one,) = self.came
        assert isinstance(one, errors.MailError)
        return one


def sent(*rules: dict[str, Any], number_of: int = 1, **account: Any) -> tuple[Found, float]:
    """What comes of letters sent one after the other to a server with these faults, and the seconds that it took."""

    async def scene() -> Found:
        async with mailroom(*rules) as room, _transport(room, **account) as transport:
            came = [await _try(transport, f"<m{number}@project.example>") for number in range(number_of)]
            return Found(came, len(room.sandbox.mail.mails), room)

    return patience.run(scene)


@asynccontextmanager
async def _transport(room: Mailroom, **account: Any) -> AsyncIterator[Smtp]:
    logged_in = {"username": "sandbox", "password": "sandbox", **account}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(room.sandbox.mail.ca_file))
        transport = Smtp(SmtpAccount(host=room.host, port=room.port, **logged_in))
        try:
            yield transport
        finally:
            await transport.aclose()


async def _try(transport: Smtp, message_id: str) -> str | Exception:
    content = f"Message-ID: {message_id}\r\n\r\nHello\r\n".encode()
    try:
        return await transport.deliver(message_id, SENDER, RECIPIENT, content)
    except (errors.MailError, errors.MailUnknownOutcome) as error:
        return error


def test_M01_a_late_banner_is_waited_for() -> None:
    """40 seconds are little: some servers let unknown clients wait on purpose."""
    found, seconds = sent(rule({"at": "banner", "delay": "40s"}))

    assert found.accepted == 1
    assert 40 <= seconds < 60


def test_M01_a_server_without_a_banner_is_given_up_for_now() -> None:
    """After five minutes (RFC 5321, 4.5.3.2.1); the letter waits."""
    found, seconds = sent(rule({"at": "banner", "delay": "1h"}))

    assert (found.error.permanent, found.error.away) == (False, True)
    assert found.accepted == 0
    assert 300 <= seconds < 310


def test_M01_421_at_once_asks_for_fewer() -> None:
    """It has nothing against the letter; it is merely full."""
    found, _ = sent(rule({"at": "banner", "reply": "421 4.3.2 come back later"}))

    assert (str(found.error), found.error.permanent, found.error.slower) == ("421 4.3.2 come back later", False, True)


@pytest.mark.parametrize("lines", [{"lines": 1000}, {"encoding": "latin-1", "reply": "250 bon après-midi"}])
def test_M02_an_odd_greeting_is_put_up_with(lines: dict[str, Any]) -> None:
    """A thousand lines, or letters of another age."""
    found, _ = sent(rule({"at": "ehlo", "reply": "250 mail.sandbox.example", **lines}))

    assert found.accepted == 1


def test_M02_a_line_of_100_kilobytes_is_refused_for_now() -> None:
    """There is a limit to what is read, and the letter waits."""
    found, _ = sent(rule({"at": "ehlo", "reply": "250 hello", "width": 100_000}))

    assert not found.error.permanent
    assert found.accepted == 0


async def test_M02_a_server_that_only_knows_helo() -> None:
    """502 to EHLO, and then the old word."""

    def answer(line: bytes) -> bytes:
        known = {b"EHLO": b"502 what?\r\n", b"DATA": b"354 go\r\n", b"Mess": b"", b"Hell": b"", b"\r\n": b""}
        return known.get(line[:4], b"250 OK\r\n")

    async with mail_server.saying(answer) as port:
        transport = Smtp(SmtpAccount(host="127.0.0.1", port=port, security="none"))
        came = await _try(transport, "<m1@x.org>")
        await transport.aclose()

    assert came == "250 OK"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (rule({"extension_missing": "STARTTLS"}), "the mail server does not offer encryption"),
        (rule({"certificate": "expired"}), "the mail server's certificate is not to be trusted"),
        (rule({"certificate": "wrong-name"}), "the mail server's certificate is not to be trusted"),
        (rule({"certificate": "self-signed"}), "the mail server's certificate is not to be trusted"),
        (rule({"certificate": "old-tls"}), ""),
        (rule({"at": "starttls", "reply": "454 4.7.0 TLS not available"}), ""),
    ],
)
def test_M03_F26_without_trust_nothing_leaves(fault: dict[str, Any], said: str) -> None:
    """Not the letter, not the password. An old TLS ends in a broken handshake, and 454 says that it is for now."""
    found, _ = sent(fault)

    assert (found.error.fault, found.error.permanent) == (said, False)
    assert found.accepted == 0
    assert "auth" not in [step["step"] for step in found.room.effects("mail.step")]


@pytest.mark.parametrize(
    "reply", ["535 5.7.8 no", "534 5.7.9 another mechanism", "530 5.7.0 log in first", "538 5.7.11 encrypt first"]
)
def test_M04_F25_a_refused_login_is_against_us(reply: str) -> None:
    """The password may have been changed: nothing is wrong with the letter."""
    found, _ = sent(rule({"at": "auth", "reply": reply}))

    assert (found.error.fault, found.error.permanent) == ("the mail server refuses our log-in", False)
    assert found.accepted == 0


@pytest.mark.parametrize(
    ("at", "reply", "permanent", "slower"),
    [
        ("mail", "451 4.7.0 slow down", False, True),
        ("mail", "452 4.3.1 out of storage", False, True),
        ("rcpt", "450 4.2.0 greylisted", False, False),
        ("rcpt", "451 4.7.1 greylisted", False, False),
        ("rcpt", "451 4.7.500 server busy", False, True),
        ("rcpt", "452 4.5.3 too many recipients", False, False),
        ("rcpt", "550 5.1.1 no such user", True, False),
        ("rcpt", "551 5.7.1 not here", True, False),
        ("rcpt", "553 5.1.3 no such address", True, False),
        ("rcpt", "554 5.7.1 policy", True, False),
        ("dot", "554 5.7.1 content", True, False),
        ("dot", "432 4.3.2 concurrent connections limit exceeded", False, True),
        ("dot", "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceeded", False, True),
        ("rcpt", "550 5.4.5 daily sending quota exceeded", False, True),
    ],
)
def test_M05_M06_M07_M12_by_class_and_enhanced_code(at: str, reply: str, permanent: bool, slower: bool) -> None:
    """For good, for now, or too fast: what the server means decides, not the first digit alone."""
    found, _ = sent(rule({"at": at, "reply": reply}))

    assert (str(found.error), found.error.permanent, found.error.slower) == (reply, permanent, slower)
    assert found.error.fault == ""


@pytest.mark.parametrize(
    ("at", "reply", "too_large", "passing"),
    [
        ("mail", "552 5.3.4 message size exceeds the limit", True, False),
        ("dot", "552 5.3.4 message too big", True, False),
        ("dot", "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient", True, False),
        ("dot", "552 exceeded storage allocation", True, True),
        ("rcpt", "552 exceeded storage allocation", False, True),
        ("rcpt", "552 5.2.2 mailbox full", False, True),
        ("dot", "554 5.2.2 over quota", False, True),
        ("dot", "554 5.2.0 STOREDRV.Deliver; MapiExceptionShutoffQuotaExceeded", False, True),
        ("rcpt", "550 5.2.1 The user you are trying to contact is receiving mail at a rate that", False, True),
        ("rcpt", "550 5.2.1 The email account that you tried to reach is inactive", False, False),
        ("rcpt", "554 5.3.4 Message is too large", False, True),
        ("rcpt", "452 4.2.2 mailbox full", False, False),
        ("dot", "452 4.3.4 too large for now", False, False),
        ("dot", "552 5.7.0 blocked for its content", False, False),
        ("dot", "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceeded", False, False),
    ],
)
def test_F28_M07_too_large_and_what_passes_within_hours(at: str, reply: str, too_large: bool, passing: bool) -> None:
    """Both are said as if for good, and need not be the end; 552 alone may mean either, once the server has seen it."""
    found, _ = sent(rule({"at": at, "reply": reply}))

    assert (found.error.too_large, found.error.passing) == (too_large, passing)
    assert found.error.permanent or not (too_large or passing)
    assert found.error.fault == ""


def test_M09_F21_a_connection_that_ends_after_the_dot_leaves_it_open() -> None:
    """The server has it and did not say so."""
    found, _ = sent(rule("accept_then_drop"))

    assert [type(one) for one in found.came] == [errors.MailUnknownOutcome]
    assert found.accepted == 1


def test_M09_250_after_590_seconds_is_a_250() -> None:
    """RFC 5321, 4.5.3.2.6: the server has ten minutes."""
    found, seconds = sent(rule({"accept_then_late_250": "590s"}))

    assert found.came == ["250 2.0.0 queued as 1"]
    assert 590 <= seconds < 600


def test_M09_250_after_700_seconds_comes_too_late() -> None:
    """After ten minutes nobody knows; the server has it."""
    found, seconds = sent(rule({"accept_then_late_250": "700s"}))

    assert [type(one) for one in found.came] == [errors.MailUnknownOutcome]
    assert found.accepted == 1
    assert 600 <= seconds < 610


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ({"reply": "250 2.0.0 Ok: queued as 4711"}, "250 2.0.0 Ok: queued as 4711"),
        ({"reply": "250"}, "250"),
        ({"reply": "250 2.0.0 taken", "lines": 3}, "250 2.0.0 taken 2.0.0 taken 2.0.0 taken"),
        ({"reply": "2500 taken"}, "250 taken"),
        ({"reply": "250 reçu", "encoding": "latin-1"}, "250 reu"),
    ],
)
def test_M10_what_the_server_calls_it_is_kept(answer: dict[str, Any], kept: str) -> None:
    """The number is what a mail server's operator asks for; however it is said, it was accepted."""
    found, _ = sent(rule({"at": "dot", **answer}))

    assert found.came == [kept]
    assert found.accepted == 1


def test_M12_a_server_that_hangs_up_after_every_fifth_letter() -> None:
    """Twelve letters, each once, over three connections; no letter waits for that."""
    found, _ = sent(rule({"at": "after", "drop": True}, nth=[5, 10]), number_of=12)

    assert found.came == [f"250 2.0.0 queued as {number}" for number in range(1, 13)]
    assert len({effect["session"] for effect in found.room.effects("mail.accepted")}) == 3


def test_M13_one_octet_a_second_is_given_up_for_now() -> None:
    """Each octet comes in time and all of them together never do: there is an end for the whole conversation."""
    found, seconds = sent(rule({"drip": "2s"}))

    assert not found.error.permanent
    assert found.accepted == 0
    assert 300 <= seconds < 310
