"""Focal points are asked by letter with a page of their own, nudged, and named to the organiser when silent."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr

from meetbot import errors, serve
from meetbot.core import times
from meetbot.core.bilaterals import Availability, Can, Pair, State
from meetbot.core.delegations import FocalPoint, Wish
from meetbot.core.model import Programme
from meetbot.core.times import Interval
from meetbot.flows.bilaterals import asking
from meetbot.redaction import strike
from meetbot.settings import Settings
from meetbot.store import bilaterals, due, outbox, page_links
from meetbot.store.page_links import Purpose
from tests.flows.stage import PROGRAMME, Stage

pytestmark = pytest.mark.every_database

PLAN = (
    PROGRAMME
    + """
bilaterals:
  title: Bilaterals
  after: launch
  when: in the days after
  sides: [[npic], [cvt]]
  from: 2021-11-15
  to: 2021-11-19
  answers_by: 2021-11-12 17:00
"""
)
CVT = FocalPoint("Daw Khin Mar", "khin@cvt.example", "+95 1 234 567")
LINK = re.compile(r"https://meet\.example/b/([A-Za-z0-9_-]{43})\s")


def wall(text: str) -> datetime:
    return times.at(text, "Asia/Bangkok")


async def prepared(stage: Stage) -> Programme:
    """One pair; the college in Yangon has a focal point, the one in Phnom Penh has none."""
    settings = Settings(
        data_dir=stage.app.settings.data_dir, public_url="https://meet.example", zoom_client_secret=SecretStr("sandbox")
    )
    stage.app.settings = settings
    await stage.apply(PLAN)
    programme = await stage.programme()
    pair = Pair("cvt+npic", "cvt", "npic", Wish.LIKE, 1, State.WAITING, "", stage.now)
    async with stage.app.store.transaction() as tx:
        await bilaterals.add(tx, [pair])
    cvt = replace(programme.organisations["cvt"], focal_point=CVT)
    return replace(programme, organisations={**programme.organisations, "cvt": cvt})


async def delivered(stage: Stage) -> None:
    """One pass of the letters."""
    await serve.PASSES[due.Kind.LETTER](stage.app, await stage.programme(), stage.now, f"{stage.life}/letter")


async def look(stage: Stage, programme: Programme, at: str) -> asking.Nudged:
    stage.leap(at)
    async with stage.app.store.transaction() as tx:
        return await asking.nudge(tx, stage.app.store.links, programme, now=stage.now)


async def kinds(stage: Stage) -> list[tuple[str, str]]:
    async with stage.app.store.reading() as tx:
        return [(one.message.letter.kind, one.message.to.address) for one in await outbox.listing(tx)]


async def test_P30_the_letter_carries_a_link_that_opens_the_page_of_that_side_alone(stage: Stage) -> None:
    """What the reader's mailbox shows opens a page for their own organisation, until thirty days after the last day."""
    programme = await prepared(stage)
    asked = await asking.ask(stage.app.store, programme, None, now=stage.now, by="test")
    await delivered(stage)

    (mail,) = stage.mails(to=CVT.address)
    (token,) = set(LINK.findall(mail.text))
    async with stage.app.store.reading() as tx:
        link = await page_links.find(tx, token, now=stage.now)
    assert link == page_links.PageLink(1, Purpose.BILATERALS, "cvt", wall("2021-12-20 00:00"))
    assert asked == asking.Asked(
        1,
        (
            "National Polytechnic Institute (NPIC) (npic) has no focal point: "
            "name one in the programme file, or answer for it.",
        ),
    )


async def test_P32_no_file_but_the_letter_holds_the_token(stage: Stage) -> None:
    """Neither the database, its log nor the journal of what was sent opens the page; text of it is struck out."""
    programme = await prepared(stage)
    await asking.ask(stage.app.store, programme, None, now=stage.now, by="test")
    await delivered(stage)

    (token,) = set(LINK.findall(stage.mails(to=CVT.address)[0].text))
    folder = stage.app.settings.data_dir
    beside = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    async with stage.app.store.reading() as tx:
        shown = repr(await outbox.listing(tx))
    assert token.encode() not in beside
    assert token not in shown
    assert strike(f"GET https://meet.example/b/{token} 200") == "GET https://meet.example/b/*** 200"


