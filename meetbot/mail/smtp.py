"""A mail server, spoken to with aiosmtplib: what it accepts, what it refuses, and what nobody can know."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from dataclasses import dataclass, field
from typing import Literal

import aiosmtplib

from meetbot import errors, redaction
from meetbot.mail import inert, oauth, refusals

_LOCAL = ("localhost", "127.0.0.1", "::1")
_BEFORE_MESSAGE = 300  # seconds for everything before the message itself, however slowly the server drips
_AFTER_MESSAGE = 600  # seconds: RFC 5321, 4.5.3.2.6. Giving up earlier sends letters twice
_GOODBYE = 5  # seconds


@dataclass(frozen=True)
class SmtpAccount:
    """How to reach the mail server and log in there: with a password, by OAuth client credentials, or not at all."""

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"  #: "none" only for a server on this machine
    username: str = ""
    password: str = field(default="", repr=False)
    oauth_token_url: str = ""
    oauth_client_id: str = ""
    oauth_client_secret: str = field(default="", repr=False)
    oauth_scope: str = ""


class Smtp:
    """A `Transport` over one connection that is kept open and serves one message at a time.

    Never sends in the clear: ProgrammeError for an account that asks for it, MailError when the server cannot encrypt.
    """

    def __init__(self, settings: SmtpAccount) -> None:
        _check(settings)
        self._server = _server(settings)
        self._turn = asyncio.Lock()

    async def deliver(self, message_id: str, sender: str, recipient: str, content: bytes) -> str:
        sender, recipient = inert.address(sender), inert.address(recipient)
        async with self._turn:
            try:
                return await self._attempt(message_id, sender, recipient, content)
            except BaseException:
                # Nobody knows in which state this conversation is now: the next message begins a new one.
                self._server.close()
                raise

    async def check(self) -> str:
        """Connect, encrypt and log in, without sending anything. MailError says why that does not work."""
        async with self._turn:
            try:
                async with asyncio.timeout(_BEFORE_MESSAGE):
                    await self._connect()
            except (aiosmtplib.SMTPException, OSError) as fault:
                reason = redaction.strike(str(fault)) or "no answer in time"
                raise errors.MailError(f"mail server {self._server.hostname}: {reason}", permanent=False) from None
        return f"mail server {self._server.hostname} lets us in"

    async def aclose(self) -> None:
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            async with asyncio.timeout(_GOODBYE):
                await self._server.quit()
        self._server.close()

    async def _attempt(self, message_id: str, sender: str, recipient: str, content: bytes) -> str:
        try:
            async with asyncio.timeout(_BEFORE_MESSAGE):
                await self._reach(sender, recipient)
            return await self._hand_over(message_id, content)
        except aiosmtplib.SMTPResponseException as refusal:
            raise refusals.meaning(refusal) from None
        except (aiosmtplib.SMTPException, OSError) as fault:
            reason = redaction.strike(str(fault)) or "no answer in time"
            raise errors.MailError(
                f"mail server {self._server.hostname}: {reason}",
                permanent=False,
                fault=_not_secure(fault),
                away=isinstance(fault, aiosmtplib.SMTPConnectError | TimeoutError),
            ) from None

    async def _connect(self) -> None:
        with contextlib.suppress(aiosmtplib.SMTPException):
            await self._server.noop()
            return
        self._server.close()
        await self._server.connect()

    async def _reach(self, sender: str, recipient: str) -> None:
        """Announce the message, on a new connection where the server has ended the old one since the last message."""
        if self._server.is_connected:
            try:
                await self._announce(sender, recipient)
                return
            except aiosmtplib.SMTPServerDisconnected:
                pass
            except aiosmtplib.SMTPResponseException as refusal:
                if refusal.code != 421:
                    raise
            self._server.close()
        await self._server.connect()
        await self._announce(sender, recipient)

    async def _announce(self, sender: str, recipient: str) -> None:
        await self._server.mail(sender)
        await self._server.rcpt(recipient)
        go_ahead = await self._server.execute_command(b"DATA")
        if go_ahead.code != 354:
            raise aiosmtplib.SMTPDataError(go_ahead.code, go_ahead.message)

    async def _hand_over(self, message_id: str, content: bytes) -> str:
        # aiosmtplib's own `data` hides whether a connection broke before or after the message went out, and only
        # after it can anybody have accepted it.
        protocol = self._server.protocol
        if protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        protocol.write(content.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        try:
            async with asyncio.timeout(_AFTER_MESSAGE):
                reply = await protocol.read_response()
        except (aiosmtplib.SMTPException, OSError) as fault:
            reason = redaction.strike(str(fault)) or "no answer in time"
            raise errors.MailUnknownOutcome(f"{message_id} was sent, then: {reason}") from None
        if not 200 <= reply.code < 300:
            raise aiosmtplib.SMTPDataError(reply.code, reply.message)
        return refusals.words(reply.code, reply.message)


def _check(settings: SmtpAccount) -> None:
    if not settings.host:
        raise errors.ProgrammeError("MEETBOT_SMTP_HOST: is empty; name the mail server")
    if settings.security == "none" and settings.host not in _LOCAL:
        raise errors.ProgrammeError(
            "MEETBOT_SMTP_SECURITY: 'none' would send join links in the clear; use 'starttls' or 'tls'"
        )
    if settings.oauth_token_url and not settings.oauth_token_url.startswith("https://"):
        raise errors.ProgrammeError("MEETBOT_SMTP_OAUTH_TOKEN_URL: must begin with https://")


def _server(settings: SmtpAccount) -> aiosmtplib.SMTP:
    async def token() -> str:
        return await oauth.access_token(
            settings.oauth_token_url,
            client_id=settings.oauth_client_id,
            client_secret=settings.oauth_client_secret,
            scope=settings.oauth_scope,
        )

    return aiosmtplib.SMTP(
        hostname=settings.host,
        port=settings.port,
        use_tls=settings.security == "tls",
        start_tls=settings.security == "starttls",
        username=settings.username or None,
        password=settings.password or None,
        oauth_token_generator=token if settings.oauth_token_url else None,
        timeout=_BEFORE_MESSAGE,
    )


def _not_secure(fault: Exception) -> str:
    """Why the connection cannot be trusted; "" when it merely broke."""
    if isinstance(fault.__cause__ or fault, ssl.SSLError):
        return "the mail server's certificate is not to be trusted"
    return "the mail server does not offer encryption" if "STARTTLS" in str(fault) else ""
