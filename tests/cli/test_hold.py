"""A person stops what leaves, sees what waits, and lets it go on."""

from __future__ import annotations

import getpass
import re

import pytest

from tests.cli.desk import Desk

WHO = f"{getpass.getuser()} (command line)"
GOES_ON = """\
Everything else goes on: the clock, Zoom's live events, the reading of Zoom, the commands.
Let it go on with: meetbot resume
"""


def add(office: Desk, name: str, organisation: str = "npic") -> None:
    address = f"{name.split()[-1].lower()}@{organisation}.example"
    office.run("registrants", "add", "--name", name, "--address", address, "--organisation", organisation)


def letters(office: Desk) -> list[tuple[str, str]]:
    return [(one["kind"], one["state"]) for one in office.run("outbox", "list", "--json").document]


def test_held_mail_waits_and_goes_on(office: Desk) -> None:
    """A letter is written and does not leave; after `resume` it does."""
    held = office.run("hold", "--mail", "--reason", "wrong list")
    add(office, "Maria Strange", "elsewhere")
    office.serve()
    waiting = letters(office)

    resumed = office.run("resume", typed="y\n")
    office.serve()

    assert (held.code, held.out) == (
        *(0, f"mail: held; no letter leaves; they are still written, and wait.\n{GOES_ON}"),
    )
    assert waiting == [("received", "queued")]
    assert re.sub(r"\w+ \d+ \w+ \d{4} \d\d:\d\d Bangkok \(UTC\+7\)", "TIME", resumed.out).splitlines() == [
        f"mail: held since TIME by {WHO}: wrong list",
        "1 letter would leave at once:",
        "  1 received, the oldest waits since TIME",
        "Let it go on? [y/N]: Goes on: mail.",
    ]
    assert letters(office) == [("received", "accepted")]


def test_everything_is_held_where_nothing_is_named(office: Desk) -> None:
    """Nothing is done at Zoom and nothing leaves, as the document says who, when and why."""
    held = office.run("hold", "--json")
    add(office, "Sok Dara")
    office.serve()
    before = office.writes_at_zoom()

    resumed = office.run("resume", "--yes", "--json")
    office.serve()

    assert held.document["anew"] == ["cues", "mail", "zoom"]
    assert [(one["scope"], one["who"], one["why"]) for one in held.document["held"]] == [
        (scope, WHO, "no reason was given") for scope in ("cues", "mail", "zoom")
    ]
    assert [call for call in before if "registrants" in call] == []
    assert {**resumed.document, "held": len(resumed.document["held"])} == {
        "resumed": True,
        "held": 3,
        "letters": [],
        "expiring": 0,
        "at_zoom": {"meeting": 1, "push": 1},
        "missed": [],
        "restored": None,
    }
    assert letters(office) == [("link", "accepted")]


def test_what_is_held_keeps_its_first_reason(office: Desk) -> None:
    """A second hold says so, and changes nothing."""
    office.run("hold", "--mail", "--reason", "wrong list")

    again = office.run("hold", "--mail", "--reason", "another reason")

    assert re.match(rf"mail: held already, since .* by {re.escape(WHO)}: wrong list; no letter leaves", again.out)
    assert "another reason" not in office.run("status").out


def test_only_what_is_named_goes_on(office: Desk) -> None:
    """Mail goes on, Zoom stays held."""
    office.run("hold")

    office.run("resume", "--mail", "--cues", "--yes")

    assert [one["scope"] for one in office.run("status", "--json").document["holds"]] == ["zoom"]


@pytest.mark.parametrize(("arguments", "typed"), [(("--dry-run",), None), ((), "n\n")], ids=["dry run", "no"])
def test_nothing_goes_on_without_a_yes(office: Desk, arguments: tuple[str, ...], typed: str | None) -> None:
    """Looking at it, or saying no, leaves it held."""
    office.run("hold", "--mail")

    answer = office.run("resume", *arguments, typed=typed)

    assert (answer.code, "0 letters would leave at once.\n" in answer.out) == (0, True)
    assert [one["scope"] for one in office.run("status", "--json").document["holds"]] == ["mail"]


def test_resume_where_nothing_is_held(office: Desk) -> None:
    """Says so and asks nothing."""
    answer = office.run("resume")

    assert (answer.code, answer.out, answer.err) == (0, "Nothing of this is held.\n", "")


def test_send_again_is_for_after_a_restore(office: Desk) -> None:
    """Anywhere else it is a mistake that is named, and mail stays held."""
    office.run("hold", "--mail")

    answer = office.run("resume", "--send-again", "--yes")

    assert answer.code == 2
    assert "--send-again is for after a restore, and no restored backup waits." in answer.err
    assert [one["scope"] for one in office.run("status", "--json").document["holds"]] == ["mail"]
