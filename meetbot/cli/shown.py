"""How plans and rundowns look on a terminal, and the same as plain JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from meetbot.cli.shell import inert
from meetbot.core import meetings, rundown, times
from meetbot.core.model import Meeting, Programme
from meetbot.core.rundown import Expected
from meetbot.flows.programme import Plan, hosts_with_calls

_SIGNS = {"+": "green", "~": "yellow", "-": "red"}
_SIGN_OF = {
    meetings.Create: "+",
    meetings.Adopt: "~",
    meetings.Update: "~",
    meetings.Cancel: "-",
    meetings.DeleteTwin: "-",
    meetings.Gone: "!",
    meetings.TooLate: "!",
    meetings.Wait: "!",
    meetings.Refuse: "!",
    meetings.Keep: " ",
}


def zones_of(programme: Programme) -> tuple[str, ...]:
    """The programme's own zone first, then one zone of each different offset among its organisations."""
    some_day = next(iter(programme.meetings.values())).interval.start if programme.meetings else None
    if some_day is None:
        return (programme.zone,)
    chosen = {times.offset(some_day, programme.zone): programme.zone}
    for organisation in programme.organisations.values():
        chosen.setdefault(times.offset(some_day, organisation.zone), organisation.zone)
    return tuple(chosen.values())


def table(title: str | None = None) -> Table:
    """A table without a right border: Khmer and Lao letters are of odd width in terminals."""
    from rich import box

    return Table(title=title, box=box.SIMPLE, title_justify="left", pad_edge=False, show_edge=False)


def print_plan(console: Console, plan: Plan) -> None:
    """The plan as an organiser reads it: what changes, at Zoom, who hears of it, which cues, in all zones involved."""
    programme = plan.programme
    console.print(Text(inert(programme.title), style="bold"))
    for conflict in plan.conflicts:
        console.print(Text(f"! {inert(conflict)}", style="bold red"))
    _print_changes(console, plan)
    for meeting in programme.meetings.values():
        _print_meeting(console, programme, meeting)
    _print_zoom(console, plan)
    _print_told(console, plan)
    for key, cues in plan.cues.items():
        if cues:
            console.print(cue_table(programme, programme.meetings[key], cues))
    if programme.bilaterals is not None:
        console.print(
            Text(f"  {programme.bilaterals.title}: {programme.bilaterals.when} - no date, so nothing is created")
        )
    console.print(Text("Nothing to do." if plan.empty else "Nothing has been done yet.", style="bold"))


def _print_changes(console: Console, plan: Plan) -> None:
    shown = [change for change in plan.changes if change.what in ("programme", "meeting") or change.sign != "+"]
    for change in shown:
        console.print(Text(f"{change.sign} {inert(change.text)}", style=_SIGNS[change.sign]))
    added: dict[str, int] = {}
    for change in plan.changes:
        if change not in shown:
            added[change.what] = added.get(change.what, 0) + 1
    for what, count in added.items():
        console.print(Text(f"+ {count} {what}{'s' * (count != 1)}", style="green"))


def _print_meeting(console: Console, programme: Programme, meeting: Meeting) -> None:
    day = times.date_text(meeting.interval.start, meeting.zone)
    console.print(Text(f"\n{inert(meeting.title)} ({meeting.key})", style="bold"))
    console.print(f"  {day}  {times.span_text(meeting.interval, *zones_of(programme))}")
    room = "waiting room" if meeting.waiting_room else "no waiting room"
    recording = (
        f"recorded from {meeting.recording.first} to {meeting.recording.last}" if meeting.recording else "not recorded"
    )
    console.print(
        f"  host {meeting.host}; registration with approval, Zoom's own mails off, {room}, {recording}; "
        f"doors open {times.clock_text(meeting.opens_at, meeting.zone)}"
    )


