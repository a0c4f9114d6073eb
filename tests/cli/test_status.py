"""One look says how it stands: what waits, what failed and why, what is next."""

from __future__ import annotations

import pytest

from tests.cli.desk import FORMS, Desk


def test_before_anything_is_applied(desk: Desk) -> None:
    """It says so, and how to begin."""
    answer = desk.run("status")

    assert (answer.code, answer.err) == (0, "")
    assert answer.out == "Programme: none applied yet (meetbot apply FILE)\nLetters: none\nWaiting: none\n"


def test_X13_the_state_of_everything_as_one_document(office: Desk) -> None:
    """Meetings with their people, letters by state, what waits by kind, and nothing in doubt."""
    office.run("import", office.write("forms.csv", FORMS), "--yes")

    document = office.run("status", "--json").document

    assert document.pop("next")["what"] == "poll launch"
    assert (
        document.pop("meetings")[0].items()
        >= {
            "key": "launch",
            "state": "created",
            "reason": "created and read back",
            "registrants": {"approved": 1, "pending": 1},
        }.items()
    )
    assert document == {
        "programme": "network",
        "letters": {"queued": 1},
        "waiting": {"poll": 1, "meeting": 1, "push": 1, "letter": 1, "reminder": 2, "cue": 8, "report": 1},
        "failed": [],
        "letters_in_doubt": [],
    }


def test_P04_a_letter_that_could_not_be_sent_is_in_doubt_with_its_reason(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No mail server answers: the letter is deferred, and status says why, for people and for machines."""
    for name, value in {"TRANSPORT": "smtp", "HOST": "127.0.0.1", "PORT": "9", "SECURITY": "none"}.items():
        monkeypatch.setenv(f"MEETBOT_{'MAIL' if name == 'TRANSPORT' else 'SMTP'}_{name}", value)
    office.run("import", office.write("forms.csv", FORMS), "--yes")
    office.serve()

    shown, (letter, *_) = office.run("status"), office.run("status", "--json").document["letters_in_doubt"]

    assert (letter["to"], letter["state"]) == ("maria@elsewhere.example", "deferred")
    assert f"  letter {letter['id']} (received to maria@elsewhere.example) deferred: {letter['why']}\n" in shown.out
    assert "127.0.0.1" in letter["why"]
