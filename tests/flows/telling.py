"""Zoom tells a stage of the launch: events come in and are acted on, and what is known then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from meetbot.core import live, times
from meetbot.flows import inbox as inbox_flow
from meetbot.store import due, facts, inbox, meetings, tables
from meetbot.store.due import Kind
from tests.flows.stage import Stage
from tests.zoom import events

ACCOUNT = events.ACCOUNT


def day(clock: str) -> datetime:
    """The instant at which clocks in Bangkok show this on the day of the launch."""
    return times.at(f"2021-11-10 {clock}", "Asia/Bangkok")


def run_of(stage: Stage, **other: Any) -> dict[str, Any]:
    """The object of a run of the launch."""
    return events.run(id=str(stage.at_zoom()[0].id), start_time=events.zulu(day("13:40")), **other)


def meeting_of(stage: Stage, **other: Any) -> dict[str, Any]:
    return {"id": stage.at_zoom()[0].id, **other}


async def tell(stage: Stage, *documents: Any) -> Mapping[str, int]:
    """These come in and are acted on; how many were taken, and ignored for which reason."""
    await bring(stage, *documents)
    return await act(stage)


async def bring(stage: Stage, *documents: Any) -> None:
    arrivals = [inbox.Arrival(str(one["event"]), events.body(one).decode(), stage.now) for one in documents]
    async with stage.app.store.transaction() as tx:
        if arrivals:
            await inbox.put(tx, arrivals, stage.app.store.links)
        await due.add(tx, Kind.INBOX, "all", stage.now)


async def act(stage: Stage, *, account: str = ACCOUNT, listens: bool = True) -> Mapping[str, int]:
    """The passes until nothing waits any more."""
    counts: Counter[str] = Counter()
    while await waits(stage):
        outcome = await inbox_flow.run(
            stage.app.store,
            await stage.programme(),
            account_id=account,
            listens=listens,
            now=stage.now,
            owner=f"{stage.life}/inbox",
        )
        counts.update(outcome.counts)
    return dict(counts)


async def waits(stage: Stage) -> bool:
    async with stage.app.store.reading() as tx:
        return any(row.due_at <= stage.now for row in await due.waiting(tx, Kind.INBOX))


async def due_at(stage: Stage, kind: Kind) -> datetime:
    async with stage.app.store.reading() as tx:
        (row,) = await due.waiting(tx, kind)
    return row.due_at


async def rows(stage: Stage) -> list[tuple[Any, ...]]:
    """State, reason and body of what came in."""
    async with stage.app.store.reading() as tx:
        columns = (tables.inbox.c[name] for name in ("state", "reason", "body"))
        return [tuple(row) for row in await tx.execute(select(*columns).order_by(tables.inbox.c.id))]


async def picture(stage: Stage) -> inbox_flow.Picture:
    async with stage.app.store.reading() as tx:
        stored = await meetings.get(tx, "launch")
        assert stored is not None
        return await inbox_flow.picture(tx, await stage.launch(), stored, now=stage.now)


async def told_of(stage: Stage) -> Mapping[str, live.LiveInstance]:
    """Every run of the launch as the store knows it."""
    async with stage.app.store.reading() as tx:
        return live.fold(await facts.of(tx, str(stage.at_zoom()[0].id)))
