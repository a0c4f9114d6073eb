"""Whether the process does its work: loop, database, programme and clock. What is wrong is said in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from meetbot.bootstrap import App
from meetbot.errors import StoreAway, UserError
from meetbot.serve.clockwatch import ClockWatch
from meetbot.store import holds
from meetbot.store.due import Scope

#: Without a look at the store for so long, the loop is stuck or the store does not take our lease.
STUCK = timedelta(seconds=5)


class Beating(Protocol):
    """Whatever says how long ago, in real time, it last did its round."""

    @property
    def since_look(self) -> timedelta: ...

    @property
    def stopping(self) -> bool: ...


class Readiness:
    """Asked by the health page and before systemd is told."""

    def __init__(self, app: App, daemon: Beating, clock: ClockWatch) -> None:
        self._app = app
        self._daemon = daemon
        self._clock = clock
        self.held: Sequence[Scope] = ()  #: what a person holds, as it was found last; that is no fault

    @property
    def works(self) -> bool:
        """The loop goes round and the database takes what it writes."""
        return self._daemon.since_look <= STUCK

    @property
    def stopping(self) -> bool:
        """It was told to stop, and takes on nothing new."""
        return self._daemon.stopping

    async def reasons(self) -> Sequence[str]:
        """Why it is not ready; none: it is."""
        found = []
        if not self.works:
            found.append(self.stuck)
        try:
            async with self._app.store.reading() as tx:
                self.held = sorted(await holds.all_(tx))
            await self._app.programme()
        except StoreAway as error:
            found.append(str(error))
        except UserError as error:
            found.append(f"the programme cannot be read: {error.problems[0]}")
        if self._clock.wrong:
            found.append(self._clock.wrong)
        return found

    @property
    def stuck(self) -> str:
        """Since when the loop has not come round."""
        return f"no look at the store for {self._daemon.since_look.total_seconds():.0f} s"
