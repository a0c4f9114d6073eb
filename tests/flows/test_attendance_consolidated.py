"""Once the last meeting has its report, all of them come in one, by themselves and once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from meetbot.core import times
from meetbot.store import attendance, due
from tests.flows import bilateral_stage as told
from tests.flows.stage import PROGRAMME, Stage, form

SECOND = """\
  second:
    title: Second Meeting
    date: 2021-11-11
    start: 14:00
    end: 15:00
    host: host@network.example
    rundown:
      talk: {title: Talk, start: 14:00, end: 15:00}
"""
TWO = PROGRAMME + SECOND
THREE = TWO + SECOND.replace("second", "third").replace("Second", "Third").replace("2021-11-11", "2021-11-13")


async def pass_to(stage: Stage, wall: str) -> None:
    """What has become due meanwhile is done at that moment."""
    stage.leap(wall)
    await stage.run_due()


async def held(stage: Stage, number: int, day: str) -> None:
    """Dara and the host are there from 14:00 to 14:50."""
    await pass_to(stage, f"{day} 13:20")
    zoom_id = stage.at_zoom()[number].id
    link = next(mail for mail in stage.mails("dara@npic.example") if mail.links and str(zoom_id) in str(mail.links))
    host: dict[str, Any] = {"person": "host", "email": "host@network.example"}
    dara: dict[str, Any] = {"person": "dara", "join_link": next(iter(link.links))}
    acts = [("13:25", "start", host), ("14:00", "waiting", dara), ("14:00", "admit", {"person": "dara"})]
    acts += [("14:50", "leave", {"person": "dara"}), ("15:00", "end", {"person": "host"})]
    moments = [(times.at(f"{day} {wall}", "Asia/Bangkok").isoformat(), action, who) for wall, action, who in acts]
    stage.sandbox.people([{"meeting": zoom_id, "at": at, "action": action, **who} for at, action, who in moments])


async def documents(stage: Stage) -> list[Any]:
    async with stage.app.store.reading() as tx:
        return [one.document for one in await attendance.reports(tx, None)]


def mails(stage: Stage) -> list[str]:
    return [mail.subject for mail in stage.mails("officer@network.example") if mail.subject.endswith("Skills Network")]


async def test_all_reports_come_in_one_once_the_last_is_final(stage: Stage) -> None:
    """Dara, who came to both, is one person; the day after nothing more is mailed."""
    await stage.apply(TWO)
    await stage.register(form("dara@npic.example"), replace(form("dara@npic.example"), meeting="second"))
    await held(stage, 0, "2021-11-10")
    await stage.until("2021-11-10 16:00")
    before = mails(stage)
    await held(stage, 1, "2021-11-11")
    await stage.until("2021-11-11 16:00")
    await pass_to(stage, "2021-11-14 09:00")

    [document] = await documents(stage)
    assert (before, mails(stage)) == ([], ["Attendance: Skills Network"])
    assert (document["state"], document["attended"]) == ("final", 1)
    assert [(one["key"], one["attended"]) for one in document["meetings"]] == [("launch", 1), ("second", 1)]
    assert [(line["name"], line["minutes"]) for line in document["lines"]] == [("Sok Dara", 100)]
    (mail,) = [mail for mail in stage.mails("officer@network.example") if mail.subject == mails(stage)[0]]
    assert sorted(mail.attachments) == [
        "attendance-network-2021-11-10-to-2021-11-11.csv",
        "attendance-network-2021-11-10-to-2021-11-11.xlsx",
    ]


async def test_a_meeting_that_was_called_off_is_not_waited_for(stage: Stage) -> None:
    """The last one never takes place, and rings no bell: the two others come in one all the same."""
    await stage.apply(THREE)
    await pass_to(stage, "2021-11-12 18:00")
    waiting = mails(stage)
    await stage.apply(f"{THREE}    cancelled: yes\n")
    await pass_to(stage, "2021-11-16 09:00")

    assert (waiting, mails(stage)) == ([], ["INCOMPLETE attendance: Skills Network"])


async def test_a_meeting_that_was_added_later_brings_one_more(stage: Stage) -> None:
    """The second one has all three; it is the second version."""
    await stage.apply(TWO)
    await pass_to(stage, "2021-11-12 18:00")
    first = mails(stage)
    await stage.apply(THREE)
    await pass_to(stage, "2021-11-16 09:00")

    assert (first, mails(stage)) == ([*first], [*first, *first])
    assert len(first) == 1
    assert [[one["key"] for one in document["meetings"]] for document in await documents(stage)] == [
        ["launch", "second"],
        ["launch", "second", "third"],
    ]


async def test_pairs_that_may_still_meet_are_waited_for(stage: Stage) -> None:
    """Until the last day on which they could."""
    await stage.apply(told.TEXT.replace("meetings:\n", f"meetings:\n{SECOND}", 1))
    await told.pair_up(stage, ("m1", "c1"))
    await pass_to(stage, "2021-11-16 23:00")
    before = mails(stage)
    await pass_to(stage, "2021-11-17 01:00")

    assert (before, mails(stage)) == ([], ["INCOMPLETE attendance: Skills Network"])


async def test_one_meeting_is_not_told_twice(stage: Stage) -> None:
    """A programme of one meeting has its report already."""
    await stage.apply(PROGRAMME)
    await pass_to(stage, "2021-11-14 09:00")

    async with stage.app.store.reading() as tx:
        assert await due.ended(tx, [due.Kind.REPORT], ["waiting", "claimed"]) == ()
    assert (mails(stage), await documents(stage)) == ([], [])
