"""`meetbot erase` and `meetbot person`, as typed: what somebody reads before and after, and what is gone outside."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime

import pytest

from meetbot import bootstrap, clock, settings
from meetbot.store import outbox
from tests.cli.desk import Desk

DARA = "dara@npic.example"
HELD = f"{DARA}: Sok Dara; registered for: launch; letters: 1\n"
AWAY = "zoom: [{when: {method: DELETE}, do: {status: 503}}]"
NOTHING = "nothing is held of anybody with this address."


@pytest.fixture
def office(office: Desk) -> Desk:
    """Dara and Bona are registered, and have their links."""
    office.write(
        "people.csv", "Name,E-mail,Organisation\nSok Dara,dara@npic.example,NPIC\nKeo Bona,bona@npic.example,NPIC\n"
    )
    office.run("import", "people.csv", "--yes")
    office.serve()
    return office


def there(office: Desk) -> list[str]:
    """Who is registered at Zoom."""
    (meeting,) = office.zoom.account.meetings.values()
    return sorted(one.email for one in meeting.registrants.values())


def here(office: Desk) -> str:
    """The store's files, as anybody could read them who steals them."""
    files = (office.folder / "data").glob("meetbot.db*")
    return "".join(path.read_bytes().decode(errors="replace") for path in files)


def today() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d}"


def test_P33_a_preview_shows_who_goes_and_changes_nothing(office: Desk) -> None:
    """For people and for machines; nothing is asked."""
    before = here(office)

    shown, document = office.run("erase", DARA, "--dry-run"), office.run("erase", DARA, "--dry-run", "--json")

    assert (shown.code, shown.out, shown.err) == (0, HELD, "")
    (held,) = document.document
    assert (held["address"], held["names"], held["at_zoom"]) == (DARA, ["Sok Dara"], ["launch"])
    assert (here(office), DARA in before) == (before, True)


def test_P33_one_question_is_asked_and_no_is_the_answer_unless_somebody_says_yes(office: Desk) -> None:
    """Where nobody sits, nothing is done either."""
    declined = office.run("erase", DARA, "BONA@npic.example", typed="\n")
    nobody = office.run("erase", DARA)

    assert (declined.code, declined.out.count("?"), there(office)) == (0, 1, ["bona@npic.example", DARA])
    assert declined.out.endswith("Erase 2 people for good? [y/N]: ")
    assert (nobody.code, "add --yes" in nobody.err, DARA in here(office)) == (2, True, True)


def test_P33_who_is_erased_is_gone_here_at_once_and_at_zoom_with_the_next_round(office: Desk) -> None:
    """The receipt says what was removed, what Zoom has still to do, and what nobody can call back."""
    answer = office.run("erase", "Dara@NPIC.example", typed="y\n")
    waits = office.run("person", "receipts")
    office.serve()
    done = office.run("person", "receipts", "--json")

    at, by = re.search(r"Receipt 1, (.+ UTC), by (.+)\n", answer.out).groups()  # type: ignore[union-attr]
    assert answer.code == 0, answer.err
    assert answer.out.splitlines() == [
        HELD.rstrip(),
        f"Erase 1 person for good? [y/N]: Receipt 1, {at}, by {by}",
        "Removed here: registrations: 1, letters: 1, notes: 1.",
        "At Zoom, registration for launch: waits.",
        "What remains:",
        "- Zoom has not done its part yet: `meetbot serve` goes on asking; see `meetbot person receipts`.",
        "- Figures of reports: without name, address or anything that leads to them.",
        "- Zoom's own reports of meetings that were held name participants for up to a year, and no call takes "
        "anybody out of them.",
        "- 1 letter that had left already lies with their reader, in the mail server's own log or in outbox/ of the "
        "data folder.",
        f"- Backups made before {at} hold them until you delete those, and so do former stores in the data folder "
        "(backups/, *.before-restore-*, *.damaged-*). After one is put back, they are erased again as long as "
        "erased.journal lies there.",
    ]
    assert (waits.code, waits.out.splitlines()[2]) == (5, "At Zoom, registration for launch: waits.")
    (receipt,) = done.document
    assert (done.code, receipt["at_zoom"]) == (0, [{"meeting": "launch", "state": "removed", "reason": ""}])
    assert (there(office), DARA in here(office), "Sok Dara" in here(office)) == (["bona@npic.example"], False, False)
    assert [one["name"] for one in office.run("registrants", "list", "--json").document] == ["(erased)", "Keo Bona"]


