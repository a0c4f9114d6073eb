"""The programme in force: what a file would change, its applying, and what people choose about it afterwards."""

from meetbot.flows.programme.apply import agree, apply, speak, stand_anew
from meetbot.flows.programme.choose import adopt, overwrite
from meetbot.flows.programme.current import in_force, of
from meetbot.flows.programme.plan import Plan, Told, hosts_with_calls, plan
from meetbot.flows.programme.rules import hold_what_would_move
from meetbot.flows.programme.swap import Swap, back, drop_out, swap

__all__ = [
    "Plan",
    "Swap",
    "Told",
    "adopt",
    "agree",
    "apply",
    "back",
    "drop_out",
    "hold_what_would_move",
    "hosts_with_calls",
    "in_force",
    "of",
    "overwrite",
    "plan",
    "speak",
    "stand_anew",
    "swap",
]
