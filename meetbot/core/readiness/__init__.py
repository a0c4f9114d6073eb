"""Whether the Zoom account can hold what the programme plans, found out before anybody is invited."""

from meetbot.core.readiness.app import check_clock, check_scopes
from meetbot.core.readiness.duties import Duty, check_hosting, duties
from meetbot.core.readiness.findings import Finding, Level
from meetbot.core.readiness.hosts import SeenHost, Use, check_host, uses
from meetbot.core.readiness.people import check_countries, check_entry, check_rooms
from meetbot.core.readiness.switches import check_switches

__all__ = [
    "Duty",
    "Finding",
    "Level",
    "SeenHost",
    "Use",
    "check_clock",
    "check_countries",
    "check_entry",
    "check_host",
    "check_hosting",
    "check_rooms",
    "check_scopes",
    "check_switches",
    "duties",
    "uses",
]
