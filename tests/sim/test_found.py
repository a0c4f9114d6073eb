"""What the simulation found, told by hand: a seed goes another way when the simulation changes, these do not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from meetbot.core import rundown as core_rundown
from meetbot.flows import programme, rundown
from meetbot.store import due
from tests.flows import stage as flows_stage
from tests.flows.stage import PROGRAMME, Stage, form

POOL = PROGRAMME.replace("    host: host@network.example\n", "").replace(
    "meetings:\n",
    "hosts:\n  - {address: first@network.example}\n  - {address: second@network.example}\nmeetings:\n",
)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with flows_stage.set_up(tmp_path, seed=7) as made:
        yield made


async def test_P07_a_host_swapped_while_somebody_is_let_in_leaves_nobody_at_the_old_meeting(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are let in to the meeting that stands now, and the one letter that they get carries that link."""
    await stage.apply(POOL)
    await stage.register(form("dara@npic.example"))
    let_in = stage.app.zoom.add_registrant

    async def after_a_swap(*where: Any, **who: Any) -> Any:
        monkeypatch.undo()
        await programme.drop_out(stage.app.store, "first@network.example", now=stage.now, by="test")
        return await let_in(*where, **who)

    monkeypatch.setattr(stage.app.zoom, "add_registrant", after_a_swap)
    await stage.until("2021-11-03 10:00")

    (meeting,) = stage.at_zoom()
    (mail,) = stage.mails("dara@npic.example")
    assert meeting.host.email == "second@network.example"
    assert [(one.email, one.status) for one in meeting.registrants.values()] == [("dara@npic.example", "approved")]
    assert all(f"/w/{meeting.id}" in link for link in mail.links)


async def test_P11_cues_laid_out_anew_are_as_late_as_the_day_already_is(stage: Stage) -> None:
    """Put back by ten minutes before the start, then the file changed who speaks last: every cue stays put back."""
    await stage.apply()
    plan, launch = await stage.programme(), await stage.launch()
    late: rundown.Command = lambda day, now: core_rundown.slip(day, 10, now)  # noqa: E731
    await rundown.command(stage.app.store, plan, launch, late, name="slip", now=stage.now, by="test")

    await stage.apply(PROGRAMME.replace("speakers: [liu]", "speakers: [tang]"))

    cues = core_rundown.cues(await stage.launch(), plan.cue_times)
    async with stage.app.store.reading() as tx:
        waiting = {row.detail["cue"]: row.due_at for row in await due.waiting(tx, due.Kind.CUE, "launch")}
    told = [cue for cue in cues if cue.kind is not core_rundown.CueKind.BRIEF]
    assert {cue.key: waiting[cue.key] - cue.due_at for cue in told} == {cue.key: timedelta(minutes=10) for cue in told}


async def test_P04_nobody_is_let_in_again_and_again_to_a_cancelled_meeting(stage: Stage) -> None:
    """Somebody was approved and Zoom not yet told; whoever makes the meeting take place after all lets them in."""
    await stage.apply()
    await stage.register(form("dara@npic.example"))

    await stage.apply(PROGRAMME.replace("    host: host@", "    cancelled: yes\n    host: host@"))
    await stage.until("2021-11-03 12:00")
    async with stage.app.store.reading() as tx:
        waiting = [row.kind for row in await due.waiting(tx)]
    await stage.apply()
    await stage.until("2021-11-03 13:00")

    assert sorted(waiting) == ["meeting", "retention"]
    (meeting,) = stage.at_zoom()
    assert [(one.email, one.status) for one in meeting.registrants.values()] == [("dara@npic.example", "approved")]
