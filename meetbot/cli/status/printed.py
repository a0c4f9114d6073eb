"""The status for a person: what keeps things from happening comes first, and in red."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import click

from meetbot.cli import shell
from meetbot.cli.status import words
from meetbot.cli.status.letters import IN_DOUBT
from meetbot.core.bilaterals import State
from meetbot.store.due import Scope

_Part = Mapping[str, Any]


@dataclass(frozen=True)
class _Line:
    """One thing that is said."""

    text: str
    indent: int = 0
    style: str | None = None


def show(found: _Part) -> None:
    """Print the document."""
    parts = (_alarms, _nodes, _meetings, _letters, _waiting, _troubles)
    for line in chain.from_iterable(part(found) for part in parts):
        _print(line, found["zone"])


def _print(one: _Line, zone: str) -> None:
    """On a terminal broken between words, so that nothing is lost at its edge."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
    begin, goes_on = " " * one.indent, " " * (one.indent + 4)
    wrapper = textwrap.TextWrapper(width, begin, goes_on, break_long_words=False, break_on_hyphens=False)
    for line in wrapper.wrap(shell.inert(words.on_clock_of(zone, one.text))):
        click.echo(click.style(line, fg=one.style, bold=one.style == "red") if one.style else line)


def _alarms(found: _Part) -> Iterator[_Line]:
    alike: dict[tuple[str, str, str], list[_Part]] = {}
    for hold in found["holds"]:
        alike.setdefault((hold["shown"], hold["who"], hold["why"]), []).append(hold)
    for (since, who, why), holds in alike.items():
        scopes = words.listed([one["scope"] for one in holds])
        yield _Line(f"HELD: {scopes}, since {since}, by {who}: {why}", style="red")
        yield _Line(f"{_stopped(holds)} until you give: {_remedy(holds)}", 4, "red")
    for one in found["clock"]:
        yield _Line(f"CLOCK: {one['said']} ({one['shown']})", style="red")


def _stopped(holds: list[_Part]) -> str:
    first, *others = (one["stops"] for one in holds)
    return "; ".join([first, *(f"{stops[0].lower()}{stops[1:]}" for stops in others)])


def _remedy(holds: list[_Part]) -> str:
    named = [] if len(holds) == len(Scope) else [f"--{one['scope']}" for one in holds]
    return " ".join(["meetbot resume", *named])


def _nodes(found: _Part) -> Iterator[_Line]:
    alive = [one["name"] for one in found["nodes"] if one["alive"]]
    for one in found["nodes"]:
        since = f" since {one['since']['shown']}" if one["since"] else ""
        resumed = f", {_pieces(one['resumed'])} taken over" if one["resumed"] else ""
        if one["alive"]:
            yield _Line(f"Serving: {one['name']}{since}{resumed}")
    if found["programme"] and not alive:
        yield _Line(
            "NOT SERVING: no process works on this store; nothing happens until `meetbot serve` runs.", 0, "red"
        )
    for one in found["nodes"]:
        if one["lost"]:
            others = f"; {words.listed(alive)} {'goes' if len(alive) == 1 else 'go'} on with its work" if alive else ""
            yield _Line(f"LOST: {one['name']}, no sign for {one['silent_for']}{others}", 0, "red")
    if found["being_checked"]:
        are = "outcome is" if found["being_checked"] == 1 else "outcomes are"
        yield _Line(f"{found['being_checked']} {are} unknown and being checked", style="yellow")


def _pieces(number: int) -> str:
    return f"{number} {'piece' if number == 1 else 'pieces'} of work"


def _meetings(found: _Part) -> Iterator[_Line]:
    yield _Line(f"Programme: {found['programme'] or 'none applied yet (meetbot apply FILE)'}")
    for one in found["meetings"]:
        people = counted(one["registrants"]) if one["registrants"] else "nobody registered"
        yield _Line(f"{one['key']}: {one['state']} - {one['reason']}; {people}", 2)
        for text in (one["live"] and one["live"]["shown"], one["events"]):
            if text:
                yield _Line(text, 4)
    if pairs := found["bilaterals"]:
        stuck = "yellow" if State.STUCK in pairs else None
        yield _Line(f"Bilaterals: {counted(pairs)}; see meetbot bilaterals", 0, stuck)


def _letters(found: _Part) -> Iterator[_Line]:
    yield _Line(f"Letters: {counted(found['letters'])}")
    if found["outlook"]:
        yield _Line(found["outlook"], 2)
    for one in found["letters_maybe_twice"]:
        reader = f"{one['name']} <{one['to']}>"
        text = f"letter {one['id']} ({one['kind']} to {reader}) may have been sent twice: {one['why']}"
        yield _Line(text, 2, "yellow")
    yield from _more(found, "letters_maybe_twice", ": meetbot outbox list")


def _waiting(found: _Part) -> Iterator[_Line]:
    waiting = ", ".join(words.count(number, kind) for kind, number in found["waiting"].items())
    yield _Line(f"Waiting: {waiting or 'nothing'}")
    for one in found["held_up"]:
        yield _Line(f"{words.count(one['count'], one['what'])} put off until {one['shown']}: {one['why']}", 2)
    for kind, since in found["overdue"].items():
        yield _Line(f"the oldest {words.COUNTED[kind][0]} should have been done by {since['shown']}", 2, "yellow")
    if found["next"]:
        yield _Line(f"Next:    {found['next']['what']}, {found['next']['shown']}")


def _troubles(found: _Part) -> Iterator[_Line]:
    for one in found["letters_in_doubt"]:
        yield _Line(f"letter {one['id']} ({one['kind']} to {one['to']}) {one['state']}: {one['why']}", 2)
    states = [state for state in IN_DOUBT if found["letters"].get(state)]
    command = " ".join([": meetbot outbox list", *(f"--state {state}" for state in states)])
    yield from _more(found, "letters_in_doubt", command)
    for one in found["failed"]:
        yield _Line(f"{one['what']} {one['state']} at {one['shown']}: {one['why']}", 2)
    yield from _more(found, "failed")


def _more(found: _Part, part: str, command: str = "") -> Iterator[_Line]:
    if found["more"][part] > 0:
        yield _Line(f"and {found['more'][part]} more{command}", 2)


def counted(counts: Mapping[str, int]) -> str:
    """ "3 queued, 1 refused"."""
    return ", ".join(f"{count} {word}" for word, count in counts.items()) or "none"
