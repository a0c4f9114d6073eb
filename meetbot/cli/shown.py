"""How plans and rundowns look on a terminal, and the same as plain JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from meetbot.cli.shell import inert
from meetbot.core import meetings, rundown, times
from meetbot.core.model import Meeting, MeetingKind, Programme
from meetbot.core.rundown import Expected
from meetbot.flows.programme import Plan, hosts_with_calls

_SIGNS = {"+": "green", "~": "yellow", "-": "red"}
_SIGN_OF = {
    meetings.Create: "+",
    meetings.Adopt: "~",
    meetings.Update: "~",
    meetings.Cancel: "-",
    meetings.Drift: "!",
    meetings.DeleteTwin: "-",
    meetings.Retire: "-",
    meetings.NoHost: "!",
    meetings.Gone: "!",
    meetings.TooLate: "!",
    meetings.Wait: "!",
    meetings.Refuse: "!",
    meetings.Keep: " ",
}


#: What is said at a cue, as the people who hear it would call it.
_CUE_NAMES = {
    rundown.CueKind.BRIEF: "brief",
    rundown.CueKind.NEXT: "you are next",
    rundown.CueKind.CLOSING: "time is nearly over",
    rundown.CueKind.RECORDING_START: "start recording",
    rundown.CueKind.RECORDING_STOP: "stop recording",
    rundown.CueKind.WAITING_ROOM: "words in the waiting room",
    rundown.CueKind.CHAT: "words in the chat",
}


def zones_of(programme: Programme, meeting: Meeting) -> dict[str, list[str]]:
    """Zones that are on one clock when the meeting starts, by their offset; the programme's own clock first."""
    found: dict[str, list[str]] = {}
    for zone in (programme.zone, *(one.zone for one in programme.organisations.values())):
        alike = found.setdefault(times.offset(meeting.interval.start, zone), [])
        if zone not in alike:
            alike.append(zone)
    return found


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
        _print_meeting(console, plan, meeting)
    if programme.bilaterals is not None and programme.bilaterals.first_on is None:
        console.print(Text(f"\n{inert(programme.bilaterals.title)}", style="bold"))
        console.print(f"  {inert(programme.bilaterals.when)}; without a date nothing is created", markup=False)
    _print_zoom(console, plan)
    if plan.empty:
        console.print(Text("\nNothing to do.", style="bold"))
        return
    _print_letters(console, plan)
    for key, cues in plan.cues.items():
        if cues:
            console.print(cue_table(programme, programme.meetings[key], cues))
    console.print(Text("\nNothing has been done yet.", style="bold"))


def _print_changes(console: Console, plan: Plan) -> None:
    shown = [change for change in plan.changes if change.what in ("programme", "meeting") or change.sign != "+"]
    for change in shown:
        console.print(Text(f"{change.sign} {inert(change.text)}", style=_SIGNS[change.sign]))
    added: dict[str, int] = {}
    for change in plan.changes:
        if change not in shown:
            added[change.what] = added.get(change.what, 0) + 1
    for what, count in added.items():
        several = {"person": "people"}.get(what, f"{what}s")
        console.print(Text(f"+ {count} {what if count == 1 else several}", style="green"))


def _print_meeting(console: Console, plan: Plan, meeting: Meeting) -> None:
    console.print(Text(f"\n{inert(meeting.title)} ({meeting.key})", style="bold"))
    if meeting.cancelled:
        console.print("  cancelled: nothing stands at Zoom, and whoever was written to is told")
        return
    zones = [alike[0] for alike in zones_of(plan.programme, meeting).values()]
    webinar = meeting.kind is MeetingKind.WEBINAR
    room = "" if webinar else ", waiting room" if meeting.waiting_room else ", no waiting room"
    lines = [
        f"{times.date_text(meeting.interval.start, meeting.zone)}, {times.span_text(meeting.interval, *zones)}",
        f"doors open {times.clock_text(meeting.opens_at, meeting.zone)}",
        f"host {_host(plan, meeting)}; registration with approval, Zoom's own mails off{room}",
    ]
    if meeting.recording:
        lines.append(f"recorded from {meeting.recording.first} to {meeting.recording.last}")
    if asked := _asked(meeting):
        lines.append(", ".join(asked))
    for line in lines:
        console.print(f"  {inert(line)}", markup=False)
    if meeting.interval.end <= plan.made_at:
        console.print(Text("! its time has passed: nothing is created and nobody is written to", style="red"))


