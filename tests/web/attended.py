"""A launch that is over: one college came by its own address, others under a name alone."""

from __future__ import annotations

from meetbot.core.attendance import Preliminary
from meetbot.core.model import Form, Meeting, Programme
from meetbot.core.remote import Reading
from meetbot.flows import registration
from meetbot.flows.attendance import looking, reporting
from meetbot.flows.attendance.looking import Look
from meetbot.store import attendance
from meetbot.store.engine import Store
from tests.core.builders import bkk, minutes, session

AFTER = bkk("15:10")
THIDA, HLA, DARA = "thida@cvt.example", "hla@cvt.example", "dara@npic.example"
SHOWN = ("Hla Min (CVT)", "iPhone", "NPIC training hall")


async def held(store: Store, programme: Programme) -> None:
    """Thida of cvt is proven by her address; Hla of cvt and Dara of npic are registered, and not seen."""
    forms = [
        Form("launch", THIDA, "Daw Thida Win", "cvt"),
        Form("launch", HLA, "Hla Min", "cvt"),
        Form("launch", DARA, "Sok Dara", "npic"),
    ]
    before = bkk("09:00", "2021-11-04")
    await registration.submit(store, programme, forms, now=before, by="test")
    rows = (session("14:00", "15:00", address=THIDA, name="Thida"), *(session("14:05", "15:00", name=n) for n in SHOWN))
    async with store.transaction() as tx:
        await attendance.note_reading(tx, "launch", [Reading("uuid-1", rows)], digest="first", now=AFTER)
        verdict = Preliminary("Zoom's report may still change", AFTER + minutes(10))
        meeting = programme.meetings["launch"]
        await reporting.report(tx, programme, meeting, verdict, links=store.links, now=AFTER)


async def seen(store: Store, programme: Programme) -> Look:
    return await looking.look(store, programme, meeting_of(programme))


def meeting_of(programme: Programme) -> Meeting:
    return programme.meetings["launch"]


async def counted(store: Store, programme: Programme) -> dict[str, str]:
    """The proof of everybody who is counted, by name."""
    return {one["name"]: one["proof"] for one in (await seen(store, programme)).document["lines"]}


async def key_of(store: Store, programme: Programme, name: str) -> str:
    """Key of the line that stands under this name."""
    document = (await seen(store, programme)).document
    (key,) = [one["key"] for one in (*document["open_lines"], *document["lines"]) if one["name"] == name]
    return str(key)
