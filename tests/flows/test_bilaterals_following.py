"""What was agreed is followed to its report, and what the service does about bilaterals by itself."""

from __future__ import annotations

from typing import Any

import pytest

from meetbot.core import budget
from meetbot.core.bilaterals import Delegate, State
from meetbot.flows import bilaterals
from meetbot.store import due, outbox, quota
from tests.flows import bilateral_stage as told
from tests.flows.stage import Stage

pytestmark = pytest.mark.every_database

ONE_HOST = "  - {address: pool@network.example, licence: pro}\n"
TWO_HOSTS = told.TEXT.replace(ONE_HOST, ONE_HOST + "  - {address: second@network.example, licence: pro}\n")
INTERPRETED = (
    TWO_HOSTS.replace("  m1:\n", "  m1:\n    speaks: [English]\n")
    .replace("  m2:\n", "  m2:\n    speaks: [English]\n")
    .replace("  c1:\n", "  c1:\n    speaks: [Chinese]\n")
    .replace("  c2:\n", "  c2:\n    speaks: [Chinese]\n")
    .replace(
        "  answers_by: 2021-11-12 17:00\n",
        """  answers_by: 2021-11-12 17:00
  interpreters:
    - {name: Lin, address: lin@words.example, languages: [English, Chinese]}
    - {name: Wang, address: wang@words.example, languages: [English, Chinese]}
""",
    )
)
BOTH = ("c1+m1", "c2+m2")


async def proposed(stage: Stage, text: str, *pairs: tuple[str, str]) -> None:
    """All of them can in the same hour of Monday only."""
    await stage.apply(text)
    await told.pair_up(stage, *pairs)
    for key in sorted({side for pair in pairs for side in pair}):
        await told.answer(stage, key, told.ONE_HOUR)
    await told.propose(stage, tell=False)


async def agreed(stage: Stage) -> None:
    await proposed(stage, told.TEXT, ("m1", "c1"))
    await told.confirm(stage, ["c1+m1"])
    await stage.run_due()


async def state(stage: Stage) -> tuple[str, str]:
    return (await told.states(stage))["c1+m1"]


def at_zoom(stage: Stage) -> list[Any]:
    return sorted((one for one in stage.at_zoom() if "Bilateral" in one.topic), key=lambda one: one.topic)


def happens(stage: Stage, wall: str, action: str, person: str, **more: Any) -> dict[str, Any]:
    at = told.wall(f"2021-11-15 {wall}").isoformat()
    return {"meeting": at_zoom(stage)[0].id, "at": at, "action": action, "person": person, **more}


async def test_a_pass_of_an_older_programme_leaves_the_work_to_the_next_one(stage: Stage) -> None:
    """It was begun before the meetings were planned, and would wait a day for pairs that it does not know."""
    await proposed(stage, told.TEXT, ("m1", "c1"))
    older = await stage.programme()
    await told.confirm(stage, ["c1+m1"])

    await bilaterals.run(stage.app.store, older, now=stage.now, owner=f"{stage.life}/bilaterals")

    async with stage.app.store.reading() as tx:
        assert due.Kind.BILATERALS in await due.kinds_due(tx, now=stage.now)


async def test_a_bilateral_goes_from_agreed_to_reported_by_what_happens_at_zoom(stage: Stage) -> None:
    """Both come by their own links, and the report that Zoom builds afterwards names the two."""
    await agreed(stage)
    seen = [await state(stage)]
    await stage.until("2021-11-03 09:05")
    seen.append(await state(stage))
    stage.leap("2021-11-15 08:00")
    await stage.run_due()
    acts = [happens(stage, "08:55", "start", "host", email=at_zoom(stage)[0].host.email)]
    for side in ("m1", "c1"):
        (link,) = next(mail.links for mail in stage.mails(f"focal@{side}.example") if mail.links)
        acts.append(happens(stage, "09:00", "join", side, join_link=link))
    stage.sandbox.people([*acts, happens(stage, "10:00", "end", "host")])
    await stage.until("2021-11-15 10:00")
    seen.append(await state(stage))
    await stage.until("2021-11-15 14:00")
    seen.append(await state(stage))

    assert seen == [
        (State.AGREED, "confirmed by test"),
        (State.CREATED, "its meeting stands at Zoom"),
        (State.HELD, "its time is over"),
        (State.REPORTED, "the attendance report is final"),
    ]


async def test_a_bilateral_whose_meeting_never_stood_at_zoom_was_not_held(stage: Stage) -> None:
    """Zoom refuses to create it until its time is over; it is named as stuck, and not counted as held."""
    refused = "{status: 400, json: {code: 300, message: 'no such licence'}}"
    stage.sandbox.set_faults(f"zoom: [{{when: {{method: POST, path: '/v2/users/**'}}, do: {refused}}}]")
    await agreed(stage)
    before = await state(stage)

    stage.leap("2021-11-15 09:59")
    await stage.until("2021-11-15 10:00")

    assert before == (State.AGREED, "confirmed by test")
    assert await state(stage) == (State.STUCK, "its meeting never stood at Zoom")


