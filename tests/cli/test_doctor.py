"""A week before the ceremony one command tells what is not right yet, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from meetbot.zoom import wire
from tests.cli.desk import Desk

HOST = "host@network.example"


def verdicts(desk: Desk) -> list[tuple[str, str]]:
    return [(one["verdict"], one["what"]) for one in desk.run("doctor", "--json").document]


def test_everything_in_order(office: Desk) -> None:
    """Each thing that was looked at has its line; only the maildir is pointed out, and that is no failure."""
    answer, found = office.run("doctor"), office.run("doctor", "--json")

    assert (answer.code, answer.err, found.code) == (0, "", 0)
    assert [line[:5].strip() for line in answer.out.splitlines()] == ["ok", "ok", "ok", "ok", "ok", "warn", ""]
    free = found.document.pop(1)
    assert (free["verdict"], " MB free" in free["what"]) == ("ok", True)
    assert found.document and [(one["verdict"], one["what"]) for one in found.document if one != free][:4] == [
        ("ok", "store sqlite+aiosqlite, schema up to date"),
        ("ok", "Zoom gives a token with every scope that meetbot needs"),
        ("ok", f"host {HOST} is active and licensed"),
        ("ok", "this machine's clock agrees with Zoom's"),
    ]


def test_C26_a_missing_scope_is_named(desk_with: Callable[..., Desk]) -> None:
    """It fails, with the scope as it is called in Zoom's Marketplace and what to do there."""
    missing = "meeting:write:registrant:admin"
    desk = desk_with(scopes=frozenset(wire.SCOPES - {missing}))

    answer = desk.run("doctor")

    assert answer.code == 1
    assert (
        f"fail the Zoom app lacks the scopes {missing}\n"
        "     Add them to the app in Zoom's Marketplace; a new token has them at once.\n"
    ) in answer.out


def licence(desk: Desk, licence: str) -> None:
    desk.zoom.account.add_user(HOST, licence=licence)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda desk: licence(desk, "basic"), f"host {HOST} has no licence"),
        (lambda desk: licence(desk, "licensed"), None),
    ],
    ids=["basic", "licensed"],
)
def test_C26_a_host_without_a_licence_is_told_before_the_day(
    office: Desk, change: Callable[[Desk], Any], what: str | None
) -> None:
    """Registration needs a licensed host."""
    change(office)

    failed = [what for verdict, what in verdicts(office) if verdict == "fail"]

    assert failed == ([what] if what else [])


def test_without_an_account_it_says_which_settings_to_make(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh machine."""
    monkeypatch.delenv("MEETBOT_ZOOM_ACCOUNT_ID")

    assert ("fail", "no Zoom account is set") in verdicts(desk)


def test_P31_a_wrong_secret_is_told_and_not_shown(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Zoom's own reason, and which settings to look at."""
    monkeypatch.setenv("MEETBOT_ZOOM_CLIENT_SECRET", "S3cr3t-Canary")

    answer = desk.run("doctor")

    assert answer.code == 1
    assert "fail Zoom gives no token: " in answer.out
    assert "Canary" not in answer.out + answer.err
