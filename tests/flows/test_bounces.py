"""Mail that comes back is heard of: the letter says so, its reader waits for a person, and nobody is answered."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from meetbot import errors
from meetbot.flows import bounces
from meetbot.mail import transports
from meetbot.sandbox.certificates import Authority
from meetbot.store import bounces as store_bounces
from meetbot.store import due, outbox
from meetbot.store.due import Kind
from tests.flows import stage as flows_stage
from tests.flows.stage import Stage, form
from tests.flows.test_outbox import Server
from tests.mail import imap_server
from tests.mail.imap_server import PASSWORD, USERNAME, ImapServer
from tests.mail.test_bounces import sample

PLACEHOLDER = b"bounces+12-0123456789ab@network.example"


class Post(Server):
    """A mail server that also remembers the envelope's sender."""

    def __init__(self, *answers: Exception) -> None:
        super().__init__(list(answers))
        self.senders: list[str] = []

    async def deliver(self, message_id: str, sender: str, recipient: str, content: bytes) -> str:
        self.senders.append(sender)
        return await super().deliver(message_id, sender, recipient, content)


@dataclass
class Desk:
    """A deployment that reads its mailbox."""

    stage: Stage
    mailbox: ImapServer
    post: Post

    async def letter(self, address: str = "dara@npic.example", name: str = "Sok Dara") -> str:
        """Somebody is written to; the envelope's sender."""
        await self.stage.register(form(address, name))
        await self.stage.run_due()
        return self.post.senders[-1]

    def comes_back(self, name: str, to: str) -> None:
        self.mailbox.put(sample(name).replace(PLACEHOLDER, to.encode()))

    async def look(self, minutes: int = 5) -> None:
        """Time passes until the mailbox is read again."""
        self.stage.sandbox.leap(self.stage.now + timedelta(minutes=minutes))
        await self.stage.run_due()

    async def states(self) -> list[tuple[str, str]]:
        async with self.stage.app.store.reading() as tx:
            return [(one.state, one.reason) for one in await outbox.listing(tx)]

    async def put_off(self) -> list[str]:
        """Why the mailbox was not read to its end."""
        async with self.stage.app.store.reading() as tx:
            return [one.reason for one in await due.waiting(tx, Kind.BOUNCES)]


@asynccontextmanager
async def reading_mail(stage: Stage, folder: Path, mailbox: ImapServer) -> AsyncIterator[None]:
    async with imap_server.running(mailbox, Authority(folder).context()):
        account = {"imap_host": "127.0.0.1", "imap_port": mailbox.port, "imap_username": USERNAME}
        more = {"imap_password": SecretStr(PASSWORD), "bounce_address": "bounces@network.example"}
        stage.app.settings = stage.app.settings.model_copy(update={**account, **more})
        await bounces.watch(stage.app.store, now=stage.now)
        yield


@pytest.fixture
async def desk(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    mailbox = ImapServer()
    stage.app.transport = post = Post()
    async with reading_mail(stage, tmp_path, mailbox):
        yield Desk(stage, mailbox, post)


@pytest.mark.every_database
async def test_F27_M11_a_bounced_letter_says_so_and_its_reader_waits_for_a_person(desk: Desk) -> None:
    """Accepted, then returned: the state, the reason in words, a remark with the registrant; nobody is answered."""
    sender = await desk.letter()
    before = await desk.states()
    desk.comes_back("postfix-user-unknown", sender)

    await desk.look()

    assert [state for state, _ in before] == ["accepted"]
    assert await desk.states() == [("bounced", "bounced: mailbox unknown (5.1.1)")]
    async with desk.stage.app.store.reading() as tx:
        remarks = await store_bounces.remarks(tx, "launch")
    came_back = "mail to dara@npic.example came back (bounced: mailbox unknown (5.1.1))"
    assert remarks == {1: f"needs a person: {came_back}"}
    assert (len(desk.post.taken), desk.mailbox.seen) == (1, {1})


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("postfix-delayed", "accepted; delayed: their mail server was not reached (4.4.1)"),
        ("complaint-arf", "accepted; complaint: somebody marked it as spam"),
        ("out-of-office-exchange", "250 2.0.0 queued as 1A2B"),
        ("vacation-rfc3834", "250 2.0.0 queued as 1A2B"),
        ("answer-of-a-person", "250 2.0.0 queued as 1A2B"),
    ],
)
async def test_F27_what_is_no_bounce_leaves_the_letter_accepted(desk: Desk, name: str, reason: str) -> None:
    """A delay and a complaint are noted; an automatic answer and a person's are not acted on."""
    desk.comes_back(name, await desk.letter())

    await desk.look()

    assert (await desk.states(), desk.mailbox.seen) == ([("accepted", reason)], {1})


