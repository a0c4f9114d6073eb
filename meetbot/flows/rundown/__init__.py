"""Cues fire by the rundown, and a person on the day moves what is still to come, in one transaction."""

from meetbot.flows.rundown.command import Command, command
from meetbot.flows.rundown.fire import fire

__all__ = ["Command", "command", "fire"]
