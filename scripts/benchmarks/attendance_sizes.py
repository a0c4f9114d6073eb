"""What it takes to count so many rows of Zoom's and to put the report into each form: attendance_sizes ROWS.

In seconds of the processor, of which all this uses one.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from time import process_time
from typing import Any

from meetbot.core import attendance, letters
from meetbot.core.model import Contact, Form, Meeting, Organisation, Programme, Reader, Registrant, ReportReader, Status
from meetbot.core.remote import Reading, Session
from meetbot.core.times import Interval
from meetbot.files.report import forms
from meetbot.mail.letters import render
from scripts.benchmarks.attendance_crowd import END, HOST, OPENS, START
from scripts.benchmarks.attendance_measured import measured

#: Nobody prints more: a PDF of 200,000 lines has 5,000 pages.
_MOST_IN_PDF = 2_000
_COUNTRIES = ("Cambodia", "Lao PDR", "Myanmar", "China")
_ORGANISATIONS = {
    f"o{number}": Organisation(
        f"o{number}", f"College {number}", _COUNTRIES[number % 4], "training", "Asia/Bangkok", 20
    )
    for number in range(30)
}


def a_programme() -> tuple[Programme, Meeting]:
    meeting = Meeting("launch", "Launch", "", Interval(START, END), OPENS, "Asia/Bangkok", HOST)
    office = Contact("Office", "office@office.example")
    reader = ReportReader("Office", "office@office.example")
    rest = (office, (reader,), _ORGANISATIONS, {}, {meeting.key: meeting})
    return Programme("network", "Network", "Asia/Bangkok", "en", *rest), meeting


def tallied(rows: int, people: int) -> attendance.Tally:
    return counting(rows, people)()


def counting(rows: int, people: int) -> Callable[[], attendance.Tally]:
    """Ready to be timed: that many rows of that many people."""
    chance = random.Random(rows)
    programme, meeting = a_programme()
    registrants = [_registrant(number) for number in range(people)]
    readings = [Reading("uuid", tuple(_session(chance, registrants[number % people]) for number in range(rows)))]
    return lambda: attendance.tally(readings, registrants, programme, meeting, (), mark=lambda text: text)


def document(tally: attendance.Tally) -> dict[str, Any]:
    return attendance.to_json(tally, state=attendance.State.FINAL, source="zoom's report", reason="twice the same")


def mail(report: Mapping[str, Any]) -> str:
    """The body of the mail with that report."""
    programme, meeting = a_programme()
    message = letters.report(programme, meeting, programme.reports_to[0], document=report, version=1, revision=1)
    return render(message, organiser=programme.organiser, link=None, uid=None, made_at=END).html


def _registrant(number: int) -> Registrant:
    written = Form("launch", f"p{number}@college.example", f"Sok Dara {number}")
    rest = (f"o{number % 30}", Status.APPROVED, "invited", "Asia/Bangkok", "en", f"zoom-{number}")
    return Registrant(number, written, *rest, pushed=True)


def _session(chance: random.Random, one: Registrant) -> Session:
    start = OPENS + timedelta(seconds=chance.randrange(10_000))
    interval = Interval(start, start + timedelta(seconds=chance.randrange(1, 3_600)))
    return Session(one.form.name, one.form.address, one.zoom_id or "", interval)


def _made(report: Mapping[str, Any], what: str) -> object:
    return mail(report) if what == "mail" else forms.files(report, Reader.ORGANISER, [what])


def main() -> None:
    rows = int(sys.argv[1])
    people = rows // 5
    small = document(tallied(30, 6))
    endings = [ending for ending in forms.FORMS if ending != "pdf" or people <= _MOST_IN_PDF]
    seconds, megabytes, tally = measured(counting(rows, people), clock=process_time)
    found = {"tally": (seconds, megabytes)}
    report = document(tally)
    del tally
    for what in ("mail", *endings):
        _made(small, what)  # once for what is loaded but once
        found[what] = measured(partial(_made, report, what), clock=process_time)[:2]
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
