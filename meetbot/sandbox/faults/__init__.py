"""The fault script: one YAML file that says what goes wrong, where, when, and with what chance."""

from meetbot.sandbox.faults.rules import Script
from meetbot.sandbox.faults.script import SECTIONS, ScriptError, load, read, timing

__all__ = ["SECTIONS", "Script", "ScriptError", "load", "read", "timing"]
