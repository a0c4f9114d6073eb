"""The day of the launch with people whom nothing proves: a namesake, a hall before one screen, a telephone."""

from __future__ import annotations

from typing import Any

from meetbot.core import times
from meetbot.core.model import Meeting
from meetbot.flows.attendance import looking
from meetbot.flows.attendance.looking import Look
from tests.flows.stage import Stage, form

CVT = "Center for Vocational Training"


async def held(stage: Stage) -> None:
    """Dara comes by her link. Hla, "NPIC training hall" and "iPhone" come without one, and stay from 14:05 to 15:00."""
    await stage.register(
        form("dara@npic.example"),
        form("visal@npic.example", "Chea Visal"),
        form("hla@cvt.example", "Hla Min", CVT),
        form("thida@cvt.example", "Daw Thida Win", CVT),
    )
    stage.leap("2021-11-10 13:00")
    await stage.until("2021-11-10 13:20")
    dara = next(iter(stage.mails("dara@npic.example")[0].links))
    stage.sandbox.people(
        [
            _acts(stage, "13:25", "start", "host", email="host@network.example"),
            _acts(stage, "14:00", "join", "dara", join_link=dara),
            _acts(stage, "14:05", "join", "one", name="Hla Min (CVT)"),
            _acts(stage, "14:05", "join", "two", name="NPIC training hall"),
            _acts(stage, "14:05", "join", "three", name="iPhone"),
            _acts(stage, "15:00", "end", "host"),
        ]
    )
    await stage.until("2021-11-10 18:00")


def _acts(stage: Stage, wall: str, action: str, person: str, **more: Any) -> dict[str, Any]:
    at = times.at(f"2021-11-10 {wall}", "Asia/Bangkok").isoformat()
    return {"meeting": stage.at_zoom()[0].id, "at": at, "action": action, "person": person, **more}


async def seen(stage: Stage) -> Look:
    return await looking.look(stage.app.store, await stage.programme(), await launch(stage))


async def launch(stage: Stage) -> Meeting:
    return (await stage.programme()).meetings["launch"]


async def line_of(stage: Stage, name: str) -> str:
    """Key of the line that stands under this name in the newest report."""
    document = (await seen(stage)).document
    (key,) = [one["key"] for one in (*document["open_lines"], *document["lines"]) if one["name"] == name]
    return str(key)
