"""`meetbot doctor`: what an organiser should know a week before the ceremony, one line each, with what to do."""

from __future__ import annotations

import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import click

from meetbot.cli import shell

if TYPE_CHECKING:
    from meetbot.bootstrap import App

_LEAST_DISK = 200_000_000  # bytes
_CLOCK_OFF = timedelta(seconds=5)


@dataclass(frozen=True)
class Finding:
    """One thing that was checked."""

    verdict: Literal["ok", "warn", "fail"]
    what: str
    remedy: str = ""


@click.command()
@shell.as_json
@shell.in_loop
async def doctor(json_: bool) -> None:
    """Check the deployment: settings, data folder, Zoom's token, scopes and hosts, mail, clock.

    \b
    Example:  meetbot doctor
    Exit code 1 when something has to be put right.
    """
    async with shell.app() as app:
        findings = [finding async for finding in _findings(app)]
    if json_:
        shell.answer([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            click.echo(shell.inert(f"{finding.verdict:<5}{finding.what}"))
            if finding.remedy:
                click.echo(f"     {finding.remedy}")
    sys.exit(1 if any(finding.verdict == "fail" for finding in findings) else 0)


async def _findings(app: App) -> AsyncIterator[Finding]:
    yield Finding("ok", f"store {app.settings.database.partition('://')[0]}, schema up to date")
    yield _disk(app)
    async for finding in _zoom(app):
        yield finding
    yield await _mail(app)


def _disk(app: App) -> Finding:
    free = shutil.disk_usage(app.settings.data_dir).free
    folder = f"{app.settings.data_dir} has {free // 1_000_000:,} MB free"
    if free < _LEAST_DISK:
        return Finding("fail", folder, "Make room: nothing is accepted once the disk is full.")
    return Finding("ok", folder)


async def _zoom(app: App) -> AsyncIterator[Finding]:
    from meetbot import errors
    from meetbot.zoom import wire

    if not app.settings.zoom_account_id:
        yield Finding(
            "fail",
            "no Zoom account is set",
            "Make a Server-to-Server OAuth app in Zoom's Marketplace and set MEETBOT_ZOOM_ACCOUNT_ID, "
            "MEETBOT_ZOOM_CLIENT_ID and MEETBOT_ZOOM_CLIENT_SECRET.",
        )
        return
    try:
        missing = sorted(wire.SCOPES - await app.zoom.scopes())
    except errors.ZoomError as error:
        yield Finding(
            "fail",
            f"Zoom gives no token: {error}",
            "Check the MEETBOT_ZOOM_ settings and the network; activate the app.",
        )
        return
    if missing:
        remedy = "Add them to the app in Zoom's Marketplace; a new token has them at once."
        yield Finding("fail", f"the Zoom app lacks the scopes {', '.join(missing)}", remedy)
    else:
        yield Finding("ok", "Zoom gives a token with every scope that meetbot needs")
    async for finding in _hosts(app):
        yield finding
    yield await _clock(app)


async def _hosts(app: App) -> AsyncIterator[Finding]:
    from meetbot import errors

    programme = await app.programme()
    if programme is None:
        yield Finding("warn", "no programme is applied, so no host was checked", "meetbot apply FILE")
        return
    for host in sorted({meeting.host for meeting in programme.meetings.values()}):
        try:
            found = await app.zoom.check_host(host)
        except errors.ZoomError as error:
            yield Finding("fail", f"host {host}: {error}", "Name a licensed user of this account as host.")
            continue
        if not found.active:
            yield Finding("fail", f"host {host} is deactivated at Zoom", "Activate the user, or name another host.")
        elif not found.licensed:
            yield Finding(
                "fail", f"host {host} has no licence", "Registration needs a licensed host: assign a licence."
            )
        else:
            yield Finding("ok", f"host {host} is active and licensed")


async def _clock(app: App) -> Finding:
    theirs = await app.zoom.server_time()
    if theirs is None:
        return Finding("warn", "Zoom named no time to compare this machine's clock with")
    off = abs(app.clock.now() - theirs)
    if off > _CLOCK_OFF:
        remedy = "Switch on NTP: cues and reminders go by this machine's clock."
        return Finding("fail", f"this machine's clock is {off.total_seconds():.0f} s off Zoom's", remedy)
    return Finding("ok", "this machine's clock agrees with Zoom's")


async def _mail(app: App) -> Finding:
    from meetbot import errors

    try:
        found = await app.transport.check()
        if app.settings.mail_transport == "maildir":
            return Finding("warn", found, "Set MEETBOT_MAIL_TRANSPORT=smtp before the real ceremony.")
        return Finding("ok", found)
    except errors.MailError as error:
        return Finding("fail", f"the mail server does not let us send: {error}", "Check the MEETBOT_SMTP_ settings.")