def test_P33_zoom_away_is_told_with_its_reason_and_asked_again(office: Desk) -> None:
    """The command itself does not wait for Zoom; the exit code says that something is still to come."""
    office.zoom.set_faults(AWAY)
    done = office.run("erase", DARA, "--yes", "--json")
    office.serve()

    away = office.run("person", "receipts")

    (receipt,) = done.document
    assert (done.code, receipt["at_zoom"]) == (0, [{"meeting": "launch", "state": "waits", "reason": ""}])
    assert receipt["remains"][0].startswith("Zoom has not done its part yet")
    assert (away.code, there(office)) == (5, ["bona@npic.example", DARA])
    assert re.fullmatch(r"At Zoom, registration for launch: waits: .*503.*\.", away.out.splitlines()[2])


def test_P33_an_unknown_address_erases_nobody(office: Desk) -> None:
    """Nor those who were named beside it; a slip of the keyboard is told as such."""
    unknown = office.run("erase", DARA, "dora@npic.example", "x@npic.example", "--yes")
    slip = office.run("erase", "dara at npic", "--yes")

    assert (unknown.code, unknown.out, unknown.err) == (
        1,
        "",
        f"dora@npic.example: {NOTHING}\nx@npic.example: {NOTHING}\n",
    )
    assert (slip.code, "dara at npic" in slip.err) == (2, True)
    assert (DARA in here(office), there(office)) == (True, ["bona@npic.example", DARA])


@pytest.mark.parametrize("command", ["erase --yes", "erase --dry-run", "person export"])
def test_P33_somebody_who_was_erased_already_is_told_with_the_day(office: Desk, command: str) -> None:
    """So that nobody looks for a slip in the address; there is no second receipt."""
    office.run("erase", DARA, "--yes")

    again = office.run(*command.split(), DARA)

    said = f"{DARA}: erased on {today()}; nothing is held of them any more. See `meetbot person receipts`.\n"
    assert (again.code, again.out, again.err) == (1, "", said)
    assert len(office.run("person", "receipts", "--json").document) == 1


def test_P33_two_who_share_an_address_are_shown_as_two(office: Desk) -> None:
    """One person who registered twice, in other letters, is one."""
    office.run("registrants", "add", "--name", "Chan Thy", "--address", DARA, "--organisation", "npic")

    answer = office.run("erase", DARA, typed="n\n")

    assert answer.out.startswith(f"{DARA}: Chan Thy, Sok Dara; registered for: launch, launch; ")
    assert answer.out.endswith("Erase 2 people for good? [y/N]: ")


def test_P33_who_is_named_in_the_programme_file_is_pointed_out_before(office: Desk) -> None:
    """A reader of reports without a registration: the file would go on writing to them."""
    officer = "officer@network.example"
    asyncio.run(_report_to(officer))

    answer = office.run("erase", officer, typed="y\n")

    assert answer.out.startswith(
        f"{officer}: no name; registered for: none; letters: 1; named in the programme file: reports_to\n"
        "Erase 1 person for good? [y/N]: Receipt 1, "
    )
    assert "- The programme file names them in reports_to: take them out there and apply it.\n" in answer.out


async def _report_to(address: str) -> None:
    """Whoever reads reports has had a letter."""
    from meetbot.core.model import Contact, Letter, LetterKind, Message

    async with bootstrap.opened(settings.read(), clock.RealClock()) as app, app.store.transaction() as tx:
        letter = Letter(LetterKind.REPORT, {"meeting": "Launching Ceremony"}, "en", "Asia/Bangkok")
        one = Message(letter, Contact("Officer", address), "report:launch:1")
        await outbox.put(tx, [one], now=app.clock.now(), domain="network.example")


