"""Every Zoom user whom the programme needs: hosts, backup hosts and alternative hosts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from meetbot.core import budget, times
from meetbot.core.hosts import Allocation
from meetbot.core.model import Host, Meeting
from meetbot.core.readiness.findings import Finding, Level
from meetbot.core.remote import HostSettings


class Use(StrEnum):
    """What a Zoom user is needed for."""

    HOST = "host"
    BACKUP = "backup host"
    ALTERNATIVE = "alternative host"


_UNLICENSED = {
    Use.HOST: "Registration needs a licensed host",
    Use.BACKUP: "Zoom takes only licensed users as stand-ins",
    Use.ALTERNATIVE: "Zoom refuses a meeting with such a stand-in",
}
_OTHERS = {
    Use.HOST: "Or let others hold the meetings: meetbot swap host ADDRESS",
    Use.BACKUP: "Or name another backup host in the programme.",
    Use.ALTERNATIVE: "Or take the address out of the programme.",
}


@dataclass(frozen=True)
class SeenHost:
    """What Zoom says of a user."""

    refusal: str = ""  #: why Zoom does not show the user; "" when it does
    active: bool = True
    licensed: bool = True
    settings: HostSettings | None = None  #: None: Zoom does not show them to our app


def uses(coming: Iterable[Meeting], pool: Sequence[Host], allocation: Allocation) -> dict[str, Use]:
    """What each Zoom user is needed for, by address as first written; those who hold meetings come first."""
    needed = [
        *((one.host, Use.HOST) for one in allocation.assigned.values()),
        *((one.address, Use.BACKUP if one.backup else Use.HOST) for one in pool),
        *((address, Use.ALTERNATIVE) for one in coming for address in one.alternative_hosts),
    ]
    first: dict[str, tuple[str, Use]] = {}
    for address, use in needed:
        first.setdefault(address.casefold(), (address, use))
    return dict(sorted(first.values(), key=lambda one: (list(Use).index(one[1]), one[0])))


def check_host(address: str, use: Use, seen: SeenHost, *, spent: int, now: datetime, zone: str) -> Iterator[Finding]:
    """Whether the user can do that. `spent`: creations and changes of today; `zone`: in which times are told."""
    who = f"{use} {address}"
    if seen.refusal:
        remedy = "Name a user of this Zoom account, by address or user id."
        yield Finding(Level.FAIL, f"{who}: {seen.refusal}", remedy)
    elif not seen.active:
        yield Finding(Level.FAIL, f"{who} is deactivated at Zoom", f"Activate the user. {_OTHERS[use]}")
    elif not seen.licensed:
        yield Finding(Level.FAIL, f"{who} has no licence", f"{_UNLICENSED[use]}: assign one. {_OTHERS[use]}")
    elif use is Use.ALTERNATIVE:
        yield Finding(Level.OK, f"{who} is active and licensed")
    else:
        yield from _able(who, seen, budget.WRITES_A_DAY - spent, times.clock_text(budget.next_day(now), zone))


def _able(who: str, seen: SeenHost, left: int, again: str) -> Iterator[Finding]:
    if left > 0:
        changes = f"{left} of today's {budget.WRITES_A_DAY} creations and changes of meetings left"
        yield Finding(Level.OK, f"{who} is active and licensed, {changes}")
    else:
        remedy = f"What is still to be created or changed waits until {again}; or name another host."
        yield Finding(Level.WARN, f"{who} has had all creations and changes of meetings of today", remedy)
    if seen.settings is None:
        remedy = "Give the Zoom app the scope user:read:settings:admin."
        yield Finding(Level.WARN, f"Zoom does not show what {who} may use, so that was not looked at", remedy)
