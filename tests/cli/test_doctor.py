"""A week before the ceremony one command tells what is not right yet, and what to do about it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

import pytest

from meetbot import bootstrap, clock, settings
from meetbot.sandbox.model import Licence
from meetbot.store import quota
from meetbot.zoom import wire
from tests.cli.desk import FORMS, PROGRAMME, Desk

HOST = "host@network.example"
HOST_LINE = f"    host: {HOST}\n"


def findings(desk: Desk) -> list[tuple[str, str]]:
    return [(one["level"], one["text"]) for one in desk.run("doctor", "--json").document]


def wrong(desk: Desk) -> list[tuple[str, str]]:
    """What is not as it should be, but for the mail, which goes into a folder here."""
    return [(level, text) for level, text in findings(desk) if level != "ok" and "mailbox" not in text]


def test_everything_in_order(office: Desk) -> None:
    """Each thing that was looked at has its line; only the maildir is pointed out, and that is no failure."""
    answer, found = office.run("doctor"), office.run("doctor", "--json")

    assert (answer.code, answer.err, found.code) == (0, "", 0)
    assert [line[:5].strip() for line in answer.out.splitlines()] == ["ok"] * 6 + ["warn", "", "ok"]
    free = found.document.pop(1)
    assert (free["level"], " MB free" in free["text"]) == ("ok", True)
    assert [(one["level"], one["text"]) for one in found.document if one != free][:5] == [
        ("ok", "store sqlite+aiosqlite, schema up to date"),
        ("ok", "Zoom gives a token with every scope that meetbot needs"),
        ("ok", f"host {HOST} is active and licensed, 89 of today's 90 creations and changes of meetings left"),
        ("ok", "everybody fits into launch (at most 5 of 300)"),
        ("ok", "this machine's clock agrees with Zoom's"),
    ]


def test_a_language_that_nobody_has_read_yet_is_told(desk: Desk) -> None:
    """Before the first letter leaves in it: for letters and for pages, with the way to corrections."""
    desk.apply(PROGRAMME.replace("language: en", "language: zh"))

    draft = "no native speaker has read them yet, so letters carry the English below"
    told = [(level, text) for level, text in wrong(desk) if "Chinese" in text]
    assert told == [("warn", f"letters in Chinese: {draft}"), ("warn", f"pages in Chinese: {draft}")]
    assert "docs/how-to/languages.md" in desk.run("doctor").out


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


def test_C26_a_scope_of_a_feature_is_missed_once_the_programme_uses_it(desk_with: Callable[..., Desk]) -> None:
    """The launch is recorded, and recording has a scope of its own."""
    desk = desk_with(scopes=wire.SCOPES)

    before = wrong(desk)
    desk.apply()

    assert before == [("warn", "no programme is applied, so no host was checked")]
    assert wrong(desk) == [
        (
            "fail",
            "nobody starts and stops the cloud recording for launch: the Zoom app lacks the scopes "
            "meeting:update:in_meeting_controls:admin",
        )
    ]


def test_C26_the_question_for_the_sex_is_missed_only_where_it_is_asked(desk_with: Callable[..., Desk]) -> None:
    """Both scopes are named as Zoom's Marketplace calls them."""
    desk = desk_with(scopes=wire.SCOPES | wire.OPTIONAL_SCOPES["recording"])
    desk.apply()
    before = wrong(desk)

    desk.apply(PROGRAMME.replace("quota: 2}", "quota: 2, ask_sex: yes}"))

    assert before == []
    assert wrong(desk) == [
        (
            "warn",
            "Zoom's registration page cannot ask for the sex for launch: the Zoom app lacks the scopes "
            "meeting:read:list_registration_questions:admin, meeting:update:registration_question:admin",
        )
    ]


@pytest.mark.parametrize(
    ("licence", "active", "text"),
    [
        ("basic", True, f"host {HOST} has no licence"),
        ("licensed", False, f"host {HOST} is deactivated at Zoom"),
    ],
)
def test_C26_a_host_who_cannot_hold_meetings_is_told_before_the_day(
    office: Desk, licence: Licence, active: bool, text: str
) -> None:
    """Registration needs an active, licensed host."""
    office.zoom.account.add_user(HOST, licence=licence, active=active)

    assert ("fail", text) in wrong(office)
    assert office.run("doctor").code == 1


def test_C26_every_user_of_the_programme_is_looked_at(desk: Desk) -> None:
    """The pool, backup and alternative hosts, each with the role in which it is needed."""
    desk.zoom.account.add_user("deputy@network.example", licence="basic")
    pool = "hosts:\n  - {address: second@network.example}\n  - {address: spare@network.example, backup: yes}\n"
    deputies = "    alternative_hosts: [deputy@network.example, guest@elsewhere.org]\n"

    desk.apply(PROGRAMME.replace("meetings:\n", f"{pool}meetings:\n").replace(HOST_LINE, HOST_LINE + deputies))

    told = [text for _, text in findings(desk) if "host " in text]
    left = "is active and licensed, 90 of today's 90 creations and changes of meetings left"
    assert told[1:-1] == [
        f"host second@network.example {left}",
        f"backup host spare@network.example {left}",
        "alternative host deputy@network.example has no licence",
    ]
    assert told[-1].startswith("alternative host guest@elsewhere.org: ")


