"""What goes and went can be read by anybody at the desk, so no join link is in it."""

from __future__ import annotations

import re

import pytest

from meetbot.rehearsal import mailbox
from tests.cli.desk import Desk

STRUCK = "https://zoom.us/w/***"


@pytest.fixture
def sent(office: Desk) -> Desk:
    """An office from which a link letter has gone."""
    office.run("registrants", "add", "--name", "Sok Dara", "--address", "dara@npic.example", "--organisation", "npic")
    office.serve()
    return office


def test_messages_are_listed_with_their_state(sent: Desk) -> None:
    """Number, kind, reader, state and why; for machines with the Message-ID."""
    table = sent.run("outbox", "list")
    (document,) = sent.run("outbox", "list", "--json").document

    (mail,) = mailbox.mails(sent.folder / "data" / "outbox")
    assert (table.code, table.err) == (0, "")
    rows = [re.split(r"\s{2,}", line.rstrip()) for line in table.out.splitlines()]
    assert [row[:4] for row in rows if row[0] == "1"] == [["1", "link", "Sok Dara <dara@npic.example>", "accepted"]]
    assert rows[-1] == ["1 messages"]
    assert {key: document[key] for key in ("id", "kind", "to", "meeting", "revision", "state", "message_id")} == {
        "id": 1,
        "kind": "link",
        "to": "dara@npic.example",
        "meeting": "launch",
        "revision": 1,
        "state": "accepted",
        "message_id": mail.message_id,
    }


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
    assert answer.err == "There is no message 12; see `meetbot outbox list`.\n"