async def test_times_are_looked_for_again_after_ten_minutes_and_not_at_every_answer(stage: Stage) -> None:
    """The first look is at once; what changes a minute later waits for the tenth."""
    await stage.apply(told.TEXT)
    await told.pair_up(stage, ("m1", "c1"))
    await told.answer(stage, "m1", told.MORNING)
    await told.answer(stage, "c1", told.ONE_HOUR)
    await stage.run_due()
    first = (await told.pairs(stage))["c1+m1"].starts_at

    await stage.until("2021-11-03 09:01")
    await told.answer(stage, "c1", ("2021-11-15 10:00", "2021-11-15 11:00"))
    await stage.until("2021-11-03 09:09")
    waiting = (await state(stage))[0]
    await stage.until("2021-11-03 09:10")

    pair = (await told.pairs(stage))["c1+m1"]
    assert (first, waiting) == (told.wall("2021-11-15 09:00"), State.WAITING)
    assert (pair.state, pair.starts_at) == (State.PROPOSED, told.wall("2021-11-15 10:00"))


async def test_P03_two_at_once_have_two_hosts_and_two_interpreters_who_are_told(stage: Stage) -> None:
    """Zoom holds each of them in one meeting, and each letter says with which address to sign in."""
    stage.sandbox.account.switch({"interpretation": True})
    await proposed(stage, INTERPRETED, ("m1", "c1"), ("m2", "c2"))

    await told.confirm(stage, BOTH)
    await stage.run_due()

    both = at_zoom(stage)
    held = [one["email"] for each in both for one in each.settings["language_interpretation"]["interpreters"]]
    assert sorted(held) == ["lin@words.example", "wang@words.example"]
    assert len({one.host.email for one in both}) == 2
    for address in held:
        (mail,) = stage.mails(address)
        assert address in mail.text


async def test_somebody_of_two_delegations_is_never_in_two_bilaterals_at_once(stage: Stage) -> None:
    """Both pairs can in one hour only, and there are hosts enough: one of them has no time, with the reason."""
    await stage.apply(TWO_HOSTS)
    for side in ("m1", "m2"):
        people = [Delegate(side, "Daw Khin", "khin@both.example")]
        await bilaterals.name_delegation(stage.app.store, side, people, now=stage.now)

    await proposed(stage, TWO_HOSTS, ("m1", "c1"), ("m2", "c2"))

    found = await told.states(stage)
    assert sorted(one for one, _ in found.values()) == [State.PROPOSED, State.STUCK]
    (why,) = (reason for one, reason in found.values() if one is State.STUCK)
    assert why.startswith(("College m1 has other meetings when both could", "College m2 has other meetings"))


async def test_what_the_host_may_not_create_today_is_created_tomorrow(stage: Stage) -> None:
    """The pool's host has had its 100 calls; nothing is sent to Zoom before its next day, and the time stays agreed."""
    await stage.apply(told.TEXT)
    async with stage.app.store.transaction() as tx:
        await quota.exhaust(tx, quota.Kind.WRITE, "pool@network.example", most=budget.WRITES_A_DAY, now=stage.now)
    await agreed(stage)
    today = (await state(stage), at_zoom(stage))

    await stage.until("2021-11-04 07:10")

    assert today == ((State.AGREED, "confirmed by test"), [])
    assert [one.start_at for one in at_zoom(stage)] == [told.wall("2021-11-15 09:00")]
    assert await state(stage) == (State.CREATED, "its meeting stands at Zoom")


async def test_a_proposal_that_has_not_left_is_overtaken_by_the_next_which_says_all(stage: Stage) -> None:
    """Two rounds while mail waits: one letter to each side, with the newest time of each pair."""
    await stage.apply(told.TEXT)
    await told.pair_up(stage, ("m1", "c1"), ("m2", "c1"))
    days = (told.ONE_HOUR, ("2021-11-16 09:00", "2021-11-16 10:00"))
    await told.answer(stage, "m1", *days)
    await told.answer(stage, "m2", days[1])
    await told.answer(stage, "c1", *days)
    await told.propose(stage)
    stage.leap("2021-11-03 09:01")
    await told.answer(stage, "m1", ("2021-11-15 09:00", "2021-11-15 10:30"))
    await told.answer(stage, "c1", ("2021-11-15 09:30", "2021-11-15 10:30"), days[1])

    await told.propose(stage)
    await stage.run_due()

    async with stage.app.store.reading() as tx:
        letters = await outbox.listing(tx, kinds=["proposal"])
    stood = [(one.message.to.address, one.state, len(one.message.letter.facts["meetings"])) for one in letters]
    assert sorted(stood) == [
        ("focal@c1.example", "accepted", 2),
        ("focal@c1.example", "cancelled", 2),
        ("focal@m1.example", "accepted", 1),
        ("focal@m1.example", "cancelled", 1),
        ("focal@m2.example", "accepted", 1),
    ]
