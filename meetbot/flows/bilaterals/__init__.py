"""Bilaterals: pairs come in, focal points are asked, times are found and offered, confirmed, followed to the report."""

from meetbot.flows.bilaterals.answering import Known, answer, known, name_delegation
from meetbot.flows.bilaterals.asking import Asked, Nudged, ToAsk, ask, nudge, page, would_ask
from meetbot.flows.bilaterals.confirming import Confirmed, confirm
from meetbot.flows.bilaterals.deciding import agree, cancel, decline
from meetbot.flows.bilaterals.following import follow, run
from meetbot.flows.bilaterals.going_on import GoingOn, go_on, would_go_on
from meetbot.flows.bilaterals.interpreting import (
    InterpreterSwap,
    interpreter_back,
    interpreter_drops_out,
    swap_interpreter,
    would_move_left,
)
from meetbot.flows.bilaterals.moving import Move, Moving, move, would_move
from meetbot.flows.bilaterals.proposing import Found, Proposed, find, propose
from meetbot.flows.bilaterals.series import agree_to_series, ask_for_series, decline_series
from meetbot.flows.bilaterals.taking import TakenIn, take_in

__all__ = [
    "Asked",
    "Confirmed",
    "Found",
    "GoingOn",
    "InterpreterSwap",
    "Known",
    "Move",
    "Moving",
    "Nudged",
    "Proposed",
    "TakenIn",
    "ToAsk",
    "agree",
    "agree_to_series",
    "answer",
    "ask",
    "ask_for_series",
    "cancel",
    "confirm",
    "decline",
    "decline_series",
    "find",
    "follow",
    "go_on",
    "interpreter_back",
    "interpreter_drops_out",
    "known",
    "move",
    "name_delegation",
    "nudge",
    "page",
    "propose",
    "run",
    "swap_interpreter",
    "take_in",
    "would_ask",
    "would_go_on",
    "would_move",
    "would_move_left",
]
