"""Whether those who are expected fit into the meeting, and whether Zoom lets them in from where they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from meetbot.core.model import Meeting, MeetingKind, Organisation
from meetbot.core.readiness.duties import Duty
from meetbot.core.readiness.findings import Finding, Level, joined
from meetbot.core.remote import HostSettings

_LARGER = "Assign Zoom's Large Meetings add-on to the host, or choose a host with a larger licence."


def check_rooms(
    duty: Duty, approved: Mapping[str, Mapping[str | None, int]], organisations: Mapping[str, Organisation]
) -> Iterator[Finding]:
    """Whether the approved people fit in, and all whom the quotas still allow; host and interpreters need room too.

    `approved`: how many people by meeting and organisation, by their keys; None: of no invited organisation.
    """
    fitting: list[str] = []
    for meeting in duty.meetings:
        room = _room(meeting, duty.settings)
        there = approved.get(meeting.key, {})
        sure = sum(there.values()) + 1 + len(meeting.interpreters)
        most = sure + sum(max(0, one.quota - there.get(key, 0)) for key, one in organisations.items())
        if room is None:
            text = f"Zoom does not say how many people fit into {meeting.key}; up to {most} may come"
            yield Finding(Level.WARN, text, f"Look at the licence of host {duty.host} at zoom.us.")
        elif room < sure:
            text = (
                f"the room of {meeting.key} is too small: {sure} people with host and interpreters, and {room} fit in"
            )
            yield Finding(Level.FAIL, text, _LARGER)
        elif room < most:
            text = (
                f"the room of {meeting.key} may become too small: {sure} people so far, {most} if every organisation "
                f"uses its quota, and {room} fit in"
            )
            yield Finding(Level.WARN, text, f"Lower the quotas. Or: {_LARGER}")
        else:
            fitting.append(f"{meeting.key} (at most {most} of {room})")
    if fitting:
        yield Finding(Level.OK, f"everybody fits into {joined(fitting)}")


def _room(meeting: Meeting, settings: HostSettings) -> int | None:
    return settings.webinar_capacity if meeting.kind is MeetingKind.WEBINAR else settings.capacity


def check_countries(
    duty: Duty, organisations: Mapping[str, Organisation], country_of: Mapping[str, str]
) -> Iterator[Finding]:
    """Whether the account keeps out a country in which an organisation is.

    `country_of`: two-letter codes by organisation key, as far as they are known.
    """
    kept_out: dict[str, list[str]] = {}
    for key, country in country_of.items():
        if _keeps_out(duty.settings, country):
            kept_out.setdefault(country, []).append(organisations[key].name)
    for country, names in sorted(kept_out.items()):
        text = f"Zoom lets nobody in {country} enter meetings of host {duty.host}, so not {joined(names)}"
        remedy = (
            f"An administrator of the Zoom account allows {country} under “Approve or block entry for users from "
            "specific countries/regions”."
        )
        yield Finding(Level.FAIL, text, remedy)


def _keeps_out(settings: HostSettings, country: str) -> bool:
    approved = settings.countries_approved
    return country in settings.countries_denied or (approved is not None and country not in approved)
