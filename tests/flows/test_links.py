"""A join link reaches its owner once, and once more only when it has become another one."""

from __future__ import annotations

import pytest

from meetbot import errors, serve
from meetbot.flows.registration import links
from meetbot.store import due, registration
from tests.flows.stage import PROGRAMME, Stage, form

pytestmark = pytest.mark.every_database

MOVED = PROGRAMME.replace("date: 2021-11-10", "date: 2021-11-11")
CHANGED = "Your link has changed; the one you had no longer works. Please use this one."


async def refresh(stage: Stage) -> int:
    return await links.refresh(stage.app.store, await stage.programme(), stage.app.zoom, "launch", now=stage.now)


async def push(stage: Stage) -> None:
    """Zoom is told and the letter is queued, but no letter leaves yet."""
    await serve.PASSES[due.Kind.PUSH](stage.app, await stage.programme(), stage.now, f"{stage.life}/push")


def change_link(stage: Stage, address: str) -> None:
    """Zoom gives them another link, as it may after a change of the meeting."""
    (their,) = (one for one in stage.at_zoom()[0].registrants.values() if one.email == address)
    their.tk = f"{their.tk}Changed"


async def test_P02_a_link_that_stays_is_not_sent_again(stage: Stage) -> None:
    """Looked at after a change of the meeting: the same links, no letter."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()

    changed = await refresh(stage)
    await stage.run_due()

    assert (changed, len(stage.mails())) == (0, 1)


async def test_a_link_that_has_changed_replaces_the_old_one(stage: Stage) -> None:
    """Only its owner is written to: that the old one no longer works, with the same calendar entry, one higher."""
    await stage.register(form("dara@npic.example"), form("bona@npic.example", "Keo Bona"))
    await stage.run_due()
    change_link(stage, "dara@npic.example")

    changed = await refresh(stage)
    again = await refresh(stage)
    await stage.run_due()

    first, second = stage.mails("dara@npic.example")
    assert (changed, again, len(stage.mails("bona@npic.example"))) == (1, 0, 1)
    assert (CHANGED in first.text, CHANGED in second.text) == (False, True)
    assert second.subject == "Your new link: Launching Ceremony, Wed 10 Nov 2021, 14:00 Bangkok (UTC+7)"
    assert len(second.links) == 1 and second.links.isdisjoint(first.links)
    assert first.entry and second.entry
    assert (second.entry.uid, second.entry.sequence) == (first.entry.uid, first.entry.sequence + 1)


async def test_a_letter_that_waits_carries_the_new_link(stage: Stage) -> None:
    """The link changed before its first letter left: one letter, with the link that works."""
    await stage.register(form("dara@npic.example"))
    programme = await stage.programme()
    await push(stage)
    change_link(stage, "dara@npic.example")

    await links.refresh(stage.app.store, programme, stage.app.zoom, "launch", now=stage.now)
    await stage.run_due()

    (mail,) = stage.mails("dara@npic.example")
    assert CHANGED not in mail.text
    assert "Changed" in next(iter(mail.links))


async def test_P02_whoever_hears_of_a_new_time_gets_the_new_link_with_it(stage: Stage) -> None:
    """Moved by a day, and Zoom gave other links: one letter, not two."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()
    change_link(stage, "dara@npic.example")

    await stage.apply(MOVED)
    await stage.run_due()

    first, second = stage.mails("dara@npic.example")
    assert second.subject.startswith("Changed:")
    assert len(second.links) == 1 and second.links.isdisjoint(first.links)


async def test_P04_links_that_could_not_be_looked_at_are_looked_at_later(stage: Stage) -> None:
    """Zoom is down just then: the caller hears of it, everybody is looked up again, and only a new link is written."""
    await stage.register(form("dara@npic.example"), form("bona@npic.example", "Keo Bona"))
    await stage.run_due()
    change_link(stage, "dara@npic.example")
    stage.sandbox.set_faults("zoom: [{when: {method: GET, path: '/v2/meetings/*/registrants'}, do: {status: 503}}]")

    with pytest.raises(errors.ZoomError):
        await refresh(stage)
    stage.sandbox.set_faults("")
    await stage.until("2021-11-03 09:10")

    assert [CHANGED in mail.text for mail in stage.mails("dara@npic.example")] == [False, True]
    assert len(stage.mails("bona@npic.example")) == 1


async def test_P01_a_link_goes_with_the_approval_that_it_came_from(stage: Stage) -> None:
    """Withdrawn: nothing of it stays here; approved again: Zoom is asked for it anew."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()

    await stage.decide("dara@npic.example", "cancel")
    async with stage.app.store.reading() as tx:
        (withdrawn,) = await registration.listing(tx, "launch")
    await stage.decide("dara@npic.example", "approve")
    async with stage.app.store.reading() as tx:
        before_zoom = await registration.join_link(tx, withdrawn.id, stage.app.store.links)
    await stage.run_due()

    assert (withdrawn.pushed, before_zoom) == (False, None)
    assert len(stage.mails("dara@npic.example")[-1].links) == 1


async def test_Z14_an_answer_about_somebody_else_is_not_believed(stage: Stage) -> None:
    """Zoom answers the second addition with the first one's id and link: each still gets their own."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()
    (link,) = stage.mails("dara@npic.example")[0].links
    (dara,) = stage.at_zoom()[0].registrants.values()
    wrong = f"{{registrant_id: '{dara.id}', join_url: '{link}'}}"
    stage.sandbox.set_faults(
        f"zoom: [{{when: {{method: POST, path: '/v2/meetings/*/registrants'}}, do: {{field_changed: {wrong}}}}}]"
    )

    await stage.register(form("bona@npic.example", "Keo Bona"))
    await stage.run_due()

    (mail,) = stage.mails("bona@npic.example")
    assert len(mail.links) == 1 and link not in mail.links
