"""Zoom's side of `meetbot doctor`: read what is there, and let the core judge it."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING

from meetbot.core import readiness
from meetbot.core.readiness import Finding, Level

if TYPE_CHECKING:
    from meetbot.bootstrap import App
    from meetbot.core.model import Meeting, Organisation, Programme
    from meetbot.store.engine import Transaction


async def findings(app: App) -> AsyncIterator[Finding]:
    """Whether the app at Zoom may do what it must, and the account what the programme plans."""
    from meetbot import errors
    from meetbot.zoom import wire

    if not app.settings.zoom_account_id:
        yield Finding(
            Level.FAIL,
            "no Zoom account is set",
            "Make a Server-to-Server OAuth app in Zoom's Marketplace and set MEETBOT_ZOOM_ACCOUNT_ID, "
            "MEETBOT_ZOOM_CLIENT_ID and MEETBOT_ZOOM_CLIENT_SECRET.",
        )
        return
    try:
        granted = await app.zoom.scopes()
    except errors.ZoomError as error:
        yield Finding(
            Level.FAIL,
            f"Zoom gives no token: {error}",
            "Check the MEETBOT_ZOOM_ settings and the network; activate the app.",
        )
        return
    programme = await app.programme()
    coming = [one for one in programme.meetings.values() if _comes(app, one)] if programme else []
    asks_sex = programme is not None and programme.asks_sex
    for finding in readiness.check_scopes(
        coming, granted, needed=wire.SCOPES, optional=wire.OPTIONAL_SCOPES, asks_sex=asks_sex
    ):
        yield finding
    if programme is None:
        yield Finding(Level.WARN, "no programme is applied, so no host was checked", "meetbot apply FILE")
    elif not coming:
        yield Finding(Level.WARN, "no meeting of the programme is still to come, so no host was checked")
    else:
        try:
            async for finding in _programme(app, programme, coming):
                yield finding
        except errors.ZoomError as error:
            yield Finding(Level.FAIL, f"Zoom does not answer: {error}", "Try again in a few minutes.")
    yield readiness.check_clock(app.clock.now(), await app.zoom.server_time())


def _comes(app: App, meeting: Meeting) -> bool:
    return not meeting.cancelled and meeting.interval.end > app.clock.now()


async def _programme(app: App, programme: Programme, coming: Sequence[Meeting]) -> AsyncIterator[Finding]:
    """What the meetings to come need of Zoom."""
    from meetbot.core.meetings import MeetingState
    from meetbot.flows.meetings import allocate
    from meetbot.store import hosts, meetings, quota

    now = app.clock.now()
    async with app.store.reading() as tx:
        known = await meetings.all_(tx)
        out = await hosts.out(tx)
        spent = await quota.spent(tx, quota.Kind.WRITE, now=now)
        approved = {one.key: await _approved(tx, one) for one in coming}
    allocation = allocate(programme, known, out, now=now)
    held = (MeetingState.BLOCKED, MeetingState.DRIFTED, MeetingState.GONE)
    barred = {key: one.reason for key, one in known.items() if one.known.state in held}
    for finding in readiness.check_hosting(coming, allocation, barred):
        yield finding
    uses = readiness.uses(coming, programme.hosts, allocation)
    seen = {address.casefold(): await _seen(app, address) for address in uses}
    for address, use in uses.items():
        name = address.casefold()
        for finding in readiness.check_host(
            address, use, seen[name], spent=spent.get(name, 0), now=now, zone=programme.zone
        ):
            yield finding
    countries = _countries(programme.organisations)
    for duty in readiness.duties(coming, allocation, seen):
        for finding in (
            *readiness.check_switches(duty),
            *readiness.check_rooms(duty, approved, programme.organisations),
            *readiness.check_countries(duty, programme.organisations, countries),
        ):
            yield finding
    standing = {one.key: known[one.key].known.zoom_id for one in coming if one.key in known}
    for meeting in coming:
        if zoom_id := standing.get(meeting.key):
            async for finding in _entry(app, meeting, zoom_id, programme.organisations, countries):
                yield finding


async def _approved(tx: Transaction, meeting: Meeting) -> Counter[str | None]:
    """How many people of each organisation are approved."""
    from meetbot.core.model import Status
    from meetbot.store import registration

    return Counter(one.organisation for one in await registration.listing(tx, meeting.key, status=Status.APPROVED))


async def _entry(
    app: App,
    meeting: Meeting,
    zoom_id: str,
    organisations: Mapping[str, Organisation],
    countries: Mapping[str, str],
) -> AsyncIterator[Finding]:
    """Who may come in to a meeting that stands at Zoom; one that is gone is told of elsewhere."""
    from meetbot import errors

    try:
        remote = await app.zoom.meeting(zoom_id, meeting.kind)
    except errors.ZoomRefused:
        return
    for finding in readiness.check_entry(meeting.title, remote, organisations, countries):
        yield finding


async def _seen(app: App, address: str) -> readiness.SeenHost:
    from meetbot import errors

    try:
        user = await app.zoom.check_host(address)
    except errors.ZoomRefused as refusal:
        return readiness.SeenHost(refusal=str(refusal))
    try:
        settings = await app.zoom.host_settings(address)
    except errors.ZoomRefused:
        settings = None
    return readiness.SeenHost(active=user.active, licensed=user.licensed, settings=settings)


def _countries(organisations: Mapping[str, Organisation]) -> dict[str, str]:
    """Where each organisation is, as a two-letter code: by the name of its country, else by its time zone."""
    from babel import Locale
    from babel.core import get_global

    code_of_name = {name.casefold(): code for code, name in Locale("en").territories.items() if code.isalpha()}
    code_of_zone = get_global("zone_territories")
    found = {
        key: code_of_name.get(one.country.casefold(), code_of_zone.get(one.zone)) for key, one in organisations.items()
    }
    return {key: code for key, code in found.items() if code}