def test_what_is_switched_off_at_zoom_is_told_with_its_loss(desk_with: Callable[..., Desk]) -> None:
    """The launch is recorded and has a waiting room; nothing else that is off matters to it."""
    desk = desk_with(cloud_recording=False, waiting_room_lock=False, interpretation=False, breakout_rooms=False)
    desk.apply()

    answer = desk.run("doctor")

    assert (
        f"fail “Cloud recording” is off for host {HOST}; launch needs it\n"
        "     An administrator of the Zoom account switches it on. Until then nothing is recorded.\n"
        f"fail “Waiting room” is off for host {HOST}; launch needs it\n"
        "     An administrator of the Zoom account switches it on. Until then meetbot sends no join link to a meeting "
        "that Zoom made without it.\n"
    ) in answer.out


def test_a_meeting_that_zoom_did_not_make_as_planned_fails(desk_with: Callable[..., Desk]) -> None:
    """Registration is off on the account: the settings do not show it, the meeting that was made does."""
    desk = desk_with(registration=False)
    desk.apply()

    assert ("fail", "no join link of launch is sent: Zoom holds registration off, not with approval") in wrong(desk)


@pytest.mark.parametrize(
    "rule",
    [
        {"enable": True, "method": "deny", "denied_list": ["MM"]},
        {"enable": True, "method": "approve", "approved_list": ["KH", "CN"]},
    ],
)
def test_a_country_that_the_meeting_keeps_out_is_told(desk: Desk, rule: dict[str, object]) -> None:
    """Somebody blocked Myanmar at Zoom, or allowed two other countries only: a college could not come in."""
    desk.apply()
    (meeting,) = desk.zoom.account.meetings.values()
    meeting.settings["approved_or_denied_countries_or_regions"] = rule

    text = "Zoom lets nobody in MM enter “Launching Ceremony”, so not Center for Vocational Training"
    assert wrong(desk) == [("fail", text)]


@pytest.mark.parametrize(
    ("capacity", "expected"),
    [
        (5, []),
        (
            4,
            [
                (
                    "warn",
                    "the room of launch may become too small: 2 people so far, 5 if every organisation uses its quota, "
                    "and 4 fit in",
                )
            ],
        ),
        (1, [("fail", "the room of launch is too small: 2 people with host and interpreters, and 1 fit in")]),
    ],
)
def test_a_room_that_is_too_small_is_told(
    desk_with: Callable[..., Desk], capacity: int, expected: list[tuple[str, str]]
) -> None:
    """One is approved; two organisations may send two each; the host needs a place too."""
    desk = desk_with(capacity=capacity)
    desk.apply()
    desk.run("import", desk.write("forms.csv", FORMS), "--yes")

    assert wrong(desk) == expected


def test_F08_a_host_whose_day_is_used_up_is_pointed_out(office: Desk) -> None:
    """By our own count, which is kept in the store."""
    asyncio.run(use_up_the_day())

    assert wrong(office) == [("warn", f"host {HOST} has had all creations and changes of meetings of today")]


async def use_up_the_day() -> None:
    async with bootstrap.opened(settings.read(), clock.RealClock()) as app, app.store.transaction() as tx:
        while await quota.spend(tx, quota.Kind.WRITE, HOST, most=90, now=app.clock.now()):
            pass


def test_two_meetings_on_one_host_at_a_time_are_told(desk: Desk) -> None:
    """Both keep their host; only the organiser knows which to move."""
    second = PROGRAMME[PROGRAMME.index("  launch:") :].replace("  launch:", "  second:")

    desk.apply(PROGRAMME + second)

    assert (
        "fail",
        f"second names host {HOST}, who holds launch at that time; Zoom lets them hold one meeting at once, and "
        "15 min are kept free in between",
    ) in wrong(desk)


def test_on_a_terminal_long_lines_are_broken_between_words(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows stands below the words, not below the level."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")

    answer = office.run("doctor")

    assert (
        f"ok   host {HOST} is active and licensed, 89 of\n     today's 90 creations and changes of meetings left\n"
    ) in answer.out


def test_without_an_account_it_says_which_settings_to_make(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh machine."""
    monkeypatch.delenv("MEETBOT_ZOOM_ACCOUNT_ID")

    assert ("fail", "no Zoom account is set") in findings(desk)


def test_P31_a_wrong_secret_is_told_and_not_shown(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Zoom's own reason, and which settings to look at."""
    monkeypatch.setenv("MEETBOT_ZOOM_CLIENT_SECRET", "S3cr3t-Canary")

    answer = desk.run("doctor")

    assert answer.code == 1
    assert "fail Zoom gives no token: " in answer.out
    assert "Canary" not in answer.out + answer.err
