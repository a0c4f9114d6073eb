"""The mail office: what it took, what it did with it later, and how the fault script and the profile trouble it."""

import asyncio
import heapq
import mailbox
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from pathlib import Path
from typing import Any

from meetbot.sandbox.clock import Clock
from meetbot.sandbox.ledger import Ledger
from meetbot.sandbox.smtp import grammar, links, profiles, returns
from meetbot.sandbox.smtp.mails import Mail
from meetbot.sandbox.smtp.rules import Occasion, Rules

_MINUTE, _DAY = 60.0, 86400.0


@dataclass(order=True)
class _Return:
    """A message that comes back at its time."""

    at: datetime
    number: int
    kind: str = field(compare=False)
    mail: Mail = field(compare=False)
    recipient: str = field(compare=False)
    argument: Any = field(compare=False)


class Office:
    """`returned` is the Maildir that bounces, notes and complaints go to; None keeps them out of any folder."""

    def __init__(self, clock: Clock, ledger: Ledger, *, seed: int, profile: str | None, returned: Path | None) -> None:
        """Raises ScriptError for an unknown profile."""
        self.mails: list[Mail] = []
        #: Where the mail server listens, and the file of the authority to trust; None while it does not.
        self.serving_at: tuple[str, int] | None = None
        self.ca_file: Path | None = None
        self._clock = clock
        self._ledger = ledger
        self._seed = seed
        self._chance = random.Random(f"{seed}:links")
        self._habits = self.rules(profiles.entries(profile) if profile else [])
        self._script = self.rules([])
        self._folder = mailbox.Maildir(str(returned)) if returned else None
        self._to_come: list[_Return] = []
        self._returns = 0
        self._accepted_at: deque[float] = deque()
        self._scans: set[asyncio.Task[None]] = set()

    def rules(self, entries: object) -> Rules:
        """Read the `smtp:` part of a fault script. Raises ScriptError."""
        return Rules(entries, seed=self._seed, started=self._clock.started)

    def set_faults(self, script: Rules) -> None:
        """A new script in place of the old one; the profile stays."""
        self._script = script

    def striking(self, step: str, occasion: Occasion) -> list[dict[str, Any]]:
        """What happens at this step: first what the script says, then the profile."""
        now = self._clock.now()
        return self._script.striking(step, occasion, now) + self._habits.striking(step, occasion, now)

    def too_many(self, throttle: grammar.Throttle) -> bool:
        """Whether this many messages were accepted of late; minutes and days are the sandbox clock's."""
        now = self._clock.pacing()
        while self._accepted_at and self._accepted_at[0] <= now - _DAY:
            self._accepted_at.popleft()
        in_minute = sum(at > now - _MINUTE for at in self._accepted_at)
        return (throttle.per_minute is not None and in_minute >= throttle.per_minute) or (
            throttle.per_day is not None and len(self._accepted_at) >= throttle.per_day
        )

    def told(self, effect: dict[str, Any], faults: list[str] | None = None) -> None:
        self._ledger.happened(self._clock.now(), effect, faults=faults or [])

    def accept(self, session: int, occasion: Occasion, content: bytes) -> Mail:
        """From here on the mail is the office's, whether or not the client hears of it."""
        mail = Mail(
            number=len(self.mails) + 1,
            session=session,
            accepted_at=self._clock.now(),
            sender=occasion.sender,
            recipients=occasion.recipients,
            content=content,
            encrypted=occasion.encrypted,
            authenticated=occasion.authenticated,
        )
        self.mails.append(mail)
        self._accepted_at.append(self._clock.pacing())
        self.told(
            {
                "kind": "mail.accepted",
                "mail": mail.number,
                "session": session,
                "sender": mail.sender,
                "recipients": list(mail.recipients),
                "message_id": mail.message_id,
                "calendar": mail.calendar,
                "sha256": mail.sha256,
            }
        )
        self._plan(mail, occasion)
        return mail

    def acknowledge(self, mail: Mail) -> None:
        """The 250 is out, and the connection stood until then."""
        mail.acknowledged_at = self._clock.now()
        self.told(
            {"kind": "mail.acknowledged", "mail": mail.number, "session": mail.session, "message_id": mail.message_id}
        )

    def catch_up(self) -> None:
        """Let everything come back that is due."""
        while self._to_come and self._to_come[0].at <= self._clock.now():
            self._return(heapq.heappop(self._to_come))

    def shown(self) -> dict[str, Any] | None:
        """Where to reach the mail server, None while there is none."""
        if self.serving_at is None:
            return None
        host, port = self.serving_at
        return {"host": host, "port": port, "ca_file": str(self.ca_file), "accepted": len(self.mails)}

    async def scanned(self) -> None:
        """Wait until every link that a scanner means to open is opened."""
        while self._scans:
            await asyncio.gather(*self._scans)

    def _plan(self, mail: Mail, occasion: Occasion) -> None:
        for recipient in mail.recipients:
            one = Occasion(occasion.sender, (recipient,), occasion.encrypted, occasion.authenticated)
            for verbs in self.striking(grammar.ACCEPTED, one):
                ((verb, argument),) = verbs.items()
                if verb == "open_links":
                    self._scan(mail, argument)
                else:
                    self._expect(verb, mail, recipient, argument)

    def _expect(self, verb: str, mail: Mail, recipient: str, argument: Any) -> None:
        """Nothing is ever sent back to the empty sender (RFC 5321, 4.5.5): such a mail is a report itself."""
        if mail.sender in ("", "<>"):
            return
        report = isinstance(argument, grammar.Dsn)
        for _copy in range(argument.copies if report else 1):
            self._returns += 1
            at = mail.accepted_at + (argument.after if report else argument)
            heapq.heappush(self._to_come, _Return(at, self._returns, verb, mail, recipient, argument))
        self.catch_up()

    def _return(self, due: _Return) -> None:
        made = self._message(due)
        if self._folder is not None:
            self._folder.add(made)
        self.told(
            {
                "kind": f"mail.{due.kind}",
                "mail": due.mail.number,
                "recipient": due.recipient,
                "to": made["To"],
                "message_id": made["Message-ID"],
                **({"status": due.argument.status} if due.kind == "dsn" else {}),
            }
        )

    def _message(self, due: _Return) -> Message:
        number = f"return-{self._seed}-{due.number}"
        if due.kind == "dsn":
            return returns.dsn(due.mail, due.recipient, due.argument, number=number, now=due.at)
        make: Callable[..., Message] = returns.vacation if due.kind == "vacation" else returns.complaint
        return make(due.mail, due.recipient, number=number, now=due.at)

    def _scan(self, mail: Mail, most: int) -> None:
        scan = asyncio.get_running_loop().create_task(self._open(mail, links.plan(mail.links, most, self._chance)))
        self._scans.add(scan)
        scan.add_done_callback(self._scans.discard)

    async def _open(self, mail: Mail, visits: list[tuple[str, str]]) -> None:
        """One after the other, so that one seed is one order. The ledger names a link by its place in the mail."""
        numbers = {link: number for number, link in enumerate(mail.links, 1)}
        for method, link in visits:
            near = links.here(link)
            status = await asyncio.to_thread(links.visit, method, link) if near else None
            mail.links_opened += near
            self.told(
                {
                    "kind": "mail.link_opened" if near else "mail.link_passed_over",
                    "mail": mail.number,
                    "link": numbers[link],
                    "method": method,
                    "status": status,
                }
            )
