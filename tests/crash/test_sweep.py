"""The service is killed with SIGKILL at a sample of its durable steps. `scripts/crash-sweep` tries them all."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tests import postgres
from tests.crash import lives, play, points, sweep
from tests.crash.points import Point

_AT_ONCE = 4

#: Where a kill hurts most: an effect has been had, and what came of it is not on disk.
WORST: Sequence[Sequence[play.Where]] = (
    [Point("migration: CREATE TABLE: done", 9)],
    [Point("zoom POST /users/*/meetings: sent", 2)],
    [Point("flows.meetings.act._create: before commit", 1)],
    [Point("zoom POST /meetings/*/registrants: answered", 4)],
    [Point("smtp message: sent with its final dot", 6)],
    [Point("flows.attendance.collecting.collect: before commit", 9)],
    [Point("webhook: before the answer", 3)],
    [Point("smtp message: answered", 3), Point("smtp message: answered", 1)],
)
ON_A_SERVER: Sequence[Sequence[play.Where]] = (
    [Point("migration: CREATE TABLE: done", 9)],
    [Point("smtp message: sent with its final dot", 6)],
    [Point("flows.meetings.act._create: before commit", 1)],
)


def judged(ground: sweep.Ground, calm: play.Played, kills: Sequence[Sequence[play.Where]]) -> list[sweep.Judged]:
    """Each of the runs, side by side: a new process mostly waits for the lease of the killed one to lapse."""
    runs = [play.Run(one) for one in kills]
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return list(threads.map(lambda run: ground.judge(run, calm.seen), runs))


def test_P17_F01_F02_a_kill_at_the_worst_steps_changes_nothing_outside(zygote: lives.Zygote, calm: play.Played) -> None:
    """The same letters, meetings, registrants, cues and files as in a run that nothing disturbed."""
    found = judged(sweep.Ground(zygote), calm, WORST)

    assert [str(one) for one in found if one.violations] == []
    assert [one.killed for one in found] == [len(one.run.kills) for one in found]


def test_P17_F01_the_same_holds_on_a_database_server(zygote: lives.Zygote, calm: play.Played) -> None:
    """PostgreSQL rolls back what a killed process had begun."""
    found = judged(sweep.Ground(zygote, postgres.shared()), calm, ON_A_SERVER)

    assert [str(one) for one in found if one.violations] == []
    assert [one.killed for one in found] == [len(one.run.kills) for one in found]


def test_P17_the_service_has_the_steps_between_which_a_second_copy_is_excused(calm: play.Played) -> None:
    """Under other names every second copy would be excused, or none: each message has both of them once."""
    letters = len(calm.seen.mails)

    assert (calm.hits[points.FIRST_BYTE], calm.hits[points.OUTCOME]) == (letters, letters)


def test_the_sample_comes_to_every_step_before_it_comes_to_any_again() -> None:
    """So a small sample knows every kind of step."""
    order = list(sweep.every_point({"commit": 3, "rename": 1, "fsync": 2}, random.Random(1)))

    assert sorted(one.name for one in order[:3]) == ["commit", "fsync", "rename"]
    assert sorted(order) == [Point("commit", n) for n in (1, 2, 3)] + [Point("fsync", n) for n in (1, 2)] + [
        Point("rename", 1)
    ]
