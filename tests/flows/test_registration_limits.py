"""Zoom's daily limits for one person are counted here first; who stands before the door goes first."""

from __future__ import annotations

from sqlalchemy import select

from meetbot.core import times
from meetbot.store import due, tables
from tests.flows.stage import Stage, form

ADD = "{method: POST, path: '/v2/meetings/*/registrants'}"
STATUS = "{method: PUT, path: '/v2/meetings/*/registrants/status'}"
NEXT_DAY = times.at("2021-11-04 00:01", "UTC")


def calls(stage: Stage, ending: str) -> int:
    return len([path for _, path in stage.writes() if path.endswith(ending)])


async def pushes(stage: Stage) -> list[tuple[object, ...]]:
    """Reason, moment and urgency of every push that waits."""
    columns = (tables.due.c.reason, tables.due.c.due_at, tables.due.c.urgency)
    waiting = select(*columns).where(tables.due.c.kind == due.Kind.PUSH, tables.due.c.state == "waiting")
    async with stage.app.store.reading() as tx:
        return [tuple(row) for row in await tx.execute(waiting.order_by(tables.due.c.id))]


async def test_P08_nobody_is_added_more_than_three_times_a_day(stage: Stage) -> None:
    """Zoom fails again and again: after three attempts the person waits for the next day, and then gets their link."""
    stage.sandbox.set_faults(f"zoom: [{{when: {ADD}, do: {{status: 500}}}}]")
    await stage.register(form("dara@npic.example"))
    await stage.until("2021-11-03 12:00")
    attempts, waits = calls(stage, "/registrants"), await pushes(stage)

    stage.sandbox.set_faults("")
    await stage.until("2021-11-04 06:59")
    before = len(stage.mails())
    await stage.until("2021-11-04 07:05")

    reason = "Zoom allows 3 registrations of one person in a day, and today's are used up"
    assert (attempts, waits) == (3, [(reason, NEXT_DAY, 1)])
    assert (before, [len(mail.links) for mail in stage.mails()]) == (0, [1])


async def test_P08_nobodys_status_is_changed_more_than_ten_times_a_day(stage: Stage) -> None:
    """Zoom says yes and does nothing: it is asked ten times, not an eleventh, and again on the next day."""
    page = {"meeting": stage.at_zoom()[0].id, "email": "hla@cvt.example", "first_name": "Hla", "last_name": "Min"}
    stage.sandbox.register({**page, "org": "Center for Vocational Training"})
    stage.sandbox.set_faults(f"zoom: [{{when: {STATUS}, do: no_effect}}]")
    await stage.until("2021-11-03 12:00")

    reason = "Zoom allows 10 changes of status of one person in a day, and today's are used up"
    assert (calls(stage, "/status"), await pushes(stage)) == (10, [(reason, NEXT_DAY, 1)])


async def test_P08_others_are_not_kept_waiting_by_somebody_whose_calls_are_used_up(stage: Stage) -> None:
    """The limit is one person's: the next one in the same pass gets their link."""
    stage.sandbox.set_faults(f"zoom: [{{when: {ADD}, do: {{status: 500}}}}]")
    await stage.register(form("dara@npic.example"))
    await stage.until("2021-11-03 12:00")
    stage.sandbox.set_faults("")

    await stage.register(form("bona@npic.example", "Keo Bona"))
    await stage.run_due()

    assert [(mail.to, len(mail.links)) for mail in stage.mails()] == [("bona@npic.example", 1)]


async def test_a_decision_in_the_last_hour_goes_before_bulk_work(stage: Stage) -> None:
    """Whoever is approved then stands before the door; a week before, nobody is in a hurry."""
    await stage.register(form("dara@npic.example"), form("eve@elsewhere.example", "Eve", "A Newspaper"))
    early = await pushes(stage)
    stage.leap("2021-11-10 13:00")
    await stage.register(form("bona@npic.example", "Keo Bona"))
    await stage.decide("eve@elsewhere.example", "approve")

    late = await pushes(stage)

    assert [urgency for _, _, urgency in early] == [1]
    assert [urgency for _, _, urgency in late] == [1, 0, 0]
