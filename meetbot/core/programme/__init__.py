"""What differs between two programmes, and what looks odd in one. Faults of the file are found where it is read."""

from meetbot.core.programme.changes import Change, change_text, diff, moved
from meetbot.core.programme.oddities import Oddity, oddities

__all__ = ["Change", "Oddity", "change_text", "diff", "moved", "oddities"]
