"""One look says how it stands: what waits, what failed and why, what is next."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import click
import pytest
from sqlalchemy import insert, update

from meetbot import bootstrap, clock, settings
from meetbot.cli.status import words
from meetbot.core.remote import Fact, FactKind
from meetbot.store import audit, facts, holds, nodes, tables
from meetbot.store.due import Kind, Scope
from meetbot.store.engine import Transaction
from tests.cli.desk import FORMS, Desk


def test_before_anything_is_applied(desk: Desk) -> None:
    """It says so, and how to begin."""
    answer = desk.run("status")

    assert (answer.code, answer.err) == (0, "")
    assert answer.out == "Programme: none applied yet (meetbot apply FILE)\nLetters: none\nWaiting: nothing\n"


def test_X13_the_state_of_everything_as_one_document(office: Desk) -> None:
    """Meetings with their people, letters by state, what waits by kind, and nothing in doubt."""
    office.run("import", office.write("forms.csv", FORMS), "--yes")

    document = office.run("status", "--json").document

    assert document.pop("next")["what"] == "look at Zoom's registration page of launch"
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
        "zone": "Asia/Bangkok",
        "holds": [],
        "nodes": [],
        "being_checked": 0,
        "clock": [],
        "bilaterals": {},
        "letters": {"queued": 1},
        "outlook": "1 letter waits; none was accepted in the last 5 minutes",
        "waiting": {
            "poll": 1,
            "meeting": 1,
            "push": 1,
            "letter": 1,
            "reminder": 2,
            "cue": 8,
            "report": 1,
            "retention": 1,
        },
        "overdue": {},
        "held_up": [],
        "failed": [],
        "letters_in_doubt": [],
        "letters_maybe_twice": [],
        "more": {"failed": 0, "letters_in_doubt": 0, "letters_maybe_twice": 0},
    }


def test_P04_a_letter_that_could_not_be_sent_is_in_doubt_with_its_reason(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No mail server answers: the letter is deferred, and status says why, for people and for machines."""
    for name, value in {"TRANSPORT": "smtp", "HOST": "127.0.0.1", "PORT": "9", "SECURITY": "none"}.items():
        monkeypatch.setenv(f"MEETBOT_{'MAIL' if name == 'TRANSPORT' else 'SMTP'}_{name}", value)
    office.run("import", office.write("forms.csv", FORMS), "--yes")
    office.serve()

    shown, doubted = office.run("status"), office.run("status", "--json").document["letters_in_doubt"]

    letter = next(one for one in doubted if one["to"] == "maria@elsewhere.example")
    assert (letter["name"], letter["state"]) == ("Maria Strange", "deferred")
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


def test_P04_P41_what_is_held_stands_first_with_who_and_why_and_what_to_do(office: Desk) -> None:
    """Before everything else; then it says that nobody serves."""
    asyncio.run(_write(lambda tx, now: holds.put(tx, [Scope.MAIL], now=now, who="Lin", reason="the list was wrong")))

    answer = office.run("status")
    (hold,) = office.run("status", "--json").document["holds"]

    assert answer.out.splitlines()[:3] == [
        f"HELD: mail, since {hold['shown']}, by Lin: the list was wrong",
        "    No letter leaves until you give: meetbot resume --mail",
        "NOT SERVING: no process works on this store; nothing happens until `meetbot serve` runs.",
    ]
    assert (hold["scope"], hold["who"], hold["why"]) == ("mail", "Lin", "the list was wrong")


def test_P41_what_was_held_with_one_word_is_told_with_one_word(office: Desk) -> None:
    """The same person, moment and reason stand there once; an instant in the reason is on the organiser's clock."""
    reason = "restored from a backup made at 2021-11-10 02:15 UTC"
    asyncio.run(_write(lambda tx, now: holds.put(tx, list(Scope), now=now, who="restore", reason=reason)))

    answer = office.run("status")
    first, *_ = office.run("status", "--json").document["holds"]

    assert answer.out.splitlines()[:2] == [
        f"HELD: cues, mail and zoom, since {first['shown']}, by restore: "
        "restored from a backup made at Wed 10 Nov 2021 09:15 Bangkok (UTC+7)",
        "    No cue is given; no letter leaves; nothing is changed at Zoom and nobody is registered there "
        "until you give: meetbot resume",
    ]
    assert first["why"] == reason


def test_P02_P45_letters_that_may_have_been_sent_twice_are_named(office: Desk) -> None:
    """An unknown outcome that was repeated: by name, and no word of delivery."""
    office.run("import", office.write("forms.csv", FORMS), "--yes")
    asyncio.run(_write(_twice))

    answer = office.run("status")
    document = office.run("status", "--json").document

    line = "  letter 1 (received to Maria Strange <maria@elsewhere.example>) may have been sent twice: 250 OK\n"
    assert line in answer.out
    assert [one["id"] for one in document["letters_maybe_twice"]] == [1]
    assert "delivered" not in answer.out


async def _twice(tx: Transaction, _: datetime) -> None:
    await tx.execute(update(tables.message).values(state="accepted", copies=2, reason="250 OK"))


def test_P17_a_restart_says_what_it_resumed_and_what_is_being_checked(office: Desk) -> None:
    """Who serves, since when, how many pieces of work it took over, and how many outcomes nobody knows yet."""
    office.run("import", office.write("forms.csv", FORMS), "--yes")
    asyncio.run(_write(_restarted))

    answer = office.run("status")
    (node,) = office.run("status", "--json").document["nodes"]

    assert answer.out.splitlines()[:2] == [
        f"Serving: vm since {node['since']['shown']}, 3 pieces of work taken over",
        "1 outcome is unknown and being checked",
    ]


