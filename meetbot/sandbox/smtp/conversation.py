"""One connection of a client to the mail server, from the banner to the goodbye, with what the fault script does to it.

aiosmtpd speaks SMTP. Here every step is first shown to the fault script and, once it is answered, told to the ledger.
"""

import asyncio
import functools
import logging
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session, TLSSetupException

from meetbot.sandbox.certificates import Authority
from meetbot.sandbox.smtp import grammar, login
from meetbot.sandbox.smtp.mails import Mail
from meetbot.sandbox.smtp.office import Office
from meetbot.sandbox.smtp.replies import Reply
from meetbot.sandbox.smtp.rules import Occasion

_IDLE = 300.0  # seconds: RFC 5321, 4.5.3.2.7
_LARGEST = 2**25  # octets
_LONGEST_KEPT = 200  # octets of a reply that the ledger keeps
_NOT_OFFERED = Reply("502 5.5.1 Command not implemented")
_UNKNOWN_PARAMETER = Reply("555 5.5.4 Unsupported parameter")
_TOO_MANY = {
    "connect": Reply("421 4.7.0 Too many connections"),
    "mail": Reply("451 4.7.0 Too many messages, slow down"),
}
#: The parameter of MAIL that belongs to an extension.
_PARAMETERS = {"SIZE": " SIZE=", "8BITMIME": " BODY=8BITMIME", "SMTPUTF8": " SMTPUTF8"}

Verbs = list[dict[str, Any]]


