"""Who was there: Zoom's report read with patience, counted, settled where it proves nothing, and mailed."""

from meetbot.flows.attendance.collecting import FIRST_LOOK, ONCE_TOLD, collect
from meetbot.flows.attendance.reporting import renew

__all__ = ["FIRST_LOOK", "ONCE_TOLD", "collect", "renew"]