def _asked(meeting: Meeting) -> list[str]:
    """What a meeting asks of Zoom besides."""
    asked = ["a webinar: those on stage are panelists"] if meeting.kind is MeetingKind.WEBINAR else []
    for count, what in ((len(meeting.interpreters), "interpreter"), (len(meeting.breakout_rooms), "breakout room")):
        asked += [f"{count} {what}{'s' if count > 1 else ''}"] if count else []
    return asked


def _host(plan: Plan, meeting: Meeting) -> str:
    given = plan.hosts.get(meeting.key)
    if given is None:
        return meeting.host or "nobody yet"
    return f"{given.host} ({given.reason})" + (f", {given.backup} stands by" if given.backup else "")


def _print_zoom(console: Console, plan: Plan) -> None:
    if plan.intents:
        console.print(Text("\nAt Zoom", style="bold"))
    for intent in plan.intents:
        sign = _SIGN_OF[type(intent)]
        name = meetings.key_of(intent) or "all meetings"
        console.print(Text(f"{sign} {name}: {inert(intent.reason)}", style=_SIGNS.get(sign, "")))
    for host, calls in hosts_with_calls(plan.intents).items():
        console.print(f"  {calls} of the 100 create and update calls that Zoom allows {host} in a day")
    for limit in plan.limits:
        console.print(Text(f"! {inert(limit)}", style="yellow"))


def _print_letters(console: Console, plan: Plan) -> None:
    """Who is written to because of the change itself, and who will be by and by."""
    console.print(Text("\nLetters", style="bold"))
    for one in plan.told:
        console.print(Text(f"~ {one.meeting}: {inert(one.text)}: {len(one.people)} people are told, one mail each"))
        for person in one.people[:10]:
            console.print(Text(f"    {inert(person.name)} <{inert(person.address)}>"))
        if len(one.people) > 10:
            console.print(f"    … and {len(one.people) - 10} more")
    if not plan.told:
        console.print("  nobody is written to because of this change")
    before = " and ".join(_before(one) for one in plan.programme.reminders.before)
    readers = ", ".join(f"{one.name} <{one.address}>" for one in plan.programme.reports_to)
    console.print(
        "  each registrant: received, or the link once approved" + (f"; reminded {before} before" * bool(before))
    )
    console.print(f"  the attendance report: {inert(readers) or 'nobody'}", markup=False)


def _before(duration: timedelta) -> str:
    """ "1 day", "90 minutes": the larger unit where it comes out even."""
    for unit, name in ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute")):
        if duration % unit == timedelta():
            count = duration // unit
            return f"{count} {name}{'s' * (count != 1)}"
    return str(duration)


def cue_table(programme: Programme, meeting: Meeting, cues: Sequence[rundown.Cue]) -> Table:
    """The cues to come, each with its time on every clock involved."""
    clocks = zones_of(programme, meeting)
    shown = table(f"\nCues of {meeting.key}")
    for heading in ("+", "Cue", "Segment"):
        shown.add_column(heading)
    for offset, zones in clocks.items():
        shown.add_column(f"{', '.join(times.city(zone) for zone in zones)} ({offset})")
    order = {segment.key: number for number, segment in enumerate(meeting.rundown)}
    for cue in sorted(cues, key=lambda one: (one.due_at, order[one.segment])):
        hours = [f"{cue.due_at.astimezone(times.zone(zones[0])):%a %d %H:%M}" for zones in clocks.values()]
        shown.add_row("+", _CUE_NAMES[cue.kind], inert(meeting.rundown[order[cue.segment]].title), *hours)
    return shown


def plan_document(plan: Plan) -> dict[str, Any]:
    """The plan for machines."""
    return {
        "programme": plan.programme.key,
        "empty": plan.empty,
        "conflicts": list(plan.conflicts),
        "changes": [{"sign": one.sign, "what": one.what, "key": one.key, "text": one.text} for one in plan.changes],
        "zoom": [{"do": type(one).__name__.lower(), "reason": one.reason} for one in plan.intents],
        "hosts": {key: {"host": one.host, "backup": one.backup} for key, one in plan.hosts.items()},
        "limits": list(plan.limits),
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
    if meeting.chat:
        shown.caption = "Announced in the chat too; guests without a Zoom account may not see it."
    mark = {"done": "✓", "running": "▶", "waiting": ""}
    segment_of = {segment.key: segment for segment in meeting.rundown}
    zone = times.zone(meeting.zone)
    for one in expected:
        planned = segment_of[one.segment].interval
        was, now = (f"{t.start.astimezone(zone):%H:%M}–{t.end.astimezone(zone):%H:%M}" for t in (planned, one.interval))
        shown.add_row(mark[one.state], inert(segment_of[one.segment].title), was, now)
    return shown
