"""Hours of waiting on real sockets, in no time: the loop's clock leaps when nobody has anything to say."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_MOMENT = 0.002  # real seconds in which the other end may still answer


class _Leaping(selectors.DefaultSelector):
    """Waits for a moment only; what it was to wait beyond that has passed when nothing came."""

    ahead = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        patience = _MOMENT if timeout is None else min(timeout, _MOMENT)
        found = super().select(patience)
        if not found and timeout is not None:
            self.ahead += timeout - patience
        return found


def run(scene: Callable[[], Coroutine[Any, Any, T]]) -> tuple[T, float]:
    """What the scene returns, and how many seconds passed in it. Both ends must be in this process."""
    selector = _Leaping()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: time.monotonic() + selector.ahead  # type: ignore[method-assign]
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        began = loop.time()
        return runner.run(scene()), loop.time() - began
