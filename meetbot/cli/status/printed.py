"""The status for a person: what keeps things from happening comes first, and in red."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Mapping
from typing import Any

import click

from meetbot.cli import shell
from meetbot.cli.status.document import IN_DOUBT

_Part = Mapping[str, Any]


def show(found: _Part) -> None:
    """Print the document."""
    _alarms(found)
    _nodes(found)
    _meetings(found)
    _letters(found)
    _waiting(found)
    _troubles(found)


def _line(text: str, indent: int = 0, *, style: str | None = None) -> None:
    """One thing; on a terminal broken between words, so that nothing is lost at its edge."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
    begin, goes_on = " " * indent, " " * (indent + 4)
    words = textwrap.TextWrapper(width, begin, goes_on, break_long_words=False, break_on_hyphens=False)
    for line in words.wrap(shell.inert(text)):
        click.echo(click.style(line, fg=style, bold=style == "red") if style else line)


def _alarms(found: _Part) -> None:
    for one in found["holds"]:
        _line(f"HELD: {one['scope']}, since {one['shown']}, by {one['who']}: {one['why']}", style="red")
        _line(f"{one['stops']} until you give: {one['remedy']}", 4, style="red")
    for one in found["clock"]:
        _line(f"CLOCK: {one['said']} ({one['shown']})", style="red")


def _nodes(found: _Part) -> None:
    for one in found["nodes"]:
        since = f" since {one['since']['shown']}" if one["since"] else ""
        resumed = f", {one['resumed']} items resumed" if one["resumed"] else ""
        if one["alive"]:
            _line(f"Serving: {one['name']}{since}{resumed}")
    if found["programme"] and not any(one["alive"] for one in found["nodes"]):
        _line("NOT SERVING: no process works on this store; nothing happens until `meetbot serve` runs.", style="red")
    if found["being_checked"]:
        are = "outcome is" if found["being_checked"] == 1 else "outcomes are"
        _line(f"{found['being_checked']} {are} unknown and being checked", style="yellow")


def _meetings(found: _Part) -> None:
    _line(f"Programme: {found['programme'] or 'none applied yet (meetbot apply FILE)'}")
    for one in found["meetings"]:
        people = counted(one["registrants"]) if one["registrants"] else "nobody registered"
        _line(f"{one['key']}: {one['state']} - {one['reason']}; {people}", 2)
        for text in (one["live"] and one["live"]["shown"], one["events"]):
            if text:
                _line(text, 4)


def _letters(found: _Part) -> None:
    _line(f"Letters: {counted(found['letters'])}")
    if found["outlook"]:
        _line(found["outlook"], 2)
    for one in found["letters_maybe_twice"]:
        text = (
            f"letter {one['id']} ({one['kind']} to {one['name']} <{one['to']}>) may have been sent twice: {one['why']}"
        )
        _line(text, 2, style="yellow")
    _more(found, "letters_maybe_twice", ": meetbot outbox list")


def _waiting(found: _Part) -> None:
    _line(f"Waiting: {counted(found['waiting'])}")
    for one in found["held_up"]:
        _line(f"{one['count']} {one['what']} put off until {one['shown']}: {one['why']}", 2)
    for kind, since in found["overdue"].items():
        _line(f"the oldest {kind} should have been done by {since['shown']}", 2, style="yellow")
    if found["next"]:
        _line(f"Next:    {found['next']['what']}, {found['next']['shown']}")


def _troubles(found: _Part) -> None:
    for one in found["letters_in_doubt"]:
        _line(f"letter {one['id']} ({one['kind']} to {one['to']}) {one['state']}: {one['why']}", 2)
    states = [state for state in IN_DOUBT if found["letters"].get(state)]
    _more(found, "letters_in_doubt", " ".join([": meetbot outbox list", *(f"--state {state}" for state in states)]))
    for one in found["failed"]:
        _line(f"{one['what']} {one['state']} at {one['shown']}: {one['why']}", 2)
    _more(found, "failed")


def _more(found: _Part, part: str, command: str = "") -> None:
    if found["more"][part] > 0:
        _line(f"and {found['more'][part]} more{command}", 2)


def counted(counts: Mapping[str, int]) -> str:
    """ "3 queued, 1 refused"."""
    return ", ".join(f"{count} {word}" for word, count in counts.items()) or "none"