def test_P33_of_several_each_has_a_receipt(office: Desk) -> None:
    """Printed one after the other, whoever comes next."""
    answer = office.run("erase", DARA, "bona@npic.example", "--yes")

    assert [line.partition(",")[0] for line in answer.out.splitlines() if line.startswith("Receipt ")] == [
        "Receipt 1",
        "Receipt 2",
    ]


def test_P33_nobody_erased_yet(office: Desk) -> None:
    assert office.run("person", "receipts").out == "Nobody has been erased.\n"


def test_P33_a_person_gets_all_that_is_held_of_them_and_no_way_in(office: Desk) -> None:
    """One JSON document, whatever the case of the address; nothing of anybody else, and no join link."""
    office.write("people.csv", "Name,E-mail,Organisation\nSok Dara,dara@npic.example,NPIC\n")

    answer = office.run("person", "export", "Dara@NPIC.example")

    held = answer.document
    (registration,), (letter,) = held["registrations"], held["letters"]
    assert (answer.code, answer.err) == (0, "")
    assert (held["address"], held["names"]) == (DARA, ["Sok Dara"])
    assert {key: registration[key] for key in ("meeting", "name", "organisation", "status", "join_link")} == {
        "meeting": "launch",
        "name": "Sok Dara",
        "organisation": "NPIC",
        "status": "approved",
        "join_link": "kept, not shown",
    }
    assert (letter["kind"], letter["to"], letter["state"]) == ("link", DARA, "accepted")
    assert [text for text in ("bona", "tk=", "zoom.us") if text in json.dumps(held).lower()] == []


def test_P33_a_person_of_whom_nothing_is_held(office: Desk) -> None:
    answer = office.run("person", "export", "nobody@npic.example")

    assert (answer.code, answer.out, answer.err) == (1, "", f"nobody@npic.example: {NOTHING}\n")


def test_P33_the_letter_of_somebody_erased_is_said_to_be_gone(office: Desk) -> None:
    """In the list and by itself, for people and machines: a plain sentence, not a letter of blanks."""
    office.run("erase", DARA, "--yes")

    shown = office.run("outbox", "show", "1")
    document = office.run("outbox", "show", "1", "--json").document
    listed = office.run("outbox", "list").out

    assert (shown.code, shown.err) == (0, "")
    assert shown.out == (
        "Letter 1 (link, launch) is accepted. Its reader has been erased since, and what it said with them.\n"
    )
    assert [document[part] for part in ("state", "subject", "text", "html")] == ["accepted", None, None, None]
    assert ("link to somebody who was erased" in listed, "erased.invalid" in listed) == (True, False)


@pytest.mark.parametrize("command", [("release", "1"), ("edit", "1", "--to", "other@npic.example")])
def test_P33_the_letter_of_somebody_erased_goes_nowhere_any_more(office: Desk, command: tuple[str, ...]) -> None:
    """One that the mail server had refused, too: nothing of it is left to send."""
    asyncio.run(_refused())
    office.run("erase", DARA, "--yes")

    answer = office.run("outbox", *command, "--yes")

    assert (answer.code, answer.err) == (1, "Letter 1: its reader has been erased, and what it said with them.\n")


async def _refused() -> None:
    """The first letter was refused for good."""
    from sqlalchemy import text

    async with bootstrap.opened(settings.read(), clock.RealClock()) as app, app.store.transaction() as tx:
        await tx.execute(text("UPDATE message SET state = 'refused', copies = 0 WHERE id = 1"))


def test_P33_without_a_programme_it_is_said_how_to_get_one(desk: Desk) -> None:
    answer = desk.run("erase", DARA, "--yes")

    assert (answer.code, answer.err) == (
        1,
        "No programme has been applied yet. Begin with: meetbot plan FILE, meetbot apply FILE\n",
    )
