"""From a programme file to what stands at Zoom: seen before it is done, done after one question, and then once."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from tests.cli.desk import DAY, PROGRAMME, Desk

LAUNCH = Path(__file__).parent.parent.parent / "config" / "launch.yaml"


def test_check_of_a_sound_file_is_0(desk: Desk) -> None:
    """Remarks are no mistakes; nothing is written and nobody is called."""
    answer = desk.run("check", str(LAUNCH))

    assert (answer.code, answer.err) == (0, "")
    assert answer.out.endswith("\n\nlaunch.yaml: no mistakes, 6 remarks to read.\n")
    assert list(desk.folder.iterdir()) == []
    assert desk.zoom.ledger.entries == []


def test_P40_check_shows_every_mistake_in_its_place_with_its_remedy(desk: Desk) -> None:
    """Three mistakes of three kinds at once: file, line, column, the line with a mark, and what was meant."""
    text = LAUNCH.read_text()
    for right, wrong in (
        ("zone: Asia/Bangkok\n", "zone: Asia/Bankok\n"),
        ("  quota:", "  qouta:"),
        ("buckley]", "bukley]"),
    ):
        text = text.replace(right, wrong, 1)

    answer = desk.run("check", desk.write("launch.yaml", text))

    assert (answer.code, answer.err) == (3, "")
    assert answer.out == dedent("""\
        launch.yaml:10:7: error: 'Asia/Bankok' is not an IANA time zone, such as 'Asia/Bangkok' or 'Asia/Yangon'
            zone: Asia/Bankok
                  ^
            did you mean 'Asia/Bangkok'?

        launch.yaml:25:3: error: 'qouta' is not known here
              qouta: 5
              ^
            did you mean 'quota'?

        launch.yaml:362:25: error: 'bukley' is not written under people or organisations
                    speakers: [hao, bukley]
                                    ^
            did you mean 'buckley'?

        launch.yaml: 3 mistakes. Nothing was applied.
        """)


def test_X13_check_says_the_same_to_machines(desk: Desk) -> None:
    """One document, with the same exit code."""
    answer = desk.run("check", desk.write("network.yaml", PROGRAMME.replace("cvt}", "cvtt}")), "--json")

    assert answer.code == 3
    assert answer.document == {
        "file": "network.yaml",
        "ok": False,
        "problems": [
            {
                "kind": "error",
                "place": "network.yaml:17:69",
                "what": "'cvtt' is not written under organisations",
                "remedy": "did you mean 'cvt'?",
                "line": "  liu: {name: Mr Yutong Liu, office: Project Manager, organisation: cvtt}",
            }
        ],
    }


def test_plan_shows_what_would_be_made_and_makes_nothing(desk: Desk) -> None:
    """What is new here, at Zoom and among the cues, in every zone involved; Zoom is only asked."""
    answer = desk.run("plan", desk.write("network.yaml", PROGRAMME))

    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert lines[0] == "Skills Network"
    assert "+ launch: not at Zoom yet" in lines
    assert f"  {DAY:%a} {DAY.day} {DAY:%b %Y}, 14:00–15:00 Bangkok (UTC+7) = 13:30–14:30 Yangon (UTC+6:30)" in lines
    cues = [row for line in lines if len(row := re.split(r"\s{2,}", line.strip())) == 5]
    assert ["+", "you are next", "Closing", f"{DAY:%a %d} 14:25", f"{DAY:%a %d} 13:55"] in cues
    assert len(cues) == 1 + 8
    assert lines[-1] == "Nothing has been done yet."
    assert desk.writes_at_zoom() == []


def test_plan_ends_with_10_only_when_asked_to(desk: Desk) -> None:
    """For scripts: 10 while something would change, 0 when it was applied."""
    file = desk.write("network.yaml", PROGRAMME)
    before = [desk.run("plan", file).code, desk.run("plan", file, "--detailed-exitcode").code]

    desk.apply()

    assert before == [0, 10]
    assert desk.run("plan", file, "--detailed-exitcode").code == 0


def test_P06_applied_twice_the_second_time_writes_nothing(desk: Desk) -> None:
    """One meeting at Zoom; the second plan has nothing to do, and the second apply asks nobody and does nothing."""
    first = desk.apply()
    calls = desk.writes_at_zoom()

    plan = desk.run("plan", "network.yaml")
    second = desk.run("apply", "network.yaml")

    assert first.out.endswith("Applied. Letters leave while `meetbot serve` runs.\n")
    assert [call.rpartition("/")[2] for call in calls] == ["meetings"]
    for answer in (plan, second):
        assert (answer.code, answer.err) == (0, "")
        assert answer.out.endswith("\nNothing to do.\n")
    assert desk.writes_at_zoom() == calls


def test_X11_a_dry_run_has_no_effect(desk: Desk) -> None:
    """The same plan through the same code path; Zoom is only asked, and afterwards everything is still to do."""
    planned = desk.run("plan", desk.write("network.yaml", PROGRAMME))

    answer = desk.run("apply", "network.yaml", "--dry-run", "--yes")

    assert answer == planned
    assert desk.writes_at_zoom() == []
    assert desk.run("status", "--json").document["programme"] is None


def test_X06_without_a_terminal_nothing_is_applied_unasked(desk: Desk) -> None:
    """Exit code 2 and the word to add; nothing has happened."""
    answer = desk.run("apply", desk.write("network.yaml", PROGRAMME))

    assert answer.code == 2
    assert answer.err.endswith("Error: Apply this? There is no terminal to ask on; add --yes.\n")
    assert desk.writes_at_zoom() == []
    assert desk.run("status", "--json").document["programme"] is None


@pytest.mark.parametrize(("typed", "applied"), [("n\n", None), ("\n", None), ("y\n", "network")])
def test_on_a_terminal_the_answer_decides(desk: Desk, typed: str, applied: str | None) -> None:
    """Only yes is yes."""
    answer = desk.run("apply", desk.write("network.yaml", PROGRAMME), typed=typed)

    assert answer.code == 0
    assert "Apply this? [y/N]: " in answer.out
    assert desk.run("status", "--json").document["programme"] == applied


def test_a_change_is_shown_with_who_hears_of_it(office: Desk) -> None:
    """An hour later: the meeting is changed, not made anew, and whoever had a letter gets one more."""
    office.run(
        "import", office.write("forms.csv", "Name,E-mail,Organisation\nSok Dara,dara@npic.example,NPIC\n"), "--yes"
    )
    office.serve()
    later = PROGRAMME.replace("15:00", "16:00").replace("14:30", "15:30").replace("start: 14:00", "start: 15:00")

    plan = office.run("plan", office.write("network.yaml", later), "--json").document

    assert plan["empty"] is False
    assert [(one["do"], one["reason"]) for one in plan["zoom"]] == [("update", "the programme changed: start")]
    assert [(one["meeting"], one["people"]) for one in plan["told"]] == [("launch", ["dara@npic.example"])]


def test_X13_apply_answers_machines_with_one_document(desk: Desk) -> None:
    """Refused for want of a yes, planned, applied, nothing to do: each is one valid document."""
    file = desk.write("network.yaml", PROGRAMME)

    refused = desk.run("apply", file, "--json")
    dry = desk.run("apply", file, "--json", "--dry-run")
    done = desk.run("apply", file, "--json", "--yes")
    again = desk.run("apply", file, "--json", "--yes")

    assert refused.document == {"errors": ["Apply this? There is no terminal to ask on; add --yes."]}
    assert (dry.document["empty"], len(dry.document["cues"])) == (False, 8)
    assert done.document == {"applied": True, "meetings": {"create": 1}, "remarks": []}
    assert again.document["empty"] is True
    assert [one.code for one in (refused, dry, done, again)] == [2, 0, 0, 0]


def test_a_meeting_that_vanishes_from_the_file_is_not_forgotten(office: Desk) -> None:
    """People may know of it: refused, with what to write instead; Zoom's meeting stays."""
    calls = office.writes_at_zoom()
    other = PROGRAMME.replace("\n  launch:\n", "\n  start:\n")

    answer = office.run("apply", office.write("network.yaml", other), "--yes")

    assert answer.code == 1
    assert answer.err == (
        "network.yaml: launch: the meeting is missing. People may know of it: keep it and write `cancelled: yes`\n"
    )
    assert office.writes_at_zoom() == calls


@pytest.fixture
def _zone_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_zone_of_this_machine")
def test_X09_the_zone_of_the_machine_does_not_matter(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server in New York plans, applies and shows exactly what one in Bangkok does."""
    answers = []
    for zone in ("Asia/Bangkok", "America/New_York"):
        monkeypatch.setenv("TZ", zone)
        monkeypatch.setenv("MEETBOT_DATA_DIR", str(desk.folder / zone))
        time.tzset()
        plan = desk.run("plan", desk.write("network.yaml", PROGRAMME), "--offline")
        cues = desk.run("plan", "network.yaml", "--offline", "--json")
        answers.append((plan, cues, desk.run("check", str(LAUNCH))))

    assert answers[0] == answers[1]
