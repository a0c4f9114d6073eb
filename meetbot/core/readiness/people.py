"""Whether those who are expected fit into the meeting, and whether Zoom lets them in from where they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from meetbot.core.model import Meeting, MeetingKind, Organisation
from meetbot.core.readiness.duties import Duty
from meetbot.core.readiness.findings import Finding, Level, joined
from meetbot.core.remote import HostSettings, RemoteMeeting

_ALLOW = (
    "An administrator of {whose} allows {country} under “Approve or block entry for users from specific "
    "countries/regions”."
)
_LARGER = "Assign Zoom's Large Meetings add-on to the host, or choose a host with a larger licence."


def check_rooms(
    duty: Duty, approved: Mapping[str, Mapping[str | None, int]], organisations: Mapping[str, Organisation]
) -> Iterator[Finding]:
    """Whether the approved people fit in, and all whom the quotas still allow; the host needs room too.

    `approved`: how many people by meeting and organisation, by their keys; None: of no invited organisation, as are
    the interpreters.
    """
    fitting: list[str] = []
    for meeting in duty.meetings:
        room = _room(meeting, duty.settings)
        if meeting.kind is MeetingKind.WEBINAR and room == 0:
            continue  # there is no webinar add-on at all, which is told of by itself
        there = approved.get(meeting.key, {})
        sure = sum(there.values()) + 1
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
    settings = duty.settings
    kept_out = _kept_out(settings.countries_approved, settings.countries_denied, organisations, country_of)
    for country, names in kept_out.items():
        text = f"Zoom lets nobody in {country} enter meetings of host {duty.host}, so not {joined(names)}"
        yield Finding(Level.FAIL, text, _ALLOW.format(whose="the Zoom account", country=country))


def check_entry(
    title: str, remote: RemoteMeeting, organisations: Mapping[str, Organisation], country_of: Mapping[str, str]
) -> Iterator[Finding]:
    """Whether the meeting itself, as it stands at Zoom, keeps out a country in which an organisation is."""
    kept_out = _kept_out(remote.countries_approved, remote.countries_denied, organisations, country_of)
    for country, names in kept_out.items():
        text = f"Zoom lets nobody in {country} enter “{title}”, so not {joined(names)}"
        yield Finding(Level.FAIL, text, _ALLOW.format(whose="the meeting, or of the account,", country=country))


def _kept_out(
    approved: Sequence[str] | None,
    denied: Sequence[str],
    organisations: Mapping[str, Organisation],
    country_of: Mapping[str, str],
) -> Mapping[str, list[str]]:
    """By country, the names of the organisations there whose people may not enter."""
    found: dict[str, list[str]] = {}
    for key, country in sorted(country_of.items(), key=lambda one: one[1]):
        if country in denied or (approved is not None and country not in approved):
            found.setdefault(country, []).append(organisations[key].name)
    return found
