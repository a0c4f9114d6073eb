"""What the outside saw: one JSON line for each request and each effect, in the order of time, without secrets."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO

from meetbot.sandbox.answers import Json


class Ledger:
    """Kept in memory, and in a file when one is named (written afresh, a line at a time)."""

    def __init__(self, path: Path | None = None) -> None:
        self.entries: list[Json] = []
        self._requests = 0
        self._watchers: list[Callable[[datetime, Json], None]] = []
        self._file: IO[str] | None = path.open("w", encoding="utf-8", buffering=1) if path else None

    def request(
        self,
        at: datetime,
        method: str,
        path: str,
        *,
        status: int | None,
        effects: tuple[Json, ...],
        faults: list[str],
    ) -> None:
        """A request, and its effects: several effects share the request's number, one line each.

        `status` is what the client received, None when it received no whole answer.
        """
        self._requests += 1
        for effect in effects or (None,):
            self._write(
                at,
                {
                    "at": at.isoformat(timespec="milliseconds"),
                    "request": self._requests,
                    "method": method,
                    "path": path,
                    "status": status,
                    "faults": faults,
                    "effect": effect,
                },
            )

    def happened(self, at: datetime, effect: Json, faults: Sequence[str] = ()) -> None:
        """An effect that no request caused: somebody joined, somebody filled in Zoom's form, a mail came."""
        self._write(
            at,
            {
                "at": at.isoformat(timespec="milliseconds"),
                "request": None,
                "method": None,
                "path": None,
                "status": None,
                "faults": list(faults),
                "effect": effect,
            },
        )

    def watch(self, watcher: Callable[[datetime, Json], None]) -> None:
        """Call it with the moment and the effect of every entry that has one."""
        self._watchers.append(watcher)

    def close(self) -> None:
        if self._file:
            self._file.close()

    def _write(self, at: datetime, entry: Json) -> None:
        self.entries.append(entry)
        if self._file:
            self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        if entry["effect"]:
            for watcher in self._watchers:
                watcher(at, entry["effect"])
