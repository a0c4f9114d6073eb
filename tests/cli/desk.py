"""An organiser's desk: commands typed one after the other, in a folder of their own, with the Zoom sandbox as Zoom."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal

from meetbot import bootstrap, clock, serve, settings
from meetbot.cli import root
from meetbot.sandbox import Sandbox
from meetbot.store import due
from tests.flows import stage

#: The commands go by the clock of this machine: the launch is always a week away.
DAY = (datetime.now(UTC) + timedelta(days=7)).date()
PROGRAMME = stage.PROGRAMME.replace("2021-11-10", DAY.isoformat())

FORMS = """\
Name,E-mail,Organisation,Country
Sok Dara,dara@npic.example,NPIC,Cambodia
Maria Strange,maria@elsewhere.example,A College Elsewhere,
"""


@dataclass(frozen=True)
class Answer:
    """What a command left on the terminal."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document that went to standard output."""
        return json.loads(self.out)


class Terminal(io.StringIO):
    """Standard input of a person who types this."""

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True)
class Desk:
    """Where commands are typed."""

    folder: Path
    zoom: Sandbox
    _patch: pytest.MonkeyPatch
    _capture: pytest.CaptureFixture[str]

    def run(self, *arguments: str, typed: str | None = None) -> Answer:
        """One command; `typed` None: nobody sits there."""
        self._patch.setattr(sys, "argv", ["meetbot", *arguments])
        self._patch.setattr(sys, "stdin", io.StringIO() if typed is None else Terminal(typed))
        self._capture.readouterr()
        with pytest.raises(SystemExit) as ended:
            root.main()
        out, err = self._capture.readouterr()
        return Answer(int(ended.value.code or 0), out, err)

    def write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text)
        return name

    def apply(self, programme: str = PROGRAMME) -> Answer:
        return self.run("apply", self.write("network.yaml", programme), "--yes")

    def serve(self) -> None:
        """Let the service do all that is due by now."""
        asyncio.run(_serve())

    def writes_at_zoom(self) -> list[str]:
        """Calls that reached Zoom and were not mere questions."""
        return [
            f"{entry['method']} {entry['path']}"
            for entry in self.zoom.ledger.entries
            if entry["method"] not in (None, "GET") and "/oauth/" not in entry["path"]
        ]


async def _serve() -> None:
    async with bootstrap.opened(settings.read(), clock.RealClock()) as app:
        programme = await app.needed_programme()
        for _ in range(20):
            async with app.store.reading() as tx:
                kinds = await due.kinds_due(tx, now=app.clock.now())
            for kind in kinds:
                await serve.PASSES[kind](app, programme, app.clock.now(), f"test#1/{kind}")


@contextmanager
def zoom(**setup: Any) -> Iterator[tuple[Sandbox, str]]:
    """A sandbox that answers while commands run in the foreground, and its address."""
    sandbox = Sandbox(plan="business", **setup)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(sandbox.serve()) as url:
        yield sandbox, url


def settings_for(folder: Path, url: str) -> dict[str, str]:
    """The environment of a deployment in that folder with the sandbox at that address."""
    return {
        "MEETBOT_DATA_DIR": str(folder / "data"),
        "MEETBOT_ZOOM_ACCOUNT_ID": "sandbox",
        "MEETBOT_ZOOM_CLIENT_ID": "sandbox",
        "MEETBOT_ZOOM_CLIENT_SECRET": "sandbox",
        "MEETBOT_ZOOM_API_URL": f"{url}/v2",
        "MEETBOT_ZOOM_TOKEN_URL": f"{url}/oauth/token",
    }
