"""Zoom's meetings follow the programme: read both sides, decide, act one intent at a time, read back, record."""

from meetbot.flows.meetings.look import Sight, allocate, asking, look
from meetbot.flows.meetings.sync import deleted, run, sync

__all__ = ["Sight", "allocate", "asking", "deleted", "look", "run", "sync"]
