"""A mailbox is read over TLS, and nothing in it is lost; what goes wrong says where."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from meetbot import errors
from meetbot.mail import imap
from meetbot.sandbox.certificates import Authority
from tests.mail import imap_server
from tests.mail.imap_server import PASSWORD, USERNAME, ImapServer


@pytest.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ImapServer]:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    async with imap_server.running(ImapServer(), authority.context()) as running:
        yield running


def account(server: ImapServer) -> imap.ImapAccount:
    return imap.ImapAccount("127.0.0.1", server.port, USERNAME, PASSWORD)


async def test_the_newest_unseen_mail_comes_first_and_stays(server: ImapServer) -> None:
    """Read without a mark; marked as seen when told to; nothing is deleted."""
    server.put(b"first", b"second", b"third")
    server.seen.add(2)

    async with imap.opened(account(server)) as mailbox:
        unseen = await mailbox.unseen()
        read = [await mailbox.fetch(uid) for uid in unseen]
        await mailbox.mark_seen(3)

    assert (unseen, read) == ([3, 1], [b"third", b"first"])
    assert (server.seen, len(server.mails)) == ({2, 3}, 3)


async def test_M14_of_an_oversized_mail_only_the_head_is_read(server: ImapServer) -> None:
    """256 KB of 5 MB."""
    server.put(b"x" * 5_000_000)

    async with imap.opened(account(server)) as mailbox:
        read = await mailbox.fetch(1)

    assert len(read) == 262_144


async def test_a_mail_that_was_taken_away_meanwhile_is_empty(server: ImapServer) -> None:
    """A person tidies the mailbox up at the same time."""
    async with imap.opened(account(server)) as mailbox:
        assert await mailbox.fetch(7) == b""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "wrong-password"}, "[AUTHENTICATIONFAILED] Authentication failed."),
        ({"folder": "Returned"}, '[NONEXISTENT] Mailbox doesn\'t exist: "Returned"'),
        ({"password": "pässword"}, "user name, password and folder may only have the letters of ASCII"),
    ],
    ids=["log-in", "folder", "letters"],
)
async def test_M14_what_the_server_refuses_is_said(server: ImapServer, change: dict[str, Any], said: str) -> None:
    """In its own words, with the place, and never with the password."""
    with pytest.raises(errors.MailError) as refused:
        async with imap.opened(replace(account(server), **change)):
            pass

    assert str(refused.value) == f"mailbox {USERNAME} at 127.0.0.1: {said}"
    assert change.get("password", "-") not in f"{refused.value!r}{account(server)!r}"


@pytest.mark.parametrize("command", ["LOGIN", "SELECT", "UID SEARCH", "UID FETCH", "UID STORE"])
async def test_M14_a_lost_connection_is_said(server: ImapServer, command: str) -> None:
    """Wherever it breaks off; the next time goes on."""
    server.put(b"first")
    server.hangs_up_at = command

    with pytest.raises(errors.MailError, match=f"^mailbox {USERNAME} at 127.0.0.1: "):
        async with imap.opened(account(server)) as mailbox:
            for uid in await mailbox.unseen():
                await mailbox.fetch(uid)
                await mailbox.mark_seen(uid)

    server.hangs_up_at = ""
    async with imap.opened(account(server)) as mailbox:
        assert await mailbox.unseen() == [1]


@pytest.mark.parametrize("kind", ["self-signed", "wrong-name", "expired"])
async def test_a_server_that_cannot_prove_who_it_is_gets_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Whoever stands in the way must not read the mailbox's password."""
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    async with imap_server.running(ImapServer(), authority.context(kind)) as server:
        with pytest.raises(errors.MailError, match="certificate verify failed"):
            async with imap.opened(account(server)):
                pass

    assert server.asked == []


@pytest.mark.parametrize(("token", "lets_in"), [("right", True), ("stale", False)])
async def test_an_account_without_a_password_logs_in_by_token(server: ImapServer, token: str, lets_in: bool) -> None:
    """XOAUTH2, as Microsoft 365 wants it; a token that is refused says so and does not show."""
    server.token = "right"

    async def fetch() -> str:
        return token

    try:
        async with imap.opened(replace(account(server), password="", token=fetch)):
            said = "in"
    except errors.MailError as refused:
        said = str(refused)

    assert said == ("in" if lets_in else f"mailbox {USERNAME} at 127.0.0.1: not you")


async def test_nobody_answers(server: ImapServer) -> None:
    """A port at which nothing listens."""
    with pytest.raises(errors.MailError, match="Connection refused"):
        async with imap.opened(replace(account(server), port=1)):
            pass
