"""The ways out for messages: a folder on this machine, or a mail server."""

from __future__ import annotations

from typing import Protocol

from meetbot.mail.maildir import Maildir
from meetbot.mail.smtp import Smtp, SmtpAccount

__all__ = ["Maildir", "Smtp", "SmtpAccount", "Transport"]


class Transport(Protocol):
    """A way out for messages."""

    async def deliver(self, message_id: str, sender: str, recipient: str, content: bytes) -> str:
        """Hand the message over and return the answer, for the record.

        MailError: certainly not accepted. MailUnknownOutcome: perhaps accepted; a second call with the same
        `message_id` and content is the same message again, not another one.
        """
        ...

    async def check(self) -> str:
        """Try the way out without sending anything; returns what was found. MailError says why it does not work."""
        ...

    async def aclose(self) -> None:
        """Take leave. The next `deliver` would begin anew."""
        ...
