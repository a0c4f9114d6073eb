"""A mail server on loopback that does what a test tells it to: accept, refuse, or break off."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USERNAME, PASSWORD = "launch@project.example.org", "right"


@dataclass
class MailServer:
    """What the server answers, and what it saw. It offers STARTTLS unless told otherwise, and then insists on it."""

    port: int = 0
    on_sender: str = "250 OK"
    on_recipient: str = "250 OK"
    on_message: str = "250 2.0.0 queued as 4711"
    break_after_message: bool = False
    offers_tls: bool = True
    accepted: list[tuple[str, str, bytes]] = field(default_factory=list)  #: sender, recipient, content
    encrypted: list[bool] = field(default_factory=list)  #: of each accepted message
    logins: list[str] = field(default_factory=list)
    connections: list[SMTP] = field(default_factory=list)

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.on_sender.startswith("250"):
            envelope.mail_from = address
        return self.on_sender

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.on_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.on_recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.on_message.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.accepted.append((envelope.mail_from or "", envelope.rcpt_tos[0], content))
            self.encrypted.append(session.ssl is not None)
        if self.break_after_message:
            break_off(server)
        return self.on_message

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        self.logins.append(args[1])
        return AuthResult(success=True)

    def check_password(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> Any:
        assert isinstance(given, LoginPassword)
        self.logins.append(given.login.decode())
        return AuthResult(success=given.password == PASSWORD.encode(), handled=False)


def break_off(connection: SMTP) -> None:
    """End the conversation without a word, as a crash or a cut line does."""
    if connection.transport is not None:
        assert isinstance(connection.transport, asyncio.WriteTransport)
        connection.transport.abort()


@asynccontextmanager
async def running(folder: Path, server: MailServer) -> AsyncIterator[MailServer]:
    """The server, listening; its certificate is `folder/cert.pem`."""
    loop = asyncio.get_running_loop()

    def connection() -> SMTP:
        server.connections.append(
            SMTP(
                server,
                loop=loop,
                hostname="localhost",
                tls_context=_tls(folder) if server.offers_tls else None,
                authenticator=server.check_password,
                auth_require_tls=server.offers_tls,
            )
        )
        return server.connections[-1]

    listening = await loop.create_server(connection, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        # A conversation that outlived the test's loop would be a warning in a later test.
        talks = [one._handler_coroutine for one in server.connections if one._handler_coroutine is not None]
        for one in server.connections:
            break_off(one)
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


@asynccontextmanager
async def saying(answers: Callable[[bytes], bytes | None]) -> AsyncIterator[int]:
    """A server without TLS that answers each line as told, and hangs up for None; yields its port."""

    talks: list[asyncio.Task[Any]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.ensure_future(writer.wait_closed()))
        writer.write(b"220 ready\r\n")
        while line := await reader.readline():
            answer = answers(line)
            if answer is None:
                break
            writer.write(answer)
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        await asyncio.gather(*talks, return_exceptions=True)


def _tls(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def make_certificate(folder: Path) -> None:
    """A certificate for 127.0.0.1 signed by itself, as `cert.pem` and `key.pem`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
