"""The service: passes that run whenever something is due."""

from __future__ import annotations

from meetbot.serve.daemon import Daemon
from meetbot.serve.passes import PASSES, Pass
from meetbot.serve.signals import stopping_on_signals
from meetbot.store.due import Kind

__all__ = ["PASSES", "Daemon", "Kind", "Pass", "stopping_on_signals"]