class Conversation(SMTP):
    """Its own aiosmtpd handler as well. What the script says at `connect` holds until the connection ends."""

    def __init__(self, office: Office, authority: Authority, *, number: int, others: "WeakSet[Conversation]") -> None:
        self._office = office
        self._number = number
        self._neighbours = sum(not one.ended for one in others)
        self._connect = self._limited("connect", office.striking("connect", Occasion()))
        self._missing: frozenset[str] = _first(self._connect, "extension_missing") or frozenset()
        self._step = "connect"
        self._said = ""
        self._faults: list[str] = []
        self._slow: timedelta | None = None
        self._instead: Reply | None = None
        self._mail: Mail | None = None
        self._line: asyncio.BaseTransport | None = None
        self.talk: asyncio.Task[None] | None = None
        self.ended: bool = False
        super().__init__(
            self,
            loop=asyncio.get_running_loop(),
            hostname="mail.sandbox.example",
            ident="ESMTP",
            timeout=_IDLE,
            data_size_limit=None if "SIZE" in self._missing else _first(self._connect, "size_limit") or _LARGEST,
            enable_SMTPUTF8="SMTPUTF8" not in self._missing,
            tls_context=authority.context(_first(self._connect, "certificate") or "good"),
            authenticator=login.judge,
        )
        # The one place where every command passes, whatever aiosmtpd's version knows.
        self._smtp_methods = {word: self._watched(word, method) for word, method in self._smtp_methods.items()}
        others.add(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._line = self._line or transport
        super().connection_made(transport)

    def break_off(self) -> None:
        """End the connection without a word, as a crash or a cut line does; TLS gets no goodbye either."""
        if isinstance(self._line, asyncio.WriteTransport):
            self._line.abort()

    async def push(self, status: str | bytes) -> None:
        """Send a reply, or what the script says in its place; a last line ends the step."""
        reply = self._chosen(status if isinstance(status, bytes) else status.encode())
        try:
            await self._send(reply + b"\r\n")
        except ConnectionError:
            self._tell(None)
            raise
        last = reply.rpartition(b"\n")[2]
        if last[3:4] != b"-" and not last.startswith(b"334"):
            self._tell(last[:_LONGEST_KEPT].decode(errors="replace"))
        if last.startswith(b"421"):
            self._close()

    async def handle_EHLO(
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, lines: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [line for line in lines if line[4:].split()[0] not in self._missing]

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str | bytes:
        occasion = self._occasion("dot", "")
        verbs = self._office.striking("dot", occasion)
        reply = await self._begin("dot", "", verbs)
        if reply and not reply.agrees:
            return reply.on_wire()
        assert isinstance(envelope.content, bytes)
        self._mail = self._office.accept(self._number, occasion, envelope.content)
        if any("accept_then_drop" in one for one in verbs):
            self._drop()
        await self._pause(_first(verbs, "accept_then_late_250"))
        return reply.on_wire() if reply else f"250 2.0.0 queued as {self._mail.number}"

    async def handle_exception(self, error: Exception) -> str:
        if not isinstance(error, TLSSetupException):
            logging.getLogger(__name__).error("the mail server itself failed", exc_info=error)
        return "451 4.3.0 Local error"

    async def auth_XOAUTH2(self, _server: SMTP, arguments: list[str]) -> AuthResult:
        return await login.xoauth2(self, arguments)

    async def _handle_client(self) -> None:
        self.talk = asyncio.current_task()
        try:
            await self._greet()
            await super()._handle_client()
        finally:
            self.ended = True
            self._office.told({"kind": "mail.step", "session": self._number, "step": "closed"})

    async def _greet(self) -> None:
        """aiosmtpd has no hook for the moments before its greeting."""
        for step, verbs in (("connect", self._connect), ("banner", self._office.striking("banner", Occasion()))):
            reply = await self._begin(step, "", verbs)
            if reply and not reply.agrees:
                await self.push(reply.on_wire())
                self._close()
            self._instead = reply or self._instead

    def _watched(self, word: str, method: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        """A command as a step: the script first, then aiosmtpd, and after a message the step `after`."""
        step = word.lower()

        @functools.wraps(method)
        async def command(argument: str | None) -> None:
            said = argument or ""
            verbs = self._limited(step, self._office.striking(step, self._occasion(step, said)))
            reply = await self._begin(step, said.partition(" ")[0] if step == "auth" else said, verbs)
            reply = reply or self._unsupported(step, said)
            if reply and not reply.agrees:
                await self.push(reply.on_wire())
                return
            self._instead = reply
            await method(argument)
            self._instead = None
            await self._after()

        return command

    async def _begin(self, step: str, said: str, verbs: Verbs) -> Reply | None:
        """Begin a step: wait and hang up as the script says; gives what it says in place of the usual reply."""
        self._step, self._said = step, said
        self._faults += [verb for one in verbs for verb in one]
        self._slow = _first(verbs, "drip") or _first(self._connect, "drip")
        await self._pause(_first(verbs, "delay"))
        if _first(verbs, "drop"):
            self._drop()
        reply: Reply | None = _first(verbs, "reply")
        if any("throttle" in one for one in verbs):
            return reply or _first(verbs, "throttle").reply or _TOO_MANY[step]
        return reply

    async def _after(self) -> None:
        """The answer to a message is out."""
        if self._mail is None:
            return
        mail, self._mail = self._mail, None
        self._office.acknowledge(mail)
        occasion = Occasion(mail.sender, mail.recipients, mail.encrypted, mail.authenticated)
        if verbs := self._office.striking("after", occasion):
            await self._begin("after", "", verbs)

    def _limited(self, step: str, verbs: Verbs) -> Verbs:
        """Without the throttles whose limit is not reached."""
        return [one for one in verbs if "throttle" not in one or self._exceeds(step, one["throttle"])]

    def _exceeds(self, step: str, throttle: grammar.Throttle) -> bool:
        if step == "connect":
            return throttle.connections is not None and self._neighbours >= throttle.connections
        return self._office.too_many(throttle)

    def _unsupported(self, step: str, said: str) -> Reply | None:
        if step.upper() in self._missing:
            return _NOT_OFFERED
        asked = {name for name, parameter in _PARAMETERS.items() if parameter in said.upper()}
        return _UNKNOWN_PARAMETER if step == "mail" and asked & self._missing else None

    def _occasion(self, step: str, said: str) -> Occasion:
        assert self.session is not None and self.envelope is not None
        return Occasion(
            sender=_address(said) if step == "mail" else self.envelope.mail_from or "",
            recipients=(_address(said),) if step == "rcpt" else tuple(self.envelope.rcpt_tos),
            encrypted=self.session.ssl is not None,
            authenticated=bool(self.session.authenticated),
        )

    def _chosen(self, usual: bytes) -> bytes:
        if self._instead is None or not usual.startswith((b"2", b"354")):
            return usual
        instead, self._instead = self._instead, None
        return instead.on_wire(more=usual.startswith(b"250-"))

    async def _send(self, octets: bytes) -> None:
        if not self._slow:
            self._writer.write(octets)
            await self._writer.drain()
            return
        for octet in octets:
            await self._pause(self._slow)
            self._writer.write(bytes([octet]))
            await self._writer.drain()

    async def _pause(self, delay: timedelta | None) -> None:
        """In real seconds: it is the client's own patience that a delay tries."""
        if delay:
            self._reset_timeout(delay.total_seconds() + _IDLE)
            await asyncio.sleep(delay.total_seconds())

    def _tell(self, reply: str | None) -> None:
        step = {"kind": "mail.step", "session": self._number, "step": self._step, "said": self._said, "reply": reply}
        self._office.told(step, faults=self._faults)
        self._step, self._said, self._faults = "unknown", "", []

    def _drop(self) -> None:
        self._tell(None)
        self.break_off()
        # aiosmtpd ends a conversation by cancelling it.
        raise asyncio.CancelledError

    def _close(self) -> None:
        if self.transport is not None:
            self.transport.close()
        raise asyncio.CancelledError


def _first(verbs: Verbs, name: str) -> Any:
    """The argument of a verb; where several rules name it, the first counts."""
    return next((one[name] for one in verbs if name in one), None)


def _address(said: str) -> str:
    """The address in `FROM:<a@x.org> SIZE=…`."""
    match = re.search(r":\s*<?([^>\s]*)", said)
    return match[1] if match else ""
