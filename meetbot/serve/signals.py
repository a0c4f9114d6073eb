"""The signals that stop a service."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Iterator

from meetbot.serve.daemon import Daemon


@contextlib.contextmanager
def stopping_on_signals(daemon: Daemon) -> Iterator[None]:
    """SIGTERM and Ctrl+C only say stop; a second Ctrl+C is the shell's own."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, daemon.stop)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
