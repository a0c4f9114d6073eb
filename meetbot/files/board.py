"""The board of the bilaterals as an Excel workbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from meetbot.core import times
from meetbot.core.bilaterals import overview
from meetbot.files import sheet


def xlsx(rows: Sequence[overview.Row], *, title: str, zone: str, made_at: datetime) -> bytes:
    """One sheet, one row for each pair; the times on the clock of `zone` and on that of each side."""
    columns = {
        "Pair": 26,
        "Organisation": 34,
        "Peer": 34,
        "State": 12,
        f"Begins, {times.city(zone)}": 18,
        "Begins, organisation": 18,
        "Begins, peer": 18,
        "Language": 30,
        "Interpreter": 26,
        "In this state for (days)": 12,
        "Why": 48,
        "Next": 40,
    }
    pairs = sheet.Table("Bilaterals", columns, [_row(one, zone) for one in rows])
    return sheet.book([pairs], title=title, made_at=made_at)


def _row(one: overview.Row, zone: str) -> tuple[sheet.Cell, ...]:
    starts = [_wall(one.pair.starts_at, there) for there in (zone, one.a.zone, one.b.zone)]
    who = (one.pair.key, one.a.name, one.b.name, str(one.pair.state))
    return (*who, *starts, one.language, one.pair.interpreter or "", one.age.days, one.pair.reason, one.next_step)


def _wall(at: datetime | None, zone: str) -> datetime | None:
    """Without its zone: spreadsheet cells have none."""
    return at.astimezone(times.zone(zone)).replace(tzinfo=None) if at else None
