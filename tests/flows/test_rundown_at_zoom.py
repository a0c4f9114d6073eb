"""Those who wait and those who listen read which segment really runs; what Zoom refuses is on record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from meetbot.core import rundown as core
from meetbot.flows import rundown
from meetbot.store import due
from tests.flows import stage as flows_stage
from tests.flows.stage import PROGRAMME, Stage

TOLD = PROGRAMME.replace("    recording:", "    waiting_room_follows: yes\n    chat: yes\n    recording:")
WELCOME = "Now, since 14:00 Bangkok (UTC+7): Welcome. Next, about 14:30 Bangkok (UTC+7): Closing."


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The host has started the meeting; it is a quarter of an hour before the ceremony."""
    async with flows_stage.set_up(tmp_path, seed=7) as made:
        await made.apply(TOLD)
        made.leap("2021-11-10 13:40")
        host = {"meeting": made.at_zoom()[0].id, "person": "host", "email": "host@network.example"}
        made.sandbox.people([{**host, "action": "start"}])
        await made.until("2021-11-10 13:45")
        yield made


async def command(stage: Stage, name: str, do: rundown.Command) -> None:
    programme, launch = await stage.programme(), await stage.launch()
    await rundown.command(stage.app.store, programme, launch, do, name=name, now=stage.now, by="test")


def effects(stage: Stage, kind: str) -> list[dict[str, Any]]:
    found = (entry["effect"] for entry in stage.sandbox.ledger.entries)
    return [effect for effect in found if effect and effect["kind"] == kind]


def shown(stage: Stage) -> list[str]:
    return [effect["description"] for effect in effects(stage, "live.waiting_room_changed")]


def posted(stage: Stage) -> list[str]:
    return [effect["message"] for effect in effects(stage, "chat.posted")]


async def ended(stage: Stage, *states: str) -> dict[str, str]:
    async with stage.app.store.reading() as tx:
        rows = await due.ended(tx, [due.Kind.CUE], states)
    found = {row.subject.removeprefix("launch/"): row.reason for row in rows}
    return {cue: why for cue, why in found.items() if cue.endswith((":waiting_room", ":chat"))}


async def test_each_segment_is_shown_to_those_who_wait_and_told_in_the_chat(stage: Stage) -> None:
    """By the plan when nobody gives commands: what runs since when, what comes next, and who speaks."""
    await stage.until("2021-11-10 14:31")

    titles = [effect["title"] for effect in effects(stage, "live.waiting_room_changed")]
    assert titles == ["Launching Ceremony"] * 2
    assert shown(stage) == [WELCOME, "Now, since 14:30 Bangkok (UTC+7): Closing."]
    assert posted(stage) == [
        "14:00 Bangkok (UTC+7) Welcome\nH.E. TANG Tao, Vice Minister",
        "14:30 Bangkok (UTC+7) Closing\nMr Yutong Liu, Project Manager",
    ]
    assert (await ended(stage, "done"))["closing:chat"] == (
        "posted into the chat; guests without a Zoom account may not see it"
    )


async def test_nothing_is_said_to_run_before_it_has_really_begun(stage: Stage) -> None:
    """The welcome runs eight minutes over: its follower is announced when it begins, with the time of that."""
    await stage.until("2021-11-10 14:00")
    await command(stage, "start", core.start)
    await stage.until("2021-11-10 14:38")
    before = shown(stage)

    await command(stage, "next", core.advance)
    await stage.run_due()

    assert before == [WELCOME]
    assert shown(stage)[1:] == ["Now, since 14:38 Bangkok (UTC+7): Closing."]
    assert posted(stage)[1:] == ["14:38 Bangkok (UTC+7) Closing\nMr Yutong Liu, Project Manager"]


async def test_a_segment_that_begins_early_is_told_at_once(stage: Stage) -> None:
    """Not at its planned time, when everybody knows."""
    await stage.until("2021-11-10 14:00")
    await command(stage, "start", core.start)
    await stage.until("2021-11-10 14:20")

    await command(stage, "next", core.advance)
    await stage.run_due()

    assert shown(stage)[1:] == ["Now, since 14:20 Bangkok (UTC+7): Closing."]


async def test_P11_they_move_with_a_slip_like_every_other_cue(stage: Stage) -> None:
    """Ten minutes behind before anything has begun: nothing is shown at 14:00, all of it at 14:10."""
    await command(stage, "slip", lambda state, now: core.slip(state, 10, now))
    await stage.until("2021-11-10 14:09")
    before = shown(stage)

    await stage.until("2021-11-10 14:11")

    assert (before, shown(stage)) == ([], [WELCOME.replace("14:00", "14:10").replace("14:30", "14:40")])


async def test_P04_what_zoom_refuses_is_on_record_and_not_tried_again(stage: Stage) -> None:
    """Words for those who wait are best effort: one attempt, with Zoom's reason, and the letters go on."""
    refusal = "{status: 400, json: {code: 3000, message: 'Operation not allowed'}}"
    stage.sandbox.set_faults(f"zoom: [{{when: {{method: PATCH, path: '/v2/live_meetings/*/events'}}, do: {refusal}}}]")
    await stage.until("2021-11-10 14:05")

    failed = await ended(stage, "failed")
    events = [path for method, path in stage.writes() if path.startswith("/live_meetings")]
    assert list(failed) == ["welcome:waiting_room"]
    assert "Operation not allowed" in failed["welcome:waiting_room"]
    assert len(events) == 2  # the recording was asked for as well
    assert len(posted(stage)) == 1


async def test_a_meeting_without_a_chat_says_so(tmp_path: Path) -> None:
    """The account has no continuous chat: nothing is posted, and the reason is on record."""
    async with flows_stage.set_up(tmp_path, seed=7, continuous_chat=False) as stage:
        await stage.apply(TOLD)
        stage.leap("2021-11-10 13:59")
        await stage.until("2021-11-10 14:01")

        assert (await ended(stage, "failed"))["welcome:chat"] == "Zoom has made no chat for this meeting"
        assert posted(stage) == []


async def test_words_that_are_wished_later_come_with_an_apply(stage: Stage) -> None:
    """Taken out of the file and put back: the cues go and come with it."""
    await stage.apply(PROGRAMME)
    async with stage.app.store.reading() as tx:
        without = [row for row in await due.waiting(tx, due.Kind.CUE) if row.subject.endswith(":chat")]
    await stage.apply(TOLD)
    await stage.until("2021-11-10 14:01")

    assert without == []
    assert shown(stage) == [WELCOME]
