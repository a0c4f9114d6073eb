"""Bilaterals: from "to be determined by peers" to meetings at times that both sides can."""

from meetbot.core.bilaterals.agreed import Agreed, said_since, with_agreed, with_spoken
from meetbot.core.bilaterals.nouns import ANNOUNCED, Availability, Can, Delegate, Pair, State
from meetbot.core.bilaterals.problem import Blocker, Grid, Placement, Problem, Request, Schedule

__all__ = [
    "ANNOUNCED",
    "Agreed",
    "Availability",
    "Blocker",
    "Can",
    "Delegate",
    "Grid",
    "Pair",
    "Placement",
    "Problem",
    "Request",
    "Schedule",
    "State",
    "said_since",
    "with_agreed",
    "with_spoken",
]
