"""1,000 registrants imported, approved, pushed to the sandbox (without its limits) and written to."""

from __future__ import annotations

import asyncio
import resource
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import xlsxwriter
from pydantic import SecretStr

from meetbot import bootstrap, clock, log, serve
from meetbot.core import times
from meetbot.files import people
from meetbot.files import programme as programme_file
from meetbot.flows import meetings, registration
from meetbot.flows import programme as programme_flow
from meetbot.rehearsal import stand_in
from meetbot.settings import Settings
from meetbot.store import due
from scripts.benchmarks.figures import Figure, show

_PEOPLE = 1000
_SPEED = 1000
_PROGRAMME = Path("config/launch.yaml")
_START = times.at("2021-11-03 09:00", "Asia/Bangkok")


def write_list(path: Path, organisation: str) -> None:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Registrations")
    sheet.write_row(0, 0, ("Name", "E-mail", "Organisation"))
    for number in range(1, _PEOPLE + 1):
        sheet.write_row(number, 0, (f"Sok Dara {number}", f"dara{number}@npic.example", organisation))
    book.close()


async def measure(text: str, folder: Path) -> dict[str, float]:
    programme = programme_file.load(text, "launch.yaml")
    meeting = programme.meetings["launch"]
    await asyncio.to_thread(write_list, folder / "list.xlsx", programme.organisations["npic"].name)
    # So fast that the client's own pacing, which the sandbox would not ask for here, takes no time.
    fast = clock.FastClock(_START, _SPEED)
    async with stand_in.running(start=_START, speed=_SPEED, seed=1, ledger=folder / "ledger", limits=False) as zoom:
        account = stand_in.ACCOUNT
        settings = Settings(
            data_dir=folder,
            zoom_account_id=account,
            zoom_client_id=account,
            zoom_client_secret=SecretStr(account),
            zoom_api_url=f"{zoom.url}/v2",
            zoom_token_url=f"{zoom.url}/oauth/token",
        )
        async with bootstrap.opened(settings, fast) as app:
            await programme_flow.apply(app.store, text, "launch.yaml", now=fast.now(), by="bench")
            programme = await app.needed_programme()
            await meetings.sync(app.store, programme, app.zoom, now=fast.now())
            took: dict[str, float] = {}
            cpu = time.process_time()
            began = lap = time.perf_counter()
            preview = people.forms(people.read(folder / "list.xlsx"), programme=programme, meeting=meeting.key)
            await registration.submit(app.store, programme, preview.forms, now=fast.now(), by="bench")
            took["import and approve"], lap = time.perf_counter() - lap, time.perf_counter()
            for name, kind in (
                ("push to Zoom, links stored", due.Kind.PUSH),
                ("letters built and laid down", due.Kind.LETTER),
            ):
                while kind in await _due(app, fast):
                    await serve.PASSES[kind](app, programme, fast.now() + timedelta(seconds=1), f"bench#1/{kind}")
                took[name], lap = time.perf_counter() - lap, time.perf_counter()
            took["all"] = time.perf_counter() - began
            took["cpu"] = time.process_time() - cpu
            laid = sum(1 for _ in (settings.maildir / "new").iterdir())
            assert laid == _PEOPLE, f"{laid} letters for {_PEOPLE} people"
    return took


async def _due(app: bootstrap.App, fast: clock.FastClock) -> tuple[due.Kind, ...]:
    async with app.store.reading() as tx:
        return await due.kinds_due(tx, now=fast.now() + timedelta(seconds=1))


def main() -> None:
    log.configure(level="ERROR")
    text = _PROGRAMME.read_text().replace("quota: 5", f"quota: {_PEOPLE}")
    with tempfile.TemporaryDirectory(prefix="meetbot-bench-") as folder:
        took = asyncio.run(measure(text, Path(folder)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    show(
        "registrants",
        [
            *(Figure(f"{_PEOPLE} registrants: {name}", took[name], "s") for name in took if name not in ("all", "cpu")),
            Figure(f"{_PEOPLE} registrants: in all", took["all"], "s"),
            Figure("of it our own processor time", took["cpu"] / took["all"] * 100, "%"),
            Figure("peak memory", peak, "MB"),
        ],
    )


if __name__ == "__main__":
    main()
