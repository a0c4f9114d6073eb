"""What a report's files are called, and the words and times that all its forms share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from meetbot.core import times

#: A version of a report's document (`core.attendance.versions.version`).
Report = Mapping[str, Any]

HIDDEN = "hidden"  #: in place of the figure of a small group, or of one that would give it away
DIVISIONS = {
    "all": "Everybody",
    "constituent": "Constituent",
    "country": "Country",
    "organisation": "Organisation",
    "role": "Role",
}
PROOFS = {"R": "registrant id", "E": "mail address", "D": "declared"}


def file_name(report: Report, ending: str) -> str:
    """A name made of [A-Za-z0-9._-]: "attendance-launch-2021-11-10.xlsx", "…-not-final.xlsx", "…-donor.pdf"."""
    meeting, zone = report["meeting"], report["meeting"]["zone"]
    days = dict.fromkeys(f"{local(meeting[which], zone):%Y-%m-%d}" for which in ("starts_at", "ends_at"))
    reader = "-donor" if report.get("for") == "donor" else ""
    state = "" if report["final"] else "-not-final"
    return re.sub(r"[^A-Za-z0-9._-]+", "-", f"attendance-{meeting['key']}-{'-to-'.join(days)}{reader}{state}.{ending}")


def headline(report: Report) -> str:
    """ "71 attended (66 proven, 5 declared), 4 lines open": what is certain, and what is not."""
    if report["attended"] is None:
        return f"Fewer than five attended, {lines_open(report)}"
    certain = f"{report['proven']} proven, {report['declared']} declared"
    return f"{report['attended']} attended ({certain}), {lines_open(report)}"


def of_approved(group: Mapping[str, Any]) -> str:
    """ "16 of 17" attended of those approved; "18 (9 approved)" where more came, as before the screen of a hall."""
    attended, approved = group["attended"], group["approved"]
    if attended is None:
        return HIDDEN
    return f"{attended} of {approved}" if attended <= approved else f"{attended} ({approved} approved)"


def share(group: Mapping[str, Any]) -> float | None:
    """Attended of approved, from 0 to 1; None where it is hidden or would say nothing: more came than were approved."""
    attended, approved = group["attended"], group["approved"]
    return attended / approved if attended is not None and approved and attended <= approved else None


def lines_open(report: Report) -> str:
    return f"{report['open']} line{'s' * (report['open'] != 1)} open"


def state(report: Report) -> str:
    """ "Final: …", "Preliminary: …" with the reason."""
    return f"{report['state'].capitalize()}: {report['reason']}"


def planned(report: Report) -> str:
    """From when to when; of several meetings from the first day to the last."""
    meeting = report["meeting"]
    interval = times.Interval(*(datetime.fromisoformat(meeting[which]) for which in ("starts_at", "ends_at")))
    first, last = (times.date_text(one, meeting["zone"]) for one in (interval.start, interval.end))
    return f"{first} to {last}" if report["meetings"] else f"{first}, {times.span_text(interval, meeting['zone'])}"


def known_by(line: Mapping[str, Any]) -> str:
    """The proof of a line, with who said it where it is somebody's word."""
    by = f" by {line['said_by']}" if line["said_by"] else ""
    return f"{PROOFS[line['proof']]}{by}"


def place(report: Report) -> str:
    """The zone as it stands in heads: "Bangkok (UTC+7)"."""
    zone: str = report["meeting"]["zone"]
    return f"{times.city(zone)} ({times.offset(datetime.fromisoformat(report['meeting']['starts_at']), zone)})"


def local(instant: str, zone: str) -> datetime:
    """The wall time there, without its zone: spreadsheet cells have none."""
    return datetime.fromisoformat(instant).astimezone(times.zone(zone)).replace(tzinfo=None)