async def test_M14_a_forged_report_does_nothing(desk: Desk) -> None:
    """With a guessed token, with the number of another letter, and one that only names the message."""
    sender = await desk.letter()
    await desk.letter("chan@npic.example", "Chan Rithy")
    before = await desk.states()
    for to in (sender[:-20] + "0" + sender[-19:], sender.replace("+1-", "+2-"), sender.replace("+1-", "+77-")):
        desk.comes_back("postfix-user-unknown", to)
    desk.comes_back("forged-report-to-the-organiser", "")

    await desk.look()

    assert [state for state, _ in before] == ["accepted", "accepted"]
    assert (await desk.states(), desk.mailbox.seen) == (before, {1, 2, 3, 4})


async def test_F27_a_bounce_settles_a_letter_of_unknown_outcome(desk: Desk) -> None:
    """The server's answer was lost, and the bounce says that it had been taken: it does not go a second time."""
    desk.post.answers.append(errors.MailUnknownOutcome("broke off"))
    sender = await desk.letter()
    before = await desk.states()
    desk.comes_back("gmail-no-such-address", sender)

    await desk.look(5)
    async with desk.stage.app.store.reading() as tx:
        waiting = await due.waiting(tx, Kind.LETTER)
    await desk.look(60)

    assert ([state for state, _ in before], waiting) == (["unknown"], ())
    assert await desk.states() == [("bounced", "bounced: mailbox unknown (5.1.1)")]
    assert len(desk.post.taken) == 1


async def test_M14_a_flood_of_reports_is_read_in_portions_the_newest_first(desk: Desk) -> None:
    """Of 450 forged ones and a true one, 200 a minute; status says how many wait, and letters go on meanwhile."""
    sender = await desk.letter()
    desk.mailbox.put(*[sample("forged-report-to-the-organiser")] * 450)
    desk.comes_back("postfix-user-unknown", sender)

    await desk.look()
    first = (await desk.states(), len(desk.mailbox.seen), await desk.put_off())
    await desk.letter("chan@npic.example", "Chan Rithy")
    await desk.look(1)
    await desk.look(1)

    assert first == (
        [("bounced", "bounced: mailbox unknown (5.1.1)")],
        200,
        ["251 returned mails wait to be read"],
    )
    assert [state for state, _ in await desk.states()] == ["bounced", "accepted"]
    assert (len(desk.mailbox.seen), await desk.put_off()) == (451, [""])


@pytest.mark.parametrize("fault", ["UID SEARCH", "UID FETCH", "UID STORE"])
async def test_M14_a_mailbox_that_breaks_off_is_read_again(desk: Desk, fault: str) -> None:
    """Put off with the reason; five minutes later it goes on, and what was read already counts once."""
    desk.comes_back("postfix-user-unknown", await desk.letter())
    desk.mailbox.hangs_up_at = fault

    await desk.look()
    (why,) = await desk.put_off()
    desk.mailbox.hangs_up_at = ""
    await desk.look()

    assert why.startswith(f"mailbox {USERNAME} at 127.0.0.1: ")
    assert await desk.states() == [("bounced", "bounced: mailbox unknown (5.1.1)")]
    assert (await desk.put_off(), desk.mailbox.seen) == ([""], {1})


async def test_a_mailbox_that_is_not_set_any_more_is_not_read(desk: Desk) -> None:
    """The setting was taken out: the row ends, and nobody logs in."""
    desk.stage.app.settings = desk.stage.app.settings.model_copy(update={"imap_host": ""})
    asked = len(desk.mailbox.asked)

    await desk.look()

    assert (await desk.put_off(), len(desk.mailbox.asked)) == ([], asked)


async def test_F27_M11_from_the_mail_server_that_accepts_everything_to_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through real SMTP and real IMAP: 250, half a minute later the report, and then everybody knows."""
    returned = json.dumps({"smtp": [{"when": {"rcpt": "dara@*"}, "do": {"dsn": {"status": "5.1.1", "after": "30s"}}}]})
    async with flows_stage.set_up(tmp_path, seed=7, faults=returned, smtp_bounces=tmp_path / "box") as stage:
        await stage.apply()
        async with stage.sandbox.serve_smtp() as (host, port):
            monkeypatch.setenv("SSL_CERT_FILE", str(stage.sandbox.mail.ca_file))
            account = transports.SmtpAccount(host=host, port=port, username="sandbox", password="sandbox")
            stage.app.transport = transports.Smtp(account)
            mailbox = ImapServer()
            (tmp_path / "imap").mkdir()
            async with reading_mail(stage, tmp_path / "imap", mailbox):
                desk = Desk(stage, mailbox, Post())
                await stage.register(form("dara@npic.example"), form("chan@npic.example", "Chan Rithy"))
                await stage.run_due()
                stage.sandbox.leap(stage.now + timedelta(seconds=30))
                mailbox.put(*(path.read_bytes() for path in (tmp_path / "box" / "new").iterdir()))
                monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "imap" / "ca.pem"))
                await desk.look()
                found = await desk.states()
            await stage.app.transport.aclose()

    assert found[0] == ("bounced", "bounced: mailbox unknown (5.1.1)")
    assert found[1][0] == "accepted"
