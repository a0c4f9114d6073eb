"""What the organiser reads while Zoom does not do as asked: what is put off, why, and until when."""

from __future__ import annotations

import pytest

from tests.cli.desk import FORMS, Desk

ADD = "{method: POST, path: '/v2/meetings/*/registrants'}"
MAKE = "{method: POST, path: '/v2/users/*/meetings'}"


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("{status: 503}", "add registrant: Zoom failed (503)"),
        ("{wrong_type: text}", "add registrant: Zoom gave an unreadable answer (201, application/json)"),
        ("{scope_missing: 'meeting:write:registrant:admin'}", "the scope meeting:write:registrant:admin is missing"),
        ("token_expired", "Zoom does not accept our access token, not even a new one"),
        ("{redirect: 'https://evil.example/'}", "Zoom's address sent us elsewhere, which is not followed"),
        ("{quota: registrant_daily}", "Zoom's daily limit of calls for this registrant is reached"),
    ],
)
def test_F07_F09_F10_F13_F18_P04_status_says_what_is_put_off_why_and_until_when(
    office: Desk, fault: str, why: str
) -> None:
    """Nobody has to read the log; and nothing has failed, so nothing is called failed."""
    office.zoom.set_faults(f"zoom: [{{when: {ADD}, do: {fault}}}]")
    office.run("import", office.write("forms.csv", FORMS), "--yes")
    office.serve()

    document, shown = office.run("status", "--json").document, office.run("status").out

    (held_up,) = document["held_up"]
    assert (held_up["what"], held_up["count"], document["failed"]) == ("push", 1, [])
    assert why in held_up["why"]
    assert f"  1 decision on its way to Zoom put off until {held_up['shown']}: " in shown


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("commit_then_drop", "launch: creation outcome unknown, checking with Zoom"),
        ("{drop_setting: approval_type}", "Zoom holds registration off, not with approval; links are on hold"),
        ("{scope_missing: 'meeting:write:meeting:admin'}", "the scope meeting:write:meeting:admin is missing"),
    ],
)
def test_F11_F13_F14_P45_apply_says_honestly_what_came_of_it(desk: Desk, fault: str, told: str) -> None:
    """Neither "created" on hope nor a traceback: the exit code and the words say that it is not done."""
    desk.zoom.set_faults(f"zoom: [{{when: {MAKE}, do: {fault}}}]")

    answer = desk.apply()

    assert told in answer.out + answer.err
    assert "Traceback" not in answer.err
    assert told.removeprefix("launch: ").partition(";")[0] in desk.run("status").out
