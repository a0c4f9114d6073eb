"""One look says how it stands: what waits, what failed and why, what is next."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from meetbot import bootstrap, clock, settings
from meetbot.core.remote import Fact, FactKind
from meetbot.store import facts
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
        "held_up": [],
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


def test_a_running_meeting_is_shown_as_zooms_events_tell_it(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only where they are taken in; elsewhere nothing is said of what nobody hears."""
    now = datetime.now(UTC).replace(microsecond=0)
    (at_zoom,) = office.zoom.account.meetings.values()
    asyncio.run(_tell(Fact(FactKind.STARTED, str(at_zoom.id), now, uuid="run==")))

    deaf = office.run("status", "--json").document["meetings"][0]
    monkeypatch.setenv("MEETBOT_ZOOM_WEBHOOK_SECRET", "of-the-subscription")
    shown, heard = office.run("status").out, office.run("status", "--json").document["meetings"][0]

    said = heard["live"].pop("shown")
    assert (deaf["live"], deaf["events"], heard["events"]) == (None, None, None)
    assert heard["live"] == {
        "since": now.isoformat(),
        "inside": 0,
        "waiting": 0,
        "recording_since": None,
        "last_event_at": now.isoformat(),
    }
    assert f"\n    {said}\n" in shown


async def _tell(fact: Fact) -> None:
    async with bootstrap.opened(settings.read(), clock.RealClock()) as app, app.store.transaction() as tx:
        await facts.add(tx, [fact])
