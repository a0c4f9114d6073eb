"""Meetings get their hosts in one decision, and a host who drops out is replaced."""

from __future__ import annotations

import pytest

from meetbot.core import times
from meetbot.core.meetings import MeetingState
from meetbot.errors import UserError
from meetbot.flows import programme
from meetbot.store import meetings
from tests.flows.stage import PROGRAMME, Stage, form

POOL = PROGRAMME.replace(
    "meetings:\n",
    """hosts:
  - {address: first@network.example, licence: pro}
  - {address: second@network.example, licence: pro}
  - {address: standby@network.example, licence: pro, backup: yes}
meetings:
  talk: {title: Talk, date: 2021-11-12, start: 10:00, end: 11:00}
  clash: {title: Clash, date: 2021-11-12, start: 10:30, end: 11:30}
""",
)


async def holders(stage: Stage) -> dict[str, str | None]:
    async with stage.app.store.reading() as tx:
        return {key: one.known.host for key, one in (await meetings.all_(tx)).items()}


async def test_two_meetings_at_a_time_have_two_hosts_and_one_that_stands_by(stage: Stage) -> None:
    """Never two on one licence; the backup host is an alternative host of both."""
    await stage.apply(POOL)

    assert await holders(stage) == {
        "launch": "host@network.example",
        "talk": "first@network.example",
        "clash": "second@network.example",
    }
    alternatives = {one.topic: one.alternative_hosts for one in stage.at_zoom()}
    assert alternatives["Talk"] == alternatives["Clash"] == ["standby@network.example"]


async def test_a_host_stays_with_a_meeting_when_others_come(stage: Stage) -> None:
    """Another host would be another link for everybody."""
    await stage.apply(POOL)
    before = await holders(stage)

    await stage.apply(
        POOL.replace("meetings:\n", "meetings:\n  new: {title: New, date: 2021-11-12, start: 08:00, end: 09:00}\n")
    )

    after = await holders(stage)
    assert {key: after[key] for key in before} == before
    assert len([one for one in stage.at_zoom() if one.topic == "Talk"]) == 1


async def test_A05_a_meeting_that_moves_to_where_its_host_is_taken_is_made_anew_with_another_host(stage: Stage) -> None:
    """Zoom hands no meeting to another user, so the old one would stay beside the other on one licence."""
    one_host = POOL.replace("  - {address: second@network.example, licence: pro}\n", "").replace(
        "start: 10:30, end: 11:30", "start: 14:00, end: 15:00"
    )
    await stage.apply(one_host)

    await stage.apply(POOL)
    await stage.run_due()

    at_zoom = {one.topic: one.host.email for one in stage.at_zoom()}
    assert len(stage.at_zoom()) == 3
    assert {at_zoom["Talk"], at_zoom["Clash"]} == {"first@network.example", "second@network.example"}


async def test_F15_a_host_who_drops_out_is_replaced_and_everybody_gets_a_link_that_works(stage: Stage) -> None:
    """The old meeting goes once the new one stands; one mail, the same calendar entry."""
    await stage.apply(POOL)
    await stage.register(form("dara@npic.example"))
    await stage.run_due()

    decided = await programme.drop_out(stage.app.store, "host@network.example", now=stage.now, by="test")
    await stage.until("2021-11-03 09:30")

    link, again = stage.mails("dara@npic.example")
    assert (dict(decided.moved), dict(decided.stays), decided.people) == ({"launch": "first@network.example"}, {}, 1)
    assert [one.host.email for one in stage.at_zoom() if one.topic == "Launching Ceremony"] == ["first@network.example"]
    assert (len(again.links), again.links & link.links) == (1, set())
    assert (again.entry.uid, again.entry.sequence) == (link.entry.uid, 1)


async def test_a_dry_run_of_a_swap_changes_nothing(stage: Stage) -> None:
    """The same decision, and nothing of it."""
    await stage.apply(POOL)
    before, writes = await holders(stage), stage.writes()

    decided = await programme.swap(stage.app.store, "host@network.example", now=stage.now)

    assert dict(decided.moved) == {"launch": "first@network.example"}
    assert (await holders(stage), stage.writes()) == (before, writes)


async def test_what_cannot_be_moved_stays_with_its_reason(stage: Stage) -> None:
    """People are inside already: the host cannot be taken from under them."""
    await stage.apply(POOL)
    stage.leap("2021-11-10 14:00")
    await stage.until("2021-11-10 14:05")

    decided = await programme.swap(stage.app.store, "host@network.example", now=stage.now)

    assert (dict(decided.moved), dict(decided.stays)) == ({}, {"launch": "people are or may be inside"})


async def test_a_host_nobody_knows_cannot_drop_out(stage: Stage) -> None:
    """A slip of the pen is said at once."""
    with pytest.raises(UserError) as refused:
        await programme.swap(stage.app.store, "nobody@network.example", now=stage.now)

    assert refused.value.problems == (
        "nobody@network.example holds no meeting that is still to come, and is not among the hosts of the programme.",
    )


async def test_a_meeting_without_a_free_host_waits_and_says_what_to_do(stage: Stage) -> None:
    """Three at a time on two hosts and their backup fit; a fourth does not."""
    crowd = "".join(f"  m{n}: {{title: M{n}, date: 2021-11-15, start: 10:00, end: 11:00}}\n" for n in range(4))

    await stage.apply(POOL.replace("meetings:\n", f"meetings:\n{crowd}"))

    async with stage.app.store.reading() as tx:
        known = await meetings.all_(tx)
    states = {key: known[key].known.state for key in ("m0", "m1", "m2", "m3")}
    assert sorted(states.values()) == [MeetingState.CREATED] * 3 + [MeetingState.PLANNED]
    (waiting,) = [key for key, one in states.items() if one is MeetingState.PLANNED]
    assert "add a host" in known[waiting].reason


async def test_P08_F08_what_a_host_may_not_do_today_waits_for_tomorrow(stage: Stage) -> None:
    """95 meetings on one host: 90 today, the earliest first, and the rest after midnight UTC."""
    many = "".join(
        f"  m{n:02}: {{title: M{n:02}, date: 2021-11-{11 + n // 20}, start: '{n % 20:02}:00', minutes: 30, "
        "host: busy@network.example}\n"
        for n in range(95)
    )

    await stage.apply(PROGRAMME.replace("meetings:\n", f"meetings:\n{many}"))
    today = len([one for one in stage.at_zoom() if one.host.email == "busy@network.example"])
    stage.sandbox.leap(times.at("2021-11-04 07:01", "Asia/Bangkok"))  # 00:01 UTC
    await stage.run_due()

    assert today == 90
    assert len([one for one in stage.at_zoom() if one.host.email == "busy@network.example"]) == 95