async def _restarted(tx: Transaction, _: datetime) -> None:
    assert await nodes.start(tx, "vm", now=await nodes.clock(tx))
    # A lease of this length is not given, but the test must not end with it.
    await tx.execute(update(tables.node).values(resumed=3, lease_until=await nodes.clock(tx) + timedelta(seconds=5)))
    await tx.execute(update(tables.message).values(state="unknown", reason="interrupted; may have been sent already"))


def test_F47_a_dead_node_is_named(office: Desk) -> None:
    """For how long it gave no sign, and who goes on. One that was stopped in order, or died a week ago, is not."""
    asyncio.run(_write(_three_have_gone))

    answer = office.run("status")

    assert answer.out.splitlines()[1] == "LOST: b, no sign for 3 min; a goes on with its work"
    assert {one["name"]: one["lost"] for one in office.run("status", "--json").document["nodes"]} == {
        "a": False,
        "b": True,
        "long-ago": False,
        "stopped": False,
    }


async def _three_have_gone(tx: Transaction, _: datetime) -> None:
    now = await nodes.clock(tx)
    for name, ago in {"stopped": timedelta(), "b": timedelta(minutes=3), "long-ago": timedelta(days=8)}.items():
        life = await nodes.start(tx, name, now=now - ago)
        assert life is not None
        if name == "stopped":
            await nodes.end(tx, life, now=now)
    assert await nodes.start(tx, "a", now=now)
    # A lease of this length is not given, but the test must not end with it.
    await tx.execute(update(tables.node).filter_by(name="a").values(lease_until=now + timedelta(seconds=5)))


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_work_has_a_name_that_an_organiser_understands(kind: Kind) -> None:
    """One, several, and a certain piece of it."""
    assert words.count(1, kind) != words.count(6, kind).replace("6", "1")
    assert words.piece(kind, "7", "launch")


def test_P21_what_the_clock_did_in_the_last_day_is_told(office: Desk) -> None:
    """Today's step is there, yesterday's is not any more."""
    asyncio.run(_write(_clock_notes))

    answer = office.run("status")

    said = [line for line in answer.out.splitlines() if line.startswith("CLOCK")]
    assert len(said) == 1
    assert said[0].startswith("CLOCK: the clock jumped 61 min ahead, cues paused 20 s (")


async def _clock_notes(tx: Transaction, now: datetime) -> None:
    for at, text in ((now - timedelta(hours=25), "long ago"), (now, "the clock jumped 61 min ahead, cues paused 20 s")):
        await audit.note(tx, now=at, who="meetbot", what="clock", subject="", detail=text)


def test_P04_ten_thousand_open_items_are_counted_and_twenty_shown(office: Desk) -> None:
    """The rest is a number and the command that shows them; each kind of trouble for itself."""
    asyncio.run(_write(_ten_thousand))

    began = time.monotonic()
    answer = office.run("status")
    took = time.monotonic() - began

    document = office.run("status", "--json").document
    assert (len(document["letters_in_doubt"]), len(document["failed"])) == (20, 20)
    assert document["more"] == {"failed": 9_980, "letters_in_doubt": 9_980, "letters_maybe_twice": 0}
    assert "  and 9980 more: meetbot outbox list --state refused\n" in answer.out
    assert len(answer.out.splitlines()) < 60
    assert took < 2  # 0.2 s on a free machine


async def _ten_thousand(tx: Transaction, now: datetime) -> None:
    duty = {"kind": "push", "revision": 0, "due_at": now, "state": "failed", "attempt": 1, "urgency": 1}
    letter: dict[str, object] = {
        "kind": "received",
        "facts": {},
        "language": "en",
        "zone": "UTC",
        "to_name": "Sok",
        "state": "refused",
    }
    letter |= {"needs_link": False, "revision": 1, "reason": "550 no such user", "created_at": now}
    numbers = range(10_000)
    await tx.execute(
        insert(tables.due),
        [duty | {"subject": f"{n}", "reason": "no", "detail": {}, "done_at": now} for n in numbers],
    )
    await tx.execute(
        insert(tables.message),
        [letter | {"message_id": f"<{n}>", "dedupe": f"{n}", "to_address": f"p{n}@x.example"} for n in numbers],
    )


@pytest.mark.parametrize("width", [80, 100])
def test_on_a_terminal_no_line_is_longer_than_it(office: Desk, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """Long reasons go on below, indented; what is held is red, and a pipe gets no colours."""
    asyncio.run(
        _write(lambda tx, now: holds.put(tx, list(Scope), now=now, who="meetbot", reason="312 letters in an hour " * 5))
    )
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)

    coloured = office.run("status").out.splitlines()
    lines = [click.unstyle(line) for line in coloured]

    assert max(map(len, lines)) <= width
    assert lines[0].startswith("HELD: cues, mail and zoom, since ")
    assert coloured[0].startswith("\x1b[31m")


async def _write(change: Callable[[Transaction, datetime], Awaitable[object]]) -> None:
    async with bootstrap.opened(settings.read(), clock.RealClock()) as app, app.store.transaction() as tx:
        await change(tx, app.clock.now())


async def _tell(fact: Fact) -> None:
    async with bootstrap.opened(settings.read(), clock.RealClock()) as app, app.store.transaction() as tx:
        await facts.add(tx, [fact])
