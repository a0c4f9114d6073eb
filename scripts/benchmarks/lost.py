"""1,000 creations whose answers are all lost, on 18 hosts of the sandbox: what stands at Zoom five minutes later.

Time stands still and is leapt; a third of the meetings were made before the connection broke, a third while the gateway
said 502, a third half way through the answer or not at all. The list of meetings lags 30 seconds.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from meetbot import log, serve
from meetbot.bootstrap import App
from meetbot.core import times
from meetbot.core.meetings import MeetingState, ref_in
from meetbot.core.model import Form
from meetbot.flows import meetings, registration
from meetbot.flows import programme as programme_flow
from meetbot.mail import transports
from meetbot.rehearsal import mailbox
from meetbot.sandbox import Clock, Sandbox
from meetbot.settings import Settings
from meetbot.store import due, engine, nodes, seal
from meetbot.store import meetings as store_meetings
from meetbot.zoom import auth, client
from scripts.benchmarks.figures import Figure, show

_MEETINGS = 1000
_HOSTS = 18
_REGISTERED = 200  # of the meetings have one approved person
_START = times.at("2021-11-03 09:00", "Asia/Bangkok")
_LOST = timedelta(minutes=5)
_FAULTS = """
zoom:
  - {when: {method: POST, path: "/v2/users/a*/meetings", until: "+1m"}, do: commit_then_drop}
  - {when: {method: POST, path: "/v2/users/b*/meetings", until: "+1m"}, do: commit_then_502}
  - {when: {method: POST, path: "/v2/users/c*/meetings", p: 0.4, until: "+1m"}, do: drop_before}
  - {when: {method: POST, path: "/v2/users/c*/meetings", until: "+1m"}, do: commit_then_truncate}
  - {when: {method: GET, path: "/v2/users/*/meetings"}, do: {list_lag: 30s}}
"""


class _Standing:
    """The sandbox's clock, which leaps to whatever moment somebody waits for."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def now(self) -> datetime:
        return self._sandbox.clock.now()

    async def sleep_until(self, at: datetime) -> None:
        if at > self.now():
            self._sandbox.leap(at)

    def real_delay(self, until: datetime) -> timedelta:
        return until - self.now()


def _programme() -> str:
    of_meeting = (
        "  m{n:04}: {{title: Talk {n}, date: 2021-11-{day}, start: '{hour:02}:00', minutes: 15, "
        "host: {host}@net.example}}"
    )
    rows = [
        of_meeting.format(n=n, day=11 + n // _HOSTS % 14, hour=n // (_HOSTS * 14), host=f"{'abc'[n % 3]}{n % _HOSTS}")
        for n in range(_MEETINGS)
    ]
    return "\n".join(
        [
            "key: lost",
            "title: Lost answers",
            "zone: Asia/Bangkok",
            "organiser: {name: Desk, address: desk@net.example}",
            "registration: {quota: 1000}",
            "organisations: {npic: {name: NPIC, country: Cambodia, constituent: college}}",
            "meetings:",
            *rows,
        ]
    )


async def _measure(folder: Path) -> dict[str, float]:
    sandbox = Sandbox(clock=Clock(_START, speed=0), plan="business", faults=_FAULTS, limits=False)
    settings = Settings(data_dir=folder, zoom_client_secret=SecretStr("sandbox"))
    store = await engine.open_store(settings.database, seal.from_settings("", folder))
    clock = _Standing(sandbox)
    async with sandbox.serve() as url:
        account = auth.Account("sandbox", "sandbox", "sandbox", f"{url}/v2", f"{url}/oauth/token")
        async with client.Zoom(account, clock) as zoom:
            app = App(settings, clock, store, zoom, transports.Maildir(settings.maildir))
            await programme_flow.apply(store, _programme(), "lost.yaml", now=clock.now(), by="bench")
            await _register(app)
            began = time.perf_counter()
            first = await meetings.sync(store, await app.needed_programme(), zoom, now=clock.now())
            lost = sum("unknown" in remark for remark in first.remarks)
            async with store.transaction() as tx:
                life = await nodes.start(tx, "bench", now=clock.now())
            while clock.now() < _START + _LOST:
                sandbox.leap(clock.now() + timedelta(seconds=30))
                await _act(app, str(life))
            took = time.perf_counter() - began
        standing = [one for one in sandbox.account.meetings.values() if not one.deleted]
        async with store.reading() as tx:
            known = await store_meetings.all_(tx)
    await store.aclose()
    ids = {one.known.zoom_id for one in known.values()}
    sent = mailbox.mails(settings.maildir)
    return {
        "lost": lost,
        "twins": len(standing) - len({ref_in(one.agenda) for one in standing}),
        "missing": _MEETINGS - len({ref_in(one.agenda) for one in standing}),
        "in doubt": sum(one.known.state is not MeetingState.CREATED for one in known.values()),
        "strange": sum(str(one.id) not in ids for one in standing),
        "letters": sum(bool(mail.links) for mail in sent),
        "dead": _dead(sandbox, sent),
        "twice": sum(count - 1 for count in Counter(mail.to for mail in sent if mail.links).values()),
        "took": took,
    }


async def _register(app: App) -> None:
    programme = await app.needed_programme()
    for n, key in enumerate(list(programme.meetings)[:: _MEETINGS // _REGISTERED]):
        form = Form(meeting=key, address=f"dara{n}@npic.example", name=f"Sok Dara {n}", organisation="NPIC")
        await registration.submit(app.store, programme, [form], now=app.clock.now(), by="bench")


async def _act(app: App, life: str) -> None:
    """Let every pass act on what is due, as the daemon would."""
    programme = await app.needed_programme()
    for _ in range(100):
        async with app.store.reading() as tx:
            kinds = await due.kinds_due(tx, now=app.clock.now())
        if not kinds:
            return
        for kind in kinds:
            await serve.PASSES[kind](app, programme, app.clock.now(), f"{life}/{kind}")


def _dead(sandbox: Sandbox, sent: list[mailbox.Mail]) -> int:
    """Mailed links that lead into no meeting that stands."""
    alive = {
        registrant.tk
        for meeting in sandbox.account.meetings.values()
        if not meeting.deleted
        for registrant in meeting.registrants.values()
    }
    return sum(not any(tk in link for tk in alive) for mail in sent for link in mail.links)


def main() -> None:
    log.configure(level="ERROR")
    with tempfile.TemporaryDirectory(prefix="meetbot-bench-") as folder:
        found = asyncio.run(_measure(Path(folder)))
    show(
        "lost",
        [
            Figure(f"of {_MEETINGS} creations: answers lost", found["lost"], ""),
            Figure("five minutes of programme time later: twins at Zoom", found["twins"], "", goal=0),
            Figure("planned meetings missing at Zoom", found["missing"], "", goal=0),
            Figure("meetings at Zoom that the store does not know", found["strange"], "", goal=0),
            Figure("meetings still in doubt", found["in doubt"], "", goal=0),
            Figure("letters with a join link", found["letters"], ""),
            Figure("of them with a link into no meeting that stands", found["dead"], "", goal=0),
            Figure("second letters to the same person", found["twice"], "", goal=0),
            Figure("real time", found["took"], "s"),
        ],
    )


if __name__ == "__main__":
    main()
