"""Who holds which meeting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from meetbot.core import hosts
from meetbot.core.model import Meeting
from meetbot.core.readiness.findings import Finding, Level
from meetbot.core.readiness.hosts import SeenHost
from meetbot.core.remote import HostSettings


@dataclass(frozen=True)
class Duty:
    """A host whose settings Zoom shows, and the meetings that they hold."""

    host: str
    meetings: tuple[Meeting, ...]
    settings: HostSettings


def duties(coming: Iterable[Meeting], allocation: hosts.Allocation, seen: Mapping[str, SeenHost]) -> tuple[Duty, ...]:
    """What each host holds, for those whose settings Zoom shows. `seen`: by address in lower case."""
    held: dict[str, list[Meeting]] = {}
    for meeting in coming:
        if meeting.key in allocation.assigned:
            held.setdefault(allocation.assigned[meeting.key].host.casefold(), []).append(meeting)
    return tuple(
        Duty(host, tuple(meetings), settings)
        for host, meetings in held.items()
        if host in seen and (settings := seen[host].settings) is not None
    )


def check_hosting(
    coming: Iterable[Meeting], allocation: hosts.Allocation, barred: Mapping[str, str]
) -> Iterator[Finding]:
    """Whether every meeting has a host to itself, and stands at Zoom as planned.

    `barred`: why no join link of a meeting may leave, by its key.
    """
    for clash in allocation.clashes:
        yield _with_remedy(clash)
    for meeting in coming:
        if meeting.key in allocation.without:
            yield _with_remedy(f"{meeting.key} has no host, because {allocation.without[meeting.key]}")
        if meeting.key in barred:
            remedy = "See what differs with meetbot drift, and choose there, or put it right at Zoom."
            yield Finding(Level.FAIL, f"no join link of {meeting.key} is sent: {barred[meeting.key]}", remedy)


def _with_remedy(sentence: str) -> Finding:
    """What is wrong, and behind the last colon what to do."""
    wrong, _, remedy = sentence.rpartition(": ")
    return Finding(Level.FAIL, wrong, f"{remedy[:1].upper()}{remedy[1:]}.")
