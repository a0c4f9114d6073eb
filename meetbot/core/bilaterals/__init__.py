"""Bilaterals: from "to be determined by peers" to meetings at times that both sides can."""

from meetbot.core.bilaterals.agreed import Agreed, with_agreed
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
    "with_agreed",
]
