"""New time-zone data comes with an update of the machine: nothing moves and no mail leaves before somebody looks."""

from __future__ import annotations

import shutil
import zoneinfo
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import resources
from pathlib import Path

import pytest

from meetbot.core import times
from meetbot.flows import programme
from meetbot.serve import zone_rules
from meetbot.store import holds
from meetbot.store.due import Scope
from tests.flows.stage import Stage

HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def new_data(tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Lays on the disk rules by which clocks in Bangkok go as they do in Yangon, half an hour behind."""

    def bring() -> None:
        (tmp_path / "zones/Asia").mkdir(parents=True)
        with resources.as_file(resources.files("tzdata.zoneinfo") / "Asia/Yangon") as yangon:
            shutil.copy(yangon, tmp_path / "zones/Asia/Bangkok")
        zoneinfo.reset_tzpath([str(tmp_path / "zones")])

    before = zoneinfo.TZPATH
    yield bring
    zoneinfo.reset_tzpath(before)
    forget()


@pytest.fixture
def new_rules(new_data: Callable[[], None]) -> Callable[[], None]:
    """The same, and the process is started anew."""

    def bring() -> None:
        new_data()
        forget()

    return bring


def forget() -> None:
    zoneinfo.ZoneInfo.clear_cache()
    times.zone.cache_clear()


async def held(stage_: Stage) -> str | None:
    async with stage_.app.store.reading() as tx:
        found = (await holds.all_(tx)).get(Scope.MAIL)
    return found.reason if found else None


async def test_F59_P22_a_rule_change_moves_nothing_and_holds_the_mail(
    stage: Stage, new_rules: Callable[[], None]
) -> None:
    """The launch stays at the instant that everybody was told; mail waits, and its reason says what would move."""
    before = (await stage.launch()).interval
    writes = len(stage.sandbox.ledger.entries)

    new_rules()
    stage.app._loaded = None  # the process is started anew
    await programme.hold_what_would_move(stage.app.store, now=stage.now)

    assert (await stage.launch()).interval == before
    assert await held(stage) == (
        "rule change for Asia/Bangkok: launch, at 14:00 Bangkok (UTC+6:30), "
        "would move from Wed 10 Nov 07:00 UTC to Wed 10 Nov 07:30 UTC. "
        "Look at it with `meetbot plan`, confirm with `meetbot apply`"
    )
    assert len(stage.sandbox.ledger.entries) == writes


async def test_F59_applying_the_same_file_again_confirms_the_move(stage: Stage, new_rules: Callable[[], None]) -> None:
    """By the ordinary way of a move, to the end of it: Zoom has the new time, and there is nothing more to confirm."""
    before = (await stage.launch()).interval
    new_rules()
    stage.app._loaded = None

    await stage.apply()

    after = (await stage.launch()).interval
    (at_zoom,) = stage.sandbox.account.meetings.values()
    assert after.start - before.start == HALF_AN_HOUR
    assert at_zoom.start_at == after.start
    assert await programme.hold_what_would_move(stage.app.store, now=stage.now) == ""


async def test_F59_without_a_change_nothing_is_held(stage: Stage) -> None:
    """Every ordinary start; and a meeting that is over moves nobody."""
    said = await programme.hold_what_would_move(stage.app.store, now=stage.now)

    assert (said, await held(stage)) == ("", None)


async def test_F59_a_meeting_that_is_over_holds_nothing(stage: Stage, new_rules: Callable[[], None]) -> None:
    """What was, was."""
    over = (await stage.launch()).interval.end
    new_rules()

    said = await programme.hold_what_would_move(stage.app.store, now=over)

    assert (said, await held(stage)) == ("", None)


async def test_F59_rules_that_come_while_it_runs_are_seen_at_the_next_look(
    stage: Stage, new_data: Callable[[], None]
) -> None:
    """The process that read the old ones holds the mail; once a person has let it go on, the same is not held again."""
    before = await zone_rules.look(stage.app, "")
    new_data()

    said = await zone_rules.look(stage.app, before)
    reason = await held(stage)
    async with stage.app.store.transaction() as tx:
        await holds.lift(tx, [Scope.MAIL])
    again = await zone_rules.look(stage.app, said)

    assert before == ""
    assert said == again
    assert reason == f"{said}. Look at it with `meetbot plan`, confirm with `meetbot apply`"
    assert await held(stage) is None
