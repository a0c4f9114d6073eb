"""The tables of a report, the same for the workbook, the CSV and the PDF. Times are on the clock of the meeting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from meetbot.core import times
from meetbot.files import sheet
from meetbot.files.report import naming
from meetbot.files.report.naming import Report

_FIGURES = {"Invited": 12, "Registered": 13, "Approved": 13, "Attended": 13, "Stayed 60 % or more": 13}


def groups(report: Report) -> sheet.Table:
    """The donor's table: by constituent, country, organisation, role, and where the form asked by sex."""
    columns = {"By": 15, "Group": 52, "Sex": 12, **_FIGURES, "Attended of approved": 13}
    rows = [
        (
            naming.DIVISIONS[one["division"]],
            one["name"],
            one["sex"] or "",
            one["invited"],
            *_figures(one),
            naming.share(one),
        )
        for one in report["groups"]
    ]
    return sheet.Table("Groups", columns, rows)


def crossings(report: Report) -> sheet.Table:
    """Every combination that there is, for a pivot table."""
    columns = {"Sex": 12, "Constituent": 24, "Country": 16, "Organisation": 52, "Role": 14, **_FIGURES, "Minutes": 12}
    rows = [
        (
            _sex(one["sex"], report),
            *(one[name] for name in ("constituent", "country", "organisation", "role", "invited")),
            *_figures(one),
            round(one["seconds"] / 60),
        )
        for one in report["cells"]
    ]
    return sheet.Table("Crossings", columns, rows)


def segments(report: Report) -> sheet.Table:
    """Planned beside real times, and who was there for half of the real time or more."""
    zone = report["meeting"]["zone"]
    fields = ("planned_start", "planned_end", "real_start", "real_end")
    columns = {
        "Key": 18,
        "Segment": 48,
        **{f"{field.replace('_', ' ').capitalize()}, {naming.place(report)}": 18 for field in fields},
        "Present (half the time or more)": 18,
    }
    rows = [
        (one["key"], one["title"], *(naming.local(one[field], zone) for field in fields), _count(one["present"]))
        for one in report["segments"]
    ]
    return sheet.Table("Segments", columns, rows)


def meetings(report: Report) -> sheet.Table:
    """The meetings of a report over several."""
    columns = {"Key": 26, "Meeting": 52, "Starts": 30, "State": 14, "Attended": 13, "Lines open": 13}
    rows = [
        (one["key"], one["title"], _start(one), one["state"], _count(one["attended"]), _count(one["open"]))
        for one in report["meetings"]
    ]
    return sheet.Table("Meetings", columns, rows)


def presence(report: Report) -> sheet.Table:
    """How many were there, from each moment to the next."""
    zone = report["meeting"]["zone"]
    rows = [(naming.local(at, zone), count) for at, count in report["presence"]]
    return sheet.Table("Presence", {f"From, {naming.place(report)}": 22, "Present": 12}, rows)


def people(report: Report) -> sheet.Table:
    """Everybody with their status: attended, absent, interpreters, open."""
    columns = {
        "Status": 11,
        "Name": 30,
        "Organisation": 30,
        "Country": 13,
        "Constituent": 15,
        "Role": 12,
        **({"Sex": 11} if report["asked_sex"] else {}),
        f"Joined, {naming.place(report)}": 18,
        f"Left, {naming.place(report)}": 18,
        "Minutes": 10,
        "Meetings" if report["meetings"] else "Segments": 30,
        "Known by": 22,
    }
    rows = [*_there("attended", report), *_absent(report), *_there("interpreter", report), *_open(report)]
    return sheet.Table("People", columns, rows)


def open_lines(report: Report) -> sheet.Table:
    """What waits for a person to look at it."""
    rows = [(one["name"], one["hint"], one["minutes"], one["reason"], one["key"]) for one in report["open_lines"]]
    columns = {"Name at Zoom": 34, "Address": 34, "Minutes": 10, "Why it is open": 52, "Line": 20}
    return sheet.Table("Open", columns, rows)


def facts(report: Report) -> Iterator[tuple[str, sheet.Cell]]:
    """What stands first, each with its label."""
    peak = report["peak"]
    yield "Result", naming.headline(report)
    yield "Planned", naming.planned(report)
    yield "State", naming.state(report)
    yield from (("Changed", one) for one in report["changes"])
    yield from (("To look at", one) for one in report["remarks"])
    yield "Invited (places)", report["invited"]
    for label, name in (("Registered", "registered"), ("Approved", "approved"), ("Attended", "attended")):
        yield label, _count(report[name])
    yield "Stayed 60 % of the time or more", _count(report["stayed"])
    yield "Came more than 5 minutes late", _count(report["late"])
    yield "Lines open (seen, not known for certain)", report["open"]
    if peak["at"]:
        at = times.clock_text(datetime.fromisoformat(peak["at"]), report["meeting"]["zone"])
        yield "Most people at once", f"{peak['present']} at {at}"
    yield "Median stay in minutes", report["median_minutes"]
    yield "Rows in Zoom's report", report["rows"]["in"]
    yield "of these in the waiting room, or before opening", report["rows"]["aside"]
    yield "Time zone of all tables", naming.place(report)
    if report["hidden"]:
        yield "Hidden", f"{report['hidden']} groups: smaller than five, or they would give away one that is"


def _there(status: str, report: Report) -> Iterator[tuple[sheet.Cell, ...]]:
    """The lines of guests, or of interpreters, with where they were: at which segments, or in which meetings."""
    zone, field = report["meeting"]["zone"], "meetings" if report["meetings"] else "segments"
    titles = {one["key"]: one["title"] for one in report[field]}
    for one in report["interpreters" if status == "interpreter" else "lines"]:
        when = naming.local(one["joined_at"], zone), naming.local(one["left_at"], zone), one["minutes"]
        where = "; ".join(titles[key] for key in one.get(field, ()) if key in titles)
        yield status, *_who(one, report), *when, where, naming.known_by(one)


def _absent(report: Report) -> Iterator[tuple[sheet.Cell, ...]]:
    for one in report["absent"]:
        yield "absent", *_who(one, report), None, None, 0, "", ""


def _open(report: Report) -> Iterator[tuple[sheet.Cell, ...]]:
    zone, blank = report["meeting"]["zone"], [""] * (5 if report["asked_sex"] else 4)
    for one in report["open_lines"]:
        when = naming.local(one["joined_at"], zone), naming.local(one["left_at"], zone), one["minutes"]
        yield "open", one["name"], *blank, *when, "", one["reason"]


def _who(one: Mapping[str, Any], report: Report) -> tuple[sheet.Cell, ...]:
    who = (one["name"], one["organisation"], one["country"], one["constituent"], one["role"])
    return (*who, _sex(one["sex"], report)) if report["asked_sex"] else who


def _sex(sex: str | None, report: Report) -> str:
    return sex or ("not stated" if report["asked_sex"] else "not asked")


def _figures(one: Mapping[str, Any]) -> tuple[sheet.Cell, ...]:
    return tuple(_count(one[name]) for name in ("registered", "approved", "attended", "stayed"))


def _count(count: int | None) -> sheet.Cell:
    return naming.HIDDEN if count is None else count


def _start(meeting: Mapping[str, Any]) -> str:
    start, zone = datetime.fromisoformat(meeting["starts_at"]), meeting["zone"]
    return f"{times.date_text(start, zone)}, {times.clock_text(start, zone)}"
