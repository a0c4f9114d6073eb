"""The rundown as it really goes: which segment runs, how far behind the plan, and which cues that moves."""

from meetbot.core.rundown.commands import Move, Refused, advance, hold, slip, start
from meetbot.core.rundown.cues import (
    HELD_AT_MOST,
    NOW_ON,
    Anchor,
    Cue,
    CueKind,
    Fire,
    Missed,
    Wait,
    begins,
    cues,
    early,
    judge,
    moves,
    over,
    verdict,
)
from meetbot.core.rundown.nouns import Expected, Rundown, State, expected, overrun
from meetbot.core.rundown.stage import on_stage, plays, room_of
from meetbot.core.rundown.words import chat_text, waiting_room_text

__all__ = [
    "HELD_AT_MOST",
    "NOW_ON",
    "Anchor",
    "Cue",
    "CueKind",
    "Expected",
    "Fire",
    "Missed",
    "Move",
    "Refused",
    "Rundown",
    "State",
    "Wait",
    "advance",
    "begins",
    "chat_text",
    "cues",
    "early",
    "expected",
    "hold",
    "judge",
    "moves",
    "on_stage",
    "over",
    "overrun",
    "plays",
    "room_of",
    "slip",
    "start",
    "verdict",
    "waiting_room_text",
]