def _print_zoom(console: Console, plan: Plan) -> None:
    if plan.intents:
        console.print(Text("\nAt Zoom", style="bold"))
    for intent in plan.intents:
        sign = _SIGN_OF[type(intent)]
        name = meetings.key_of(intent) or "all meetings"
        console.print(Text(f"{sign} {name}: {inert(intent.reason)}", style=_SIGNS.get(sign, "")))
    for host, calls in hosts_with_calls(plan.intents).items():
        console.print(f"  {calls} of the 100 create and update calls that Zoom allows {host} today")


def _print_told(console: Console, plan: Plan) -> None:
    for one in plan.told:
        console.print(
            Text(f"\nTold of the change of {one.meeting}: {len(one.people)} people, one mail each", style="bold")
        )
        console.print(f"  {one.text}")
        for person in one.people[:10]:
            console.print(Text(f"  {inert(person.name)} <{inert(person.address)}>"))
        if len(one.people) > 10:
            console.print(f"  … and {len(one.people) - 10} more")


def cue_table(programme: Programme, meeting: Meeting, cues: Sequence[rundown.Cue]) -> Table:
    """The cues to come, each with its time in every zone involved."""
    zones = zones_of(programme)
    shown = table(f"\nCues of {meeting.key}")
    shown.add_column("+")
    shown.add_column("Cue")
    shown.add_column("Segment")
    for zone in zones:
        shown.add_column(f"{times.city(zone)} ({times.offset(meeting.interval.start, zone)})")
    title_of = {segment.key: segment.title for segment in meeting.rundown}
    for cue in cues:
        hours = [f"{cue.due_at.astimezone(times.zone(zone)):%a %d %H:%M}" for zone in zones]
        shown.add_row("+", cue.kind.replace("_", " "), inert(title_of[cue.segment]), *hours)
    return shown


def plan_document(plan: Plan) -> dict[str, Any]:
    """The plan for machines."""
    return {
        "programme": plan.programme.key,
        "empty": plan.empty,
        "conflicts": list(plan.conflicts),
        "changes": [{"sign": one.sign, "what": one.what, "key": one.key, "text": one.text} for one in plan.changes],
        "zoom": [{"do": type(one).__name__.lower(), "reason": one.reason} for one in plan.intents],
        "told": [
            {"meeting": one.meeting, "change": one.text, "people": [person.address for person in one.people]}
            for one in plan.told
        ],
        "cues": [
            {"meeting": key, "cue": cue.key, "at": cue.due_at.isoformat()}
            for key, cues in plan.cues.items()
            for cue in cues
        ],
    }


def rundown_document(meeting: Meeting, expected: Sequence[Expected]) -> dict[str, Any]:
    """The rundown for machines; instants in UTC."""
    segment_of = {segment.key: segment for segment in meeting.rundown}
    return {
        "meeting": meeting.key,
        "segments": [
            {
                "key": one.segment,
                "title": segment_of[one.segment].title,
                "planned": segment_of[one.segment].interval.start.isoformat(),
                "expected": [one.interval.start.isoformat(), one.interval.end.isoformat()],
                "state": one.state,
            }
            for one in expected
        ],
    }


def rundown_table(meeting: Meeting, expected: Sequence[Expected]) -> Table:
    """Planned beside expected times, in the meeting's own zone."""
    shown = table(
        f"{meeting.key}, times in {times.city(meeting.zone)} ({times.offset(meeting.interval.start, meeting.zone)})"
    )
    for column in ("", "Segment", "Planned", "Expected"):
        shown.add_column(column)
    mark = {"done": "✓", "running": "▶", "waiting": ""}
    segment_of = {segment.key: segment for segment in meeting.rundown}
    zone = times.zone(meeting.zone)
    for one in expected:
        planned = segment_of[one.segment].interval
        was, now = (f"{t.start.astimezone(zone):%H:%M}–{t.end.astimezone(zone):%H:%M}" for t in (planned, one.interval))
        shown.add_row(mark[one.state], inert(segment_of[one.segment].title), was, now)
    return shown
