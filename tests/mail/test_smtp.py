"""The mail server transport against real sockets on loopback."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import respx

from meetbot import errors
from meetbot.mail.transports import Smtp, SmtpAccount
from tests.mail import mail_server
from tests.mail.mail_server import PASSWORD, USERNAME, MailServer

SENDER, RECIPIENT = "launch@project.example.org", "kyaw@cvt.example.org"
CONTENT = b"Subject: one\r\n\r\nfirst\r\n.\r\n..last\r\n"
TOKEN_URL = "https://login.example.org/token"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("certificate")
    mail_server.make_certificate(made)
    return made


@pytest.fixture(autouse=True)
def trusted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine trusts the server's certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "cert.pem"))
    yield


@asynccontextmanager
async def smtp(port: int, **other: Any) -> AsyncIterator[Smtp]:
    transport = Smtp(SmtpAccount(host="127.0.0.1", port=port, **other))
    try:
        yield transport
    finally:
        await transport.aclose()


async def deliver(transport: Smtp, message_id: str = "<m1@x.org>") -> str:
    return await transport.deliver(message_id, SENDER, RECIPIENT, CONTENT)


async def test_message_arrives_whole_and_encrypted(folder: Path) -> None:
    """Every octet arrives, lines of dots included, and the server's own words come back for the record."""
    async with mail_server.running(folder, MailServer()) as server, smtp(server.port) as transport:
        reply = await deliver(transport)

    assert reply == "250 2.0.0 queued as 4711"
    assert server.accepted == [(SENDER, RECIPIENT, CONTENT)]
    assert server.encrypted == [True]


async def test_one_connection_serves_many_messages(folder: Path) -> None:
    """The handshake is paid once."""
    async with mail_server.running(folder, MailServer()) as server, smtp(server.port) as transport:
        for number in range(5):
            await deliver(transport, f"<m{number}@x.org>")

    assert len(server.accepted) == 5
    assert len(server.connections) == 1


async def test_M12_a_connection_closed_meanwhile_is_opened_again(folder: Path) -> None:
    """A server that hangs up between two messages costs nothing but a new connection."""
    async with mail_server.running(folder, MailServer()) as server, smtp(server.port) as transport:
        await deliver(transport)
        mail_server.break_off(server.connections[0])
        await deliver(transport)

    assert len(server.accepted) == 2
    assert len(server.connections) == 2


@pytest.mark.parametrize(
    ("step", "reply", "permanent"),
    [
        ("on_recipient", "450 4.2.0 greylisted, try later", False),
        ("on_recipient", "550 5.1.1 no such user", True),
        ("on_recipient", "552 5.2.2 mailbox full", True),
        ("on_message", "451 4.3.0 try later", False),
        ("on_message", "554 5.7.1 refused by policy", True),
        ("on_message", "552 5.3.4 message too large", True),
        ("on_sender", "550 5.7.60 may not send as this sender", False),
        ("on_sender", "552 5.3.4 message too large", True),
        ("on_sender", "451 4.3.2 busy", False),
    ],
)
async def test_M05_M06_refusals_by_class(folder: Path, step: str, reply: str, permanent: bool) -> None:
    """For good is what the server has against this message; what it has against us, or for now, can change."""
    async with mail_server.running(folder, MailServer(**{step: reply})) as server, smtp(server.port) as transport:  # type: ignore[arg-type]
        with pytest.raises(errors.MailError) as refusal:
            await deliver(transport)

    assert str(refusal.value) == reply
    assert refusal.value.permanent is permanent
    assert server.accepted == []


async def test_F22_a_refused_recipient_does_not_hold_up_the_next(folder: Path) -> None:
    """After a refusal the next message goes its way."""
    server = MailServer(on_recipient="550 5.1.1 no")
    async with mail_server.running(folder, server), smtp(server.port) as transport:
        with pytest.raises(errors.MailError):
            await deliver(transport)
        server.on_recipient = "250 OK"
        await deliver(transport, "<m2@x.org>")

    assert len(server.accepted) == 1


async def test_F21_connection_lost_after_the_message_is_unknown(folder: Path) -> None:
    """The server took the message and died before it answered: nobody can know, and the error says so."""
    server = MailServer(break_after_message=True)
    async with mail_server.running(folder, server), smtp(server.port) as transport:
        with pytest.raises(errors.MailUnknownOutcome, match=r"<m1@x\.org> was sent, then:"):
            await deliver(transport)

    assert len(server.accepted) == 1


@pytest.mark.parametrize("word", [b"MAIL", b"RCPT", b"DATA"])
async def test_F21_connection_lost_before_the_message_is_a_no(word: bytes) -> None:
    """As long as the message has not gone out, nobody can have accepted it: try again."""

    def answer(line: bytes) -> bytes | None:
        return None if line.startswith(word) else b"250 OK\r\n"

    async with mail_server.saying(answer) as port, smtp(port, security="none") as transport:
        with pytest.raises(errors.MailError) as refusal:
            await deliver(transport)

    assert not refusal.value.permanent


