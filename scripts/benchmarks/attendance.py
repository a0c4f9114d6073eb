"""Attendance: counted beside the pace at which Zoom hands rows out, put into forms, and set against the truth.

    scripts/bench attendance [--json]

The truth is that of a thousand meetings in the Zoom sandbox, which knows who sat before which screen. The peers are
names: WRatio of rapidfuzz in speed, and the rule of moodle-mod_zoom in whom it credits. It takes about two minutes.
"""

from __future__ import annotations

import asyncio
import random
import resource
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TypeVar

from rapidfuzz import fuzz, process, utils

from meetbot.core import attendance, letters
from meetbot.core.attendance.likeness import candidates
from meetbot.core.model import Contact, Form, Meeting, Organisation, Programme, Reader, Registrant, ReportReader, Status
from meetbot.core.remote import Reading, Session
from meetbot.core.times import Interval
from meetbot.files.report import forms
from meetbot.mail.letters import render
from scripts.benchmarks import attendance_names, attendance_truth
from scripts.benchmarks.attendance_crowd import END, HOST, OPENS, START
from scripts.benchmarks.figures import Figure, show

_T = TypeVar("_T")
_MEETINGS = 1000
_PAGE, _PAGES_A_SECOND = 300, 10  # Zoom API, Rate limits: reports are Heavy, ten a second on Pro
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


def tallied(rows: int, people: int) -> tuple[attendance.Tally, float]:
    """That many rows of that many people, and the processor's seconds that counting them takes."""
    chance = random.Random(rows)
    programme, meeting = a_programme()
    registrants = [_registrant(number) for number in range(people)]
    sessions = tuple(_session(chance, registrants[number % people]) for number in range(rows))
    readings = [Reading("uuid", sessions)]
    took, tally = _timed(
        lambda: attendance.tally(readings, registrants, programme, meeting, (), mark=lambda text: text)
    )
    return tally, took


def _registrant(number: int) -> Registrant:
    written = Form("launch", f"p{number}@college.example", f"Sok Dara {number}")
    rest = (f"o{number % 30}", Status.APPROVED, "invited", "Asia/Bangkok", "en", f"zoom-{number}")
    return Registrant(number, written, *rest, pushed=True)


def _session(chance: random.Random, one: Registrant) -> Session:
    start = OPENS + timedelta(seconds=chance.randrange(10_000))
    interval = Interval(start, start + timedelta(seconds=chance.randrange(1, 3_600)))
    return Session(one.form.name, one.form.address, one.zoom_id or "", interval)


def _timed(do: Callable[[], _T]) -> tuple[float, _T]:
    began = time.process_time()
    done = do()
    return time.process_time() - began, done


def counting() -> Iterator[Figure]:
    for rows in (30, 10_000, 100_000):
        _, took = tallied(rows, max(rows // 5, 1))
        yield Figure(f"tally of {rows:,} rows", took * 1000, "ms")
    pages = rows / _PAGE / _PAGES_A_SECOND
    yield Figure(f"of the time in which Zoom hands out {rows:,} rows", took / pages, "times", goal=0.25)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Figure(f"memory of all that, {rows:,} rows and the program", peak, "MB")


def in_forms() -> Iterator[Figure]:
    document = _document(300)
    for ending in forms.FORMS:
        forms.files(document, Reader.ORGANISER, [ending])  # once for what is read but once
        began = time.perf_counter()
        forms.files(document, Reader.ORGANISER, [ending])
        goal = 1.0 if ending == "pdf" else None
        yield Figure(f"{ending} of 300 lines", time.perf_counter() - began, "s", goal=goal)
    programme, meeting = a_programme()
    message = letters.report(
        programme, meeting, programme.reports_to[0], document=_document(5_000), version=1, revision=1
    )
    written = render(message, organiser=programme.organiser, link=None, uid=None, made_at=END)
    yield Figure("mail body on 5,000 people", len(written.html.encode()) / 1000, "kB", goal=100)


def _document(people: int) -> dict[str, object]:
    tally, _ = tallied(people * 3, people)
    return attendance.to_json(tally, state=attendance.State.FINAL, source="zoom's report", reason="twice the same")


def by_names() -> Iterator[Figure]:
    room = attendance_names.drawn(1000, 0)
    shown, names = list(room.shown.values()), [one.form.name for one in room.registrants]
    ours, those = _timed(lambda: candidates(room.shown, room.registrants, room.organisations))
    usual, _ = _timed(
        lambda: process.cdist(shown, names, scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=85)
    )
    sure = {line: [one.registrant for one in found if one.proof == "N"] for line, found in those.items()}
    came = [line for line, who in room.truth.items() if who]
    wrong = sum(found not in ([], [room.truth[line]]) for line, found in sure.items())
    yield Figure("names, 1,000 people in five scripts: wrong proposals", wrong, "", goal=0)
    missed = 1 - sum(bool(sure[line]) for line in came) / len(came)
    yield Figure("of those who came, without a proposal", 100 * missed, "%", goal=8)
    yield Figure("of WRatio's time", ours / usual, "times", goal=0.1)


def truth() -> Iterator[Figure]:
    found = asyncio.run(attendance_truth.over(range(_MEETINGS)))
    yield Figure(f"{_MEETINGS:,} meetings: people credited", found.people, "")
    yield Figure("wrongly credited", found.wrongly, "", goal=0)
    yield Figure("with other seconds than they sat there provably", found.inexact, "", goal=0)
    yield Figure("proven by Zoom, and not credited", found.proven - found.people, "", goal=0)
    yield Figure("rows of Zoom's in no line", found.lost_rows, "", goal=0)
    yield Figure("open lines for each connection that proves nothing", found.open_lines / found.unsettled, "", goal=1)
    yield Figure("by names 60 % alike: credited", found.by_names, "")
    yield Figure("by names 60 % alike: with stays of somebody else", found.wrongly_by_names, "")


if __name__ == "__main__":
    show("attendance", [*counting(), *in_forms(), *by_names(), *truth()])