async def test_asked_twice_is_asked_once(stage: Stage) -> None:
    """A second time nobody gets a letter, and no second page is made."""
    programme = await prepared(stage)
    await asking.ask(stage.app.store, programme, None, now=stage.now, by="test")
    again = await asking.ask(stage.app.store, programme, ["cvt"], now=stage.now, by="test")

    assert again == asking.Asked(0, ())
    assert await kinds(stage) == [("availability", CVT.address)]


async def test_P30_a_revoked_page_is_not_sent(stage: Stage) -> None:
    """The letter waits in the outbox when its link is revoked: it is cancelled, says why, and may be decided anew."""
    programme = await prepared(stage)
    await asking.ask(stage.app.store, programme, None, now=stage.now, by="test")
    async with stage.app.store.transaction() as tx:
        await page_links.revoke(tx, Purpose.BILATERALS, "cvt", now=stage.now)
    await delivered(stage)

    async with stage.app.store.reading() as tx:
        (letter,) = await outbox.listing(tx)
    assert (letter.state, letter.reason) == ("cancelled", "its page link does not open any more")
    assert stage.mails(to=CVT.address) == []
    assert await asking.ask(stage.app.store, programme, ["cvt"], now=stage.now, by="test") == asking.Asked(1, ())


async def test_the_silent_are_nudged_twice_and_then_named_once(stage: Stage) -> None:
    """48 and 24 hours before, in Yangon's office hours; after the deadline the organiser hears whom to telephone."""
    programme = await prepared(stage)
    await asking.ask(stage.app.store, programme, None, now=stage.now, by="test")

    looks = [
        await look(stage, programme, at)
        for at in (
            "2021-11-08 09:00",
            "2021-11-10 16:30",
            "2021-11-10 16:31",
            "2021-11-11 16:30",
            "2021-11-12 16:59",
            "2021-11-12 17:00",
            "2021-11-12 17:15",
        )
    ]

    first, last, until = wall("2021-11-10 16:30"), wall("2021-11-11 16:30"), wall("2021-11-12 17:00")
    assert looks == [
        asking.Nudged(0, first),
        asking.Nudged(1, last),
        asking.Nudged(0, last),
        asking.Nudged(1, until),
        asking.Nudged(0, until),
        asking.Nudged(1, None),
        asking.Nudged(0, None),
    ]
    assert await kinds(stage) == [("availability", CVT.address)] * 3 + [("silent", "launch@network.example")]


async def test_who_has_answered_is_left_in_peace(stage: Stage) -> None:
    """Neither asked, nudged nor named."""
    programme = await prepared(stage)
    await asking.ask(stage.app.store, programme, None, now=stage.now, by="test")
    monday = Interval(wall("2021-11-15 09:00"), wall("2021-11-15 12:00"))
    async with stage.app.store.transaction() as tx:
        await bilaterals.say(tx, Availability("cvt", ((monday, Can.YES),), stage.now, "focal point"))

    assert (await look(stage, programme, "2021-11-11 16:30")).letters == 0
    assert await kinds(stage) == [("availability", CVT.address)]
    assert (await asking.ask(stage.app.store, programme, ["cvt"], now=stage.now, by="test")).letters == 0


async def test_nobody_is_asked_after_the_deadline(stage: Stage) -> None:
    """The refusal says what to change."""
    programme = await prepared(stage)

    with pytest.raises(errors.UserError, match=r"ended Fri 12 Nov 2021, 17:00 Bangkok \(UTC\+7\); write a later"):
        await asking.ask(stage.app.store, programme, None, now=wall("2021-11-12 17:00"), by="test")
    with pytest.raises(errors.UserError, match="'nobody' is no organisation"):
        await asking.ask(stage.app.store, programme, ["nobody"], now=stage.now + timedelta(days=1), by="test")
