"""However Zoom's events come, late, repeated, forged or out of order: the picture is that of the perfect sequence."""

from __future__ import annotations

import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from meetbot.core import live
from meetbot.web import app as web_app
from meetbot.web import intake, server
from meetbot.web.zoom_webhook import ZoomWebhook
from tests.flows import stage as flows_stage
from tests.flows.stage import Stage, form
from tests.flows.telling import act, day, run_of, tell, told_of
from tests.flows.test_attendance import acts
from tests.zoom import events


@pytest.mark.parametrize("seed", range(5))
async def test_P14_repeats_and_disorder_give_the_perfect_picture(tmp_path: Path, seed: int) -> None:
    """Through the store and the pass: shuffled, repeated, in batches, it ends as if each had come once in its order."""
    async with (
        flows_stage.set_up(tmp_path / "perfect", seed=7) as one,
        flows_stage.set_up(tmp_path / "real", seed=7) as other,
    ):
        for stage in (one, other):
            await stage.apply()
            stage.leap("2021-11-10 15:30")
        sequence = perfect(one)
        chance = random.Random(seed)
        real = [*sequence, *chance.choices(sequence, k=40)]
        chance.shuffle(real)

        await tell(one, *sequence)
        for start in range(0, len(real), 17):
            await tell(other, *real[start : start + 17])

        assert await told_of(other) == await told_of(one)
        assert [len(run.sessions) for run in (await told_of(one)).values()] == [12]


def perfect(stage: Stage) -> list[Any]:
    """A run from start to end with people who come, go and come back."""
    told = [events.event("meeting.started", run_of(stage), at=day("13:40"))]
    for number in range(6):
        for turn, (kind, name) in enumerate((("joined", "join"), ("left", "leave")) * 2):
            at = day("13:45") + timedelta(minutes=15 * turn + number)
            who = events.participant(number, user_id=f"{number}-{turn // 2}", **{f"{name}_time": events.zulu(at)})
            told.append(events.event(f"meeting.participant_{kind}", run_of(stage, participant=who), at=at))
    ended = events.event("meeting.ended", run_of(stage, end_time=events.zulu(day("15:00"))), at=day("15:00"))
    return [*told, ended]


DISORDER = """
webhooks: {dup: {p: 0.4, max: 4}, delay: {p: 0.3, max: 85m}, shuffle: 2m, other_source: 0.3, resign: 0.3,
           bad_signature: 0.1, other_account: 0.3, missing_started: true}
"""


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_P14_P15_F32_the_day_in_disorder_ends_as_the_day_in_order(tmp_path: Path, seed: int) -> None:
    """The same launch twice, told by Zoom's stand-in over HTTP: once well, once with everything going wrong."""
    seen = [await launch_told(tmp_path / name, seed, faults) for name, faults in (("well", ""), ("ill", DISORDER))]

    assert seen[0] == seen[1]
    assert [(one.ended_at, len(one.sessions)) for one in seen[0]] == [(day("15:00"), 4)]


async def launch_told(folder: Path, seed: int, faults: str) -> list[live.LiveInstance]:
    """The runs of the launch as they are known three hours later."""
    async with flows_stage.set_up(folder, seed=seed) as stage:
        await stage.apply()
        await stage.register(form("dara@npic.example"))
        stage.leap("2021-11-10 13:00")
        await stage.until("2021-11-10 13:20")
        link = next(iter(stage.mails("dara@npic.example")[0].links))
        async with subscribed(stage):
            stage.sandbox.set_faults(faults)
            dara = {"person": "dara", "join_link": link}
            stage.sandbox.people(
                [
                    acts(stage, "13:25", "start", "host", email="host@network.example"),
                    acts(stage, "13:50", "join", **dara),
                    acts(stage, "14:05", "join", "stranger", name="Hla Min"),
                    acts(stage, "14:20", "leave", "dara"),
                    acts(stage, "14:25", "join", **dara),
                    acts(stage, "15:00", "end", "host"),
                ]
            )
            for minutes in range(0, 240, 5):
                stage.sandbox.leap(max(day("13:20") + timedelta(minutes=minutes), stage.now))
                await stage.sandbox.deliver_webhooks()
                await act(stage, account="sandbox")
        return list((await told_of(stage)).values())


@asynccontextmanager
async def subscribed(stage: Stage) -> AsyncIterator[None]:
    """The sandbox tells everything to our own address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    async with intake.opened(stage.app.store) as taking:
        pages = web_app.pages(ZoomWebhook(taking, stage.app.clock, ["sandbox"]))
        async with server.serving(pages, "127.0.0.1", port, setting="WEB"):
            await stage.sandbox.subscribe(f"http://127.0.0.1:{port}/zoom/webhook")
            yield
