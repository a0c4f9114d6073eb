"""`meetbot doctor`: what an organiser should know a week before the ceremony, one line each, with what to do."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from meetbot.cli import shell
from meetbot.cli.doctor import fonts, languages, returned, zoom
from meetbot.core.readiness import Finding, Level

if TYPE_CHECKING:
    from meetbot.bootstrap import App

_LEAST_DISK = 200_000_000  # bytes
_INDENT = " " * 5


@click.command()
@shell.as_json
@shell.in_loop
async def doctor(json_: bool) -> None:
    """Check the deployment: data folder, mail, clock, and whether the Zoom account can do what the programme plans.

    \b
    Example:  meetbot doctor
    Exit code 1 when something has to be put right.
    """
    async with shell.app() as app:
        findings = [finding async for finding in _findings(app)]
    if json_:
        shell.answer([asdict(finding) for finding in findings])
    else:
        _print(findings)
    sys.exit(1 if any(finding.level is Level.FAIL for finding in findings) else 0)


def _print(findings: Iterable[Finding]) -> None:
    """One line for each, with the remedy below it; on a terminal long ones are broken between words."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
    for finding in findings:
        for first, text in ((f"{finding.level:<5}", finding.text), (_INDENT, finding.remedy)):
            words = textwrap.TextWrapper(width, first, _INDENT, break_long_words=False, break_on_hyphens=False)
            for line in words.wrap(shell.inert(text)):
                click.echo(line)


async def _findings(app: App) -> AsyncIterator[Finding]:
    yield Finding(Level.OK, f"store {app.settings.database.partition('://')[0]}, schema up to date")
    yield _disk(app)
    async for finding in zoom.findings(app):
        yield finding
    yield await _mail(app)
    yield await fonts.finding(app)
    async for finding in languages.findings(app):
        yield finding
    async for finding in returned.findings(app):
        yield finding


def _disk(app: App) -> Finding:
    free = shutil.disk_usage(app.settings.data_dir).free
    folder = f"{app.settings.data_dir} has {free // 1_000_000:,} MB free"
    if free < _LEAST_DISK:
        return Finding(Level.FAIL, folder, "Make room: nothing is accepted once the disk is full.")
    return Finding(Level.OK, folder)


async def _mail(app: App) -> Finding:
    from meetbot import errors

    try:
        found = await app.transport.check()
        if app.settings.mail_transport == "maildir":
            return Finding(Level.WARN, found, "Set MEETBOT_MAIL_TRANSPORT=smtp before the real ceremony.")
        return Finding(Level.OK, found)
    except errors.MailError as error:
        return Finding(
            Level.FAIL, f"the mail server does not let us send: {error}", "Check the MEETBOT_SMTP_ settings."
        )
