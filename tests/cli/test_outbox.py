"""What goes and went can be read by anybody at the desk, so no join link is in it."""

from __future__ import annotations

import re

import pytest

from meetbot import bootstrap, errors
from meetbot.cli import shell
from meetbot.mail import transports
from meetbot.rehearsal import mailbox
from tests.cli.desk import Desk

STRUCK = "https://zoom.us/w/***"


class Refusing:
    """A mail server that takes nothing for one address."""

    def __init__(self, way_out: transports.Transport) -> None:
        self._way_out = way_out

    async def deliver(self, message_id: str, sender: str, recipient: str, content: bytes) -> str:
        if recipient == "dara@npic.example":
            raise errors.MailError("550 5.1.1 no such user", permanent=True)
        return await self._way_out.deliver(message_id, sender, recipient, content)

    async def check(self) -> str:
        return "takes some"

    async def aclose(self) -> None: ...


@pytest.fixture
def refused(office: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An office whose mail server has refused the link letter to Dara for good."""
    real = bootstrap._transport
    monkeypatch.setattr(bootstrap, "_transport", lambda settings: Refusing(real(settings)))
    office.run("registrants", "add", "--name", "Sok Dara", "--address", "dara@npic.example", "--organisation", "npic")
    office.serve()
    return office


def told(office: Desk) -> list[tuple[str, str, str]]:
    """To whom, in which state and why."""
    return [(one["to"], one["state"], one["reason"]) for one in office.run("outbox", "list", "--json").document]


@pytest.fixture
def sent(office: Desk) -> Desk:
    """An office from which a link letter has gone."""
    office.run("registrants", "add", "--name", "Sok Dara", "--address", "dara@npic.example", "--organisation", "npic")
    office.serve()
    return office


def test_messages_are_listed_with_their_state(sent: Desk) -> None:
    """Number, kind, reader and state, and below why; for machines with the Message-ID."""
    table = sent.run("outbox", "list")
    (document,) = sent.run("outbox", "list", "--json").document

    (mail,) = mailbox.mails(sent.folder / "data" / "outbox")
    assert (table.code, table.err) == (0, "")
    rows = [re.split(r"\s{2,}", line.rstrip()) for line in table.out.splitlines()]
    (letter,) = (row for row in rows if row[0] == "1")
    assert letter[:3] == ["1", "link to Sok Dara <dara@npic.example>", "accepted"]
    assert letter[4:] == ["-"]
    assert rows[-1] == ["1 letter; times in Asia/Bangkok"]
    assert {key: document[key] for key in ("id", "kind", "to", "meeting", "revision", "state", "message_id")} == {
        "id": 1,
        "kind": "link",
        "to": "dara@npic.example",
        "meeting": "launch",
        "revision": 1,
        "state": "accepted",
        "message_id": mail.message_id,
    }


def test_on_80_columns_each_letter_can_be_read(sent: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """No line is longer, and no column is so narrow that a name or a state breaks into letters."""
    from rich.console import Console

    monkeypatch.setattr(shell, "console", lambda: Console(width=80, highlight=False))

    lines = [line.rstrip() for line in sent.run("outbox", "list").out.splitlines()]

    assert max(map(len, lines)) <= 80
    (first,) = (line for line in lines if re.match(r"\s*1\s+link", line))
    assert first.split()[:5] == ["1", "link", "to", "Sok", "Dara"]
    assert "accepted" in first.split()


def test_F61_while_mail_is_held_every_waiting_letter_says_so(office: Desk) -> None:
    """In the table and for machines: no next try, and why."""
    office.run("hold", "--mail")
    office.run("registrants", "add", "--name", "Maria Strange", "--address", "maria@elsewhere.example")
    table = office.run("outbox", "list").out

    office.run("resume", "--mail", "--yes")

    (row,) = (re.split(r"\s{2,}", line.rstrip()) for line in table.splitlines() if re.match(r"\s*1\s+received", line))
    assert (row[2], row[-1], table.count("mail is held")) == ("queued", "held", 1)
    (after,) = office.run("outbox", "list", "--json").document
    assert (after["reason"], after["next_at"] is None) == ("", False)


@pytest.mark.parametrize("part", [(), ("--html",)], ids=["text", "html"])
def test_P31_a_link_letter_is_shown_without_its_link(sent: Desk, part: tuple[str, ...]) -> None:
    """As its reader gets it, with the link struck out, though the mail itself has it."""
    answer = sent.run("outbox", "show", "1", *part)

    (mail,) = mailbox.mails(sent.folder / "data" / "outbox")
    (link,) = mail.links
    token = link.partition("tk=")[2].partition("&")[0]
    assert len(token) > 10
    assert answer.code == 0
    assert answer.err == "To: Sok Dara <dara@npic.example>\nSubject: " + mail.subject + "\n\n"
    assert [secret for secret in (link, token, "tk=", "pwd=") if secret in answer.out + answer.err] == []
    assert "Sok Dara" in answer.out


def test_the_list_can_be_narrowed_to_states(sent: Desk) -> None:
    """One or several states; a state that nothing is in gives an empty list."""
    numbers = [
        [one["id"] for one in sent.run("outbox", "list", "--json", *states).document]
        for states in (("--state", "accepted"), ("--state", "refused", "--state", "accepted"), ("--state", "refused"))
    ]

    assert numbers == [[1], [1], []]


def test_a_message_that_is_not_there(office: Desk) -> None:
    """Says where to look."""
    answer = office.run("outbox", "show", "12")

    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "There is no letter 12; see `meetbot outbox list`.\n"


def test_F22_a_refused_letter_goes_to_the_right_address(refused: Desk) -> None:
    """Shown, asked, sent: one mail, to the corrected address, under another Message-ID; the registration stays."""
    (before,) = refused.run("outbox", "list", "--json").document

    answer = refused.run("outbox", "edit", "1", "--to", "Dara <sok.dara@npic.example>", "--yes")
    refused.serve()

    (after,) = refused.run("outbox", "list", "--json").document
    (mail,) = mailbox.mails(refused.folder / "data" / "outbox")
    assert (answer.code, answer.out) == (
        0,
        "letter 1 (link to dara@npic.example) refused\n1 letter will go to sok.dara@npic.example.\n",
    )
    assert (before["state"], before["reason"]) == ("refused", "550 5.1.1 no such user")
    assert (after["to"], after["state"], after["copies"]) == ("sok.dara@npic.example", "accepted", 1)
    assert (mail.to, mail.message_id) == ("sok.dara@npic.example", after["message_id"])
    assert after["message_id"] != before["message_id"]
    (registrant,) = refused.run("registrants", "list", "--json").document
    assert registrant["address"] == "dara@npic.example"


def test_a_released_letter_is_tried_once_more(refused: Desk) -> None:
    """It goes as the same message, and is refused anew; nothing tries it a third time."""
    (before,) = refused.run("outbox", "list", "--json").document

    released = refused.run("outbox", "release", "1", "--yes")
    (queued,) = refused.run("outbox", "list", "--json").document
    refused.serve()
    (after,) = refused.run("outbox", "list", "--json").document

    assert (released.code, queued["state"]) == (0, "queued")
    assert (after["state"], after["message_id"]) == ("refused", before["message_id"])
    assert after["next_at"] is None


def test_a_discarded_letter_never_goes(refused: Desk) -> None:
    """Cancelled with the person's reason, and not decided anew."""
    answer = refused.run("outbox", "discard", "1", "--reason", "told by telephone", "--yes")
    refused.run("registrants", "approve", "1")
    refused.serve()

    ((to, state, reason),) = told(refused)
    assert (answer.code, to, state) == (0, "dara@npic.example", "cancelled")
    assert re.fullmatch(r"discarded by .+ \(command line\): told by telephone", reason)


@pytest.mark.parametrize("command", [("release",), ("edit",), ("discard",)], ids=lambda one: one[0])
def test_P02_what_was_accepted_does_not_go_again(sent: Desk, command: tuple[str]) -> None:
    """Refused with the reason, and nothing changes."""
    more = ("--to", "other@npic.example") if command == ("edit",) else ()

    answer = sent.run("outbox", *command, "1", *more, "--yes")
    sent.serve()

    said = (
        "it is accepted already"
        if command == ("discard",)
        else ("the mail server has accepted it; it does not go a second time")
    )
    assert (answer.code, answer.err) == (1, f"Letter 1: {said}.\n")
    assert len(list(mailbox.mails(sent.folder / "data" / "outbox"))) == 1


@pytest.mark.parametrize("command", [("release", "1"), ("edit", "1", "--to", "x@npic.example"), ("discard", "1")])
def test_a_dry_run_changes_no_letter(refused: Desk, command: tuple[str, ...]) -> None:
    """It shows the letter, asks nothing and does nothing."""
    before = told(refused)

    answer = refused.run("outbox", *command, "--dry-run")

    assert (answer.code, answer.out) == (0, "letter 1 (link to dara@npic.example) refused\n")
    assert told(refused) == before


def test_the_right_address_is_an_address(refused: Desk) -> None:
    """A slip is named before anything is changed."""
    answer = refused.run("outbox", "edit", "1", "--to", "dara at npic", "--yes")

    assert answer.code == 2
    assert "dara at npic" in answer.err
    assert told(refused) == [("dara@npic.example", "refused", "550 5.1.1 no such user")]


def test_an_unknown_state_is_refused(office: Desk) -> None:
    """The states there are stand in the answer."""
    answer = office.run("outbox", "list", "--state", "sent")

    assert answer.code == 2
    assert "'accepted'" in answer.err