async def test_F21_nonsense_after_the_message_is_unknown() -> None:
    """An answer that is none leaves the outcome open."""

    def answer(line: bytes) -> bytes:
        return {b"DATA\r\n": b"354 go\r\n", b".\r\n": b"what?\r\n"}.get(line, b"" if line in BODY else b"250 OK\r\n")

    async with mail_server.saying(answer) as port, smtp(port, security="none") as transport:
        with pytest.raises(errors.MailUnknownOutcome):
            await deliver(transport)


BODY = {b"Subject: one\r\n", b"\r\n", b"first\r\n", b"..\r\n", b"...last\r\n"}


async def test_F26_no_encryption_no_mail(folder: Path) -> None:
    """A server that does not offer STARTTLS gets nothing; the message waits until it does."""
    async with mail_server.running(folder, MailServer(offers_tls=False)) as server, smtp(server.port) as transport:
        with pytest.raises(errors.MailError, match="STARTTLS") as refusal:
            await deliver(transport)

    assert not refusal.value.permanent
    assert server.accepted == []


async def test_F26_a_certificate_of_nobody_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that cannot prove who it is gets nothing."""
    monkeypatch.delenv("SSL_CERT_FILE")
    async with mail_server.running(folder, MailServer()) as server, smtp(server.port) as transport:
        with pytest.raises(errors.MailError, match="certificate") as refusal:
            await deliver(transport)

    assert not refusal.value.permanent
    assert server.accepted == []


def test_F26_in_the_clear_only_on_this_machine() -> None:
    """Settings that would send join links readable over a network are refused before anything starts."""
    with pytest.raises(errors.ProgrammeError, match="MEETBOT_SMTP_SECURITY"):
        Smtp(SmtpAccount(host="mail.example.org", security="none"))


def test_smtp_needs_a_host() -> None:
    """An empty host would quietly mean this machine."""
    with pytest.raises(errors.ProgrammeError, match="MEETBOT_SMTP_HOST"):
        Smtp(SmtpAccount(host=""))


async def test_logs_in_with_a_password(folder: Path) -> None:
    """The account's name and password open the server."""
    async with (
        mail_server.running(folder, MailServer()) as server,
        smtp(server.port, username=USERNAME, password=PASSWORD) as transport,
    ):
        await deliver(transport)

    assert server.logins == [USERNAME]
    assert len(server.accepted) == 1


async def test_F25_a_refused_login_keeps_the_message_waiting(folder: Path) -> None:
    """A changed password is not the letter's fault: it waits until somebody puts it right."""
    async with (
        mail_server.running(folder, MailServer()) as server,
        smtp(server.port, username=USERNAME, password="wrong-one") as transport,
    ):
        with pytest.raises(errors.MailError, match="535") as refusal:
            await deliver(transport)

    assert not refusal.value.permanent
    assert "wrong-one" not in str(refusal.value)
    assert server.accepted == []


async def test_unreachable_server_is_a_no_for_now() -> None:
    """Nobody listening means that nothing was sent."""
    async with mail_server.saying(lambda _line: None) as port:
        pass
    async with smtp(port, security="none") as transport:
        with pytest.raises(errors.MailError, match=r"mail server 127\.0\.0\.1") as refusal:
            await deliver(transport)

    assert not refusal.value.permanent


@respx.mock
async def test_logs_in_by_oauth(folder: Path) -> None:
    """Client credentials buy a token, and the token opens the server."""
    token = respx.post(TOKEN_URL).respond(json={"access_token": "tok-1", "token_type": "Bearer", "expires_in": 3600})
    async with mail_server.running(folder, MailServer()) as server, oauth(server.port) as transport:
        await deliver(transport)

    assert b"grant_type=client_credentials" in token.calls.last.request.content
    assert b64decode(server.logins[0]) == f"user={USERNAME}\x01auth=Bearer tok-1\x01\x01".encode()
    assert len(server.accepted) == 1


@respx.mock
async def test_P31_a_refused_token_shows_no_secret(folder: Path) -> None:
    """When the token is refused the letter waits, and the reason names the setting, not the secret."""
    respx.post(TOKEN_URL).respond(401, json={"error": "invalid_client", "error_description": "secret s3cret is wrong"})
    async with mail_server.running(folder, MailServer()) as server, oauth(server.port) as transport:
        with pytest.raises(errors.MailError, match="no access token") as refusal:
            await deliver(transport)

    assert not refusal.value.permanent
    assert "s3cret" not in str(refusal.value)


def oauth(port: int) -> Any:
    return smtp(
        port,
        username=USERNAME,
        oauth_token_url=TOKEN_URL,
        oauth_client_id="client",
        oauth_client_secret="s3cret",
        oauth_scope="https://outlook.office365.com/.default",
    )


def test_P31_account_shows_no_secret() -> None:
    """The account may be logged: neither password nor client secret is in its repr."""
    shown = repr(SmtpAccount(host="mail.example.org", password="s3cret", oauth_client_secret="s3cret"))

    assert "s3cret" not in shown
