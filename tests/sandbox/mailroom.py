"""The sandbox's mail server in process, and clients that trust it. Its clock stands still until a test moves it."""

import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import aiosmtplib

from meetbot.sandbox import Clock, Sandbox

START = datetime(2021, 11, 10, 5, 0, tzinfo=UTC)
SENDER, RECIPIENT = "launch@project.example", "lin@college.example"
#: The last words of a client that got no answer in time, or whose connection was cut.
LOST = (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPReadTimeoutError)


def script(*rules: dict[str, Any]) -> str:
    """A fault script for mail as YAML (JSON is YAML)."""
    return json.dumps({"smtp": list(rules)})


def rule(do: object, **when: object) -> dict[str, Any]:
    return {"when": when, "do": do}


class Mailroom:
    """What a test sees of the mail server."""

    def __init__(self, sandbox: Sandbox, host: str, port: int) -> None:
        self.sandbox = sandbox
        self.host = host
        self.port = port
        assert sandbox.mail.ca_file is not None
        self.trusted = ssl.create_default_context(cafile=sandbox.mail.ca_file)

    def client(self, *, login: bool = True, **options: Any) -> aiosmtplib.SMTP:
        chosen = {"start_tls": True, "tls_context": self.trusted, "timeout": 5, **options}
        if login:
            chosen = {"username": "sandbox", "password": "sandbox", **chosen}
        return aiosmtplib.SMTP(hostname=self.host, port=self.port, **chosen)

    async def send(self, recipient: str = RECIPIENT, *, content: bytes | None = None, **options: Any) -> str:
        """Hand one message over on a connection of its own; the server's words. Raises what the client raises."""
        sender = options.pop("sender", SENDER)
        async with self.client(**options) as client:
            _refused, words = await client.sendmail(sender, [recipient], content or message(recipient))
        return str(words)

    async def answers(self, *recipients: str, **options: Any) -> list[int | str]:
        """The code of each letter's answer, or the name of the error that its client met."""
        return [await self._answer(recipient, **options) for recipient in recipients]

    async def _answer(self, recipient: str, **options: Any) -> int | str:
        try:
            await self.send(recipient, **options)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            return refused.recipients[0].code
        except aiosmtplib.SMTPResponseException as refused:
            return refused.code
        except (aiosmtplib.SMTPException, OSError) as lost:
            return type(lost).__name__
        return 250

    def wait(self, **time: float) -> None:
        self.sandbox.leap(self.sandbox.clock.now() + timedelta(**time))

    def effects(self, kind: str) -> list[dict[str, Any]]:
        """The effects of a kind, without the kind."""
        found = [entry["effect"] for entry in self.sandbox.ledger.entries]
        return [{k: v for k, v in effect.items() if k != "kind"} for effect in found if effect["kind"] == kind]

    def kinds(self) -> list[str]:
        return [entry["effect"]["kind"] for entry in self.sandbox.ledger.entries]

    def replies(self) -> list[tuple[str, str | None]]:
        """Each step that was answered, with the answer."""
        return [(step["step"], step["reply"]) for step in self.effects("mail.step") if "reply" in step]


@asynccontextmanager
async def mailroom(*rules: dict[str, Any], **options: Any) -> AsyncIterator[Mailroom]:
    real_seconds = options.pop("real_seconds", lambda: 0.0)
    clock = Clock(START, speed=0, monotonic=real_seconds)
    sandbox = Sandbox(clock=clock, faults=script(*rules), **options)
    async with sandbox.serve_smtp() as (host, port):
        yield Mailroom(sandbox, host, port)


def message(recipient: str = RECIPIENT, *, message_id: str = "<m1@project.example>", **more: str) -> bytes:
    """A letter with one link in its text."""
    letter = EmailMessage()
    letter["From"] = "Launch <office@project.example>"
    letter["To"] = recipient
    letter["Subject"] = "Your link"
    letter["Message-ID"] = message_id
    letter.set_content(more.get("text", "Join: https://us06web.zoom.us/w/1?tk=secret\n"))
    if "html" in more:
        letter.add_alternative(more["html"], subtype="html")
    if "calendar" in more:
        letter.add_attachment(more["calendar"].encode(), maintype="text", subtype="calendar")
    return letter.as_bytes(policy=letter.policy.clone(linesep="\r\n"))
