"""What an operator can see of the store, read beside it: whoever is approved, how far each meeting and letter is."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from meetbot.store.tables import microseconds
from tests.sim import oracle
from tests.sim.ways import About

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: These happen again and again as long as a meeting is to come.
_AGAIN_AND_AGAIN = ("meeting", "poll", "inbox", "bounces")
_BEFORE_NEXT, _BEFORE_CLOSING = timedelta(minutes=5), timedelta(minutes=2)


class Eye:
    """Looks on after every commit, and writes down what has changed."""

    def __init__(self, path: Path, history: oracle.History) -> None:
        self._store = sqlite3.connect(path, isolation_level=None)
        self._history = history
        self.statuses: dict[tuple[str, str], str] = {}  #: (meeting, address) -> status
        self._revisions: dict[str, int] = {}

    def look(self, step: int) -> None:
        for meeting, address, status in self._store.execute("SELECT meeting, lower(address), status FROM registrant"):
            if self.statuses.get((meeting, address)) != status:
                self.statuses[meeting, address] = status
                self._history.decided.append(oracle.Decided(step, meeting, address, status))
        for meeting, revision in self._store.execute("SELECT key, revision FROM meeting"):
            if self._revisions.get(meeting) != revision:
                self._revisions[meeting] = revision
                self._history.revised.append(oracle.Revised(step, meeting, revision))

    def about(self, message_id: str) -> About:
        """What letter that is, and before when it may not leave."""
        kind, meeting, revision, facts = self._store.execute(
            "SELECT kind, meeting, revision, facts FROM message WHERE coalesce(sent_as, message_id) = ?"
            " ORDER BY state = 'sending' DESC, id",
            [message_id],
        ).fetchone()
        return About(kind, meeting, revision, _not_before(json.loads(facts)) if kind == "cue" else None)

    def next_at(self, after: datetime, *, every: bool) -> datetime | None:
        """When the next row falls due; not `every`: without those that come again and again."""
        beside = () if every else _AGAIN_AND_AGAIN
        marks = ", ".join("?" * len(beside))
        (found,) = self._store.execute(
            f"SELECT min(due_at) FROM due WHERE state = 'waiting' AND due_at > ? AND kind NOT IN ({marks})",  # noqa: S608
            [_micro(after), *beside],
        ).fetchone()
        return None if found is None else _EPOCH + timedelta(microseconds=found)

    def open_work(self, now: datetime) -> Sequence[str]:
        """What should have come to an end by now."""
        rows = self._store.execute(
            "SELECT kind, subject, state, reason FROM due WHERE state = 'claimed' OR"
            " (state = 'waiting' AND due_at <= ? AND kind NOT IN (?, ?, ?, ?)) ORDER BY id",
            [_micro(now), *_AGAIN_AND_AGAIN],
        )
        letters = self._store.execute(
            "SELECT kind, to_address, state, reason FROM message WHERE state IN ('queued', 'sending', 'deferred')"
        )
        return [" ".join(map(str, row)) for row in (*rows, *letters)]

    def asked(self) -> frozenset[str]:
        """To whom a letter could not be brought, so that a person has to look."""
        rows = self._store.execute(
            "SELECT lower(to_address) FROM message WHERE state IN ('unknown', 'refused', 'expired', 'bounced')"
        )
        return frozenset(address for (address,) in rows)

    def cues(self, now: datetime) -> dict[str, str]:
        """How each cue ended whose time has passed."""
        rows = self._store.execute(
            "SELECT subject || '#' || revision, state FROM due WHERE kind = 'cue' AND due_at < ?", [_micro(now)]
        )
        return dict(rows.fetchall())

    def stood(self) -> frozenset[str]:
        """Meetings of which Zoom has given us a number."""
        return frozenset(key for (key,) in self._store.execute("SELECT key FROM meeting WHERE zoom_id IS NOT NULL"))

    def outcomes(self) -> list[str]:
        """How letters, cues and reports ended, for the list of what should be seen sometimes."""
        letters = self._store.execute("SELECT DISTINCT state FROM message WHERE state NOT IN ('queued', 'accepted')")
        cues = self._store.execute("SELECT DISTINCT state FROM due WHERE kind = 'cue' AND state <> 'waiting'")
        reports = self._store.execute("SELECT DISTINCT final FROM report")
        return [
            *(f"a letter {state}" for (state,) in letters),
            *(f"a cue {state}" for (state,) in cues),
            *("a final report" if final else "a report that is not final" for (final,) in reports),
        ]

    def close(self) -> None:
        self._store.close()


def _not_before(facts: dict[str, object]) -> datetime | None:
    """The time of a cue by the plan; what is behind it comes later, never earlier. None: it may go at any time."""
    segment = facts["segment"]
    assert isinstance(segment, dict)
    if facts["cue"] == "next":
        return datetime.fromisoformat(segment["planned_starts_at"]) - _BEFORE_NEXT
    if facts["cue"] == "closing":
        return datetime.fromisoformat(segment["ends_at"]) - _BEFORE_CLOSING
    return None


def _micro(instant: datetime) -> int:
    return microseconds(instant - _EPOCH)
