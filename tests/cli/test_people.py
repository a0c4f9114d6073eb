"""Forms come in after one look; a person decides what the rules leave open."""

from __future__ import annotations

import re

import pytest

from tests.cli.desk import FORMS, PROGRAMME, Desk

LIST = FORMS + "No Mail,not an address,NPIC,\nSok Dara,DARA@npic.example,NPIC,\n"

PREVIEW = """\
Columns: Name = name, E-mail = address, Organisation = organisation, Country = country
Name            Address                   Organisation
─────────────────────────────────────────────────────────────
Sok Dara        dara@npic.example         NPIC
Maria Strange   maria@elsewhere.example   A College Elsewhere
note: forms.csv:3:3: 'A College Elsewhere' is not an invited organisation: waits for a person to look
left out: forms.csv:4:2: 'not an address' is not a mail address - An email address must have an @-sign.
note: forms.csv:5:2: Sok Dara is in row 2 already: taken once
"""


def registrants(desk: Desk) -> list[tuple[int, str, str]]:
    listed = desk.run("registrants", "list", "--json").document
    return [(one["id"], one["address"], one["status"]) for one in listed]


def outbox(desk: Desk) -> list[tuple[str, str, str]]:
    return [(one["kind"], one["to"], one["state"]) for one in desk.run("outbox", "list", "--json").document]


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


def test_L10_X06_a_list_is_shown_with_its_problems_and_nothing_is_taken_in_before_a_yes(office: Desk) -> None:
    """Every row that is left out, by its cell and with what to do; without a terminal and --yes nobody is taken in."""
    answer = office.run("import", office.write("forms.csv", LIST))

    assert lines(answer.out) == lines(PREVIEW)
    assert answer.code == 2
    assert answer.err.endswith("Error: Take in these 2 forms? There is no terminal to ask on; add --yes.\n")
    assert registrants(office) == []


def test_X11_a_dry_run_of_a_list_has_no_effect(office: Desk) -> None:
    """The same preview, also with --yes; nobody is taken in, nobody is written to."""
    answer = office.run("import", office.write("forms.csv", LIST), "--dry-run", "--yes")

    assert (answer.code, answer.err, lines(answer.out)) == (0, "", lines(PREVIEW))
    assert registrants(office) == []
    assert office.run("outbox", "list", "--json").document == []


@pytest.mark.parametrize(("typed", "taken"), [("n\n", 0), ("y\n", 2)])
def test_on_a_terminal_the_answer_decides(office: Desk, typed: str, taken: int) -> None:
    """After the preview, one question."""
    answer = office.run("import", office.write("forms.csv", FORMS), typed=typed)

    assert answer.code == 0
    assert "Take in these 2 forms? [y/N]: " in answer.out
    assert len(registrants(office)) == taken


def test_a_whole_list_is_taken_in_with_0_and_part_of_one_with_5(office: Desk) -> None:
    """What was taken in is counted by status; whoever was left out makes it partly done."""
    whole = office.run("import", office.write("forms.csv", FORMS), "--yes")
    part = office.run("import", office.write("forms.csv", LIST), "--yes")

    assert (whole.code, lines(whole.out)[-1]) == (0, "Taken in: 1 approved, 1 pending.")
    assert (part.code, lines(part.out)[-1]) == (5, "Taken in: 2 repeated.")
    assert registrants(office) == [(1, "dara@npic.example", "approved"), (2, "maria@elsewhere.example", "pending")]


def test_L21_a_list_that_is_taken_in_again_doubles_nobody_and_takes_nobody_away(office: Desk) -> None:
    """The same list, the list with a row changed, and with a row removed: whoever is known stays, with their status."""
    changed = FORMS.replace("Sok Dara,dara@npic.example", "Sok Dara,Dara@NPIC.example")
    shorter = "".join(FORMS.splitlines(keepends=True)[:2])
    office.run("import", office.write("forms.csv", FORMS), "--yes")
    before = registrants(office)

    again = [office.run("import", office.write("forms.csv", text), "--yes") for text in (FORMS, changed, shorter)]

    assert [(one.code, lines(one.out)[-1]) for one in again] == [
        (0, "Taken in: 2 repeated."),
        (0, "Taken in: 2 repeated."),
        (0, "Taken in: 1 repeated."),
    ]
    assert [(one[0], one[2]) for one in registrants(office)] == [(one[0], one[2]) for one in before]
    assert len(before) == 2


def test_X13_an_import_answers_machines_with_one_document(office: Desk) -> None:
    """The preview, the problems by cell, and what came of it."""
    answer = office.run("import", office.write("forms.csv", LIST), "--yes", "--json")

    assert answer.code == 5
    assert answer.document == {
        "forms": [
            {"name": "Sok Dara", "address": "dara@npic.example", "organisation": "NPIC"},
            {"name": "Maria Strange", "address": "maria@elsewhere.example", "organisation": "A College Elsewhere"},
        ],
        "problems": [
            {
                "place": "forms.csv:3:3",
                "what": "'A College Elsewhere' is not an invited organisation: waits for a person to look",
                "remedy": "",
                "refused": False,
            },
            {
                "place": "forms.csv:4:2",
                "what": "'not an address' is not a mail address",
                "remedy": "An email address must have an @-sign.",
                "refused": True,
            },
            {
                "place": "forms.csv:5:2",
                "what": "Sok Dara is in row 2 already: taken once",
                "remedy": "",
                "refused": False,
            },
        ],
        "columns": {"Name": "name", "E-mail": "address", "Organisation": "organisation", "Country": "country"},
        "taken_in": {"approved": 1, "pending": 1},
    }


def test_L08_a_list_without_a_single_good_row_is_3(office: Desk) -> None:
    """Nothing could be taken in: the list is wrong, and why is shown."""
    answer = office.run("import", office.write("forms.csv", "Name,E-mail\nNo Mail,nothing\n"), "--yes")

    assert answer.code == 3
    assert "left out: forms.csv:2:2: 'nothing' is not a mail address" in answer.out
    assert registrants(office) == []


def test_L17_X12_what_a_form_says_steers_no_terminal(office: Desk) -> None:
    """Escape sequences, a formula and a join link in a name are shown as text, and struck where they are secret."""
    names = ("=SUM(A1)", "Dara https://zoom.us/j/123?pwd=Canary")
    rows = "".join(f"{name},person{number}@npic.example\n" for number, name in enumerate(names))
    office.run("import", office.write("forms.csv", f"Name,E-mail\n{rows}"), "--yes")

    answer = office.run("registrants", "list")

    assert "=SUM(A1)" in answer.out
    assert "Dara https://zoom.us/j/***" in answer.out
    assert ("\x1b" in answer.out, "Canary" in answer.out) == (False, False)


def test_registrants_are_listed_with_status_and_reason(office: Desk) -> None:
    """Everybody, or those of one status, as a table for people and whole for machines."""
    office.run("import", office.write("forms.csv", FORMS), "--yes")

    everybody = office.run("registrants", "list")
    pending = office.run("registrants", "list", "--status", "pending", "--json")

    cells = [re.split(r"\s{2,}", line) for line in lines(everybody.out)]
    invited = "invited: 1 of 2 for National Polytechnic Institute (NPIC)"
    stranger = "not an invited organisation: A College Elsewhere"
    assert [row for row in cells if "───" not in row[0]] == [
        ["No.", "Name", "Address", "Organisation", "Status", "Why"],
        ["1", "Sok Dara", "dara@npic.example", "NPIC", "approved", invited],
        ["2", "Maria Strange", "maria@elsewhere.example", "A College Elsewhere", "pending", stranger],
        ["2 registrants"],
    ]
    assert pending.document == [
        {
            "id": 2,
            "name": "Maria Strange",
            "address": "maria@elsewhere.example",
            "organisation": None,
            "organisation_written": "A College Elsewhere",
            "status": "pending",
            "reason": "not an invited organisation: A College Elsewhere",
            "link_ready": False,
            "remark": None,
        }
    ]


def test_P01_approved_by_number_or_address_they_get_their_link(office: Desk) -> None:
    """Before the decision there is no link; afterwards Zoom knows them and the letter leaves."""
    office.run("import", office.write("forms.csv", FORMS), "--yes")
    office.serve()
    before = outbox(office)

    answer = office.run("registrants", "approve", "MARIA@elsewhere.example", "--reason", "invited by telephone")
    office.serve()
    assert (answer.code, answer.out, answer.err) == (0, "1 approved\n", "")
    received, link = ("received", "maria@elsewhere.example", "accepted"), ("link", "dara@npic.example", "accepted")
    assert before == [received, link]
    assert outbox(office) == [received, link, ("link", "maria@elsewhere.example", "accepted")]
    assert [one["link_ready"] for one in office.run("registrants", "list", "--json").document] == [True, True]


STRANGERS = "Name,E-mail\n" + "".join(f"Sok {number} Dara,p{number}@else.example\n" for number in range(1, 8))
UNDO = "Sending starts in 60 s; until then `meetbot registrants undo` takes the approvals back."


def test_F61_several_are_approved_only_after_a_look_at_who_they_are(office: Desk) -> None:
    """Count and a sample of names; without a terminal and --yes nobody is approved; with it a minute is left."""
    office.run("import", office.write("forms.csv", STRANGERS), "--yes")
    numbers = [str(number) for number in range(1, 8)]

    nobody_there = office.run("registrants", "approve", *numbers)
    declined = office.run("registrants", "approve", *numbers, typed="n\n")
    before = {status for _, _, status in registrants(office)}
    approved = office.run("registrants", "approve", *numbers, "--yes")

    sample = ", ".join(f"Sok {number} Dara <p{number}@else.example>" for number in range(1, 6))
    assert declined.err.startswith(f"7 people: {sample}, and 2 more.\n")
    assert (nobody_there.code, declined.code, before) == (2, 0, {"pending"})
    assert (approved.code, approved.out) == (0, f"7 approved. {UNDO}\n")


def test_F61_undo_takes_them_all_back_before_anybody_is_told(office: Desk) -> None:
    """Pending again, no link letter; a second time there is nobody left, and who they were is said."""
    office.run("import", office.write("forms.csv", STRANGERS), "--yes")
    office.run("registrants", "approve", "1", "2", "--yes")

    undone = office.run("registrants", "undo")
    again = office.run("registrants", "undo")
    office.serve()

    assert (undone.code, undone.out, undone.err) == (0, "2 pending\n", "")
    assert (again.code, again.out) == (1, "")
    assert again.err.splitlines() == [
        "Sok 1 Dara <p1@else.example>: decided about since, now pending",
        "Sok 2 Dara <p2@else.example>: decided about since, now pending",
    ]
    assert {kind for kind, _, _ in outbox(office)} == {"received"}


@pytest.mark.parametrize(("people", "many"), [(50, False), (51, True)])
def test_L20_a_list_that_approves_more_than_50_waits_for_a_person(desk: Desk, people: int, many: bool) -> None:
    """With --yes nobody looks, so nobody is taken in; on a terminal a yes does it, and leaves a minute."""
    desk.apply(PROGRAMME.replace("quota: 2", "quota: 100"))
    rows = "".join(f"Sok {number} Dara,p{number}@npic.example,NPIC\n" for number in range(people))
    forms = desk.write("forms.csv", f"Name,E-mail,Organisation\n{rows}")

    unseen = desk.run("import", forms, "--yes")
    taken = len(registrants(desk))
    seen = desk.run("import", forms, typed="y\n") if many else unseen
    desk.serve()

    assert (unseen.code, taken) == ((1, 0) if many else (0, people))
    assert unseen.err.startswith(f"This list would approve {people} people at once: Sok 0 Dara") is many
    assert lines(seen.out)[-1].endswith(f"Taken in: {people} approved.{' ' + UNDO if many else ''}")
    assert len(outbox(desk)) == (0 if many else people)


def test_deny_needs_a_reason_that_the_person_is_told(office: Desk) -> None:
    """Without one it is wrong usage; with one it stands in the letter."""
    office.run("import", office.write("forms.csv", FORMS), "--yes")

    without = office.run("registrants", "deny", "2")
    denied = office.run("registrants", "deny", "2", "--reason", "for members of the network only")

    letter = office.run("outbox", "show", "2")
    assert (without.code, without.err.endswith("Error: Missing option '--reason'.\n")) == (2, True)
    assert (denied.code, denied.out) == (0, "1 denied\n")
    assert "for members of the network only" in letter.out


def test_F46_what_no_longer_fits_is_refused_and_the_rest_is_done(office: Desk) -> None:
    """Cancelled once, somebody cannot be denied; of two the other is: partly done, with who and why."""
    office.run("import", office.write("forms.csv", FORMS), "--yes")
    office.run("registrants", "cancel", "1", "--reason", "asked us to")

    part = office.run("registrants", "deny", "1", "2", "--reason", "full")
    none = office.run("registrants", "deny", "1", "--reason", "full")

    assert (part.code, part.out) == (5, "1 denied\n")
    assert part.err.startswith("Sok Dara <dara@npic.example>: ")
    assert (none.code, none.out, none.err) == (1, "", part.err)
    assert [status for _, _, status in registrants(office)] == ["cancelled", "denied"]


def test_whom_nobody_knows_stops_the_whole_command(office: Desk) -> None:
    """Every number and address that means nobody, or several, is named; nobody is decided about."""
    shared = "Name,E-mail\nA B,office@npic.example\nC D,office@npic.example\n"
    office.run("import", office.write("forms.csv", shared), "--yes")

    answer = office.run("registrants", "approve", "1", "9", "x@y.example", "office@npic.example")

    assert (answer.code, answer.out) == (1, "")
    assert answer.err.splitlines() == [
        "9: nobody registered with that number or address",
        "x@y.example: nobody registered with that number or address",
        "office@npic.example: 2 people share this address; give the number: 1, 2",
    ]
    assert [status for _, _, status in registrants(office)] == ["pending", "pending"]


def test_one_person_is_added_as_if_their_form_had_come(office: Desk) -> None:
    """Under the same rules: invited and within the quota, so approved; tied to the person of the programme."""
    who = ("--name", "H.E. TANG Tao", "--address", "tang@NPIC.example", "--organisation", "npic", "--person", "tang")

    answer = office.run("registrants", "add", *who, "--zone", "Asia/Yangon", "--position", "Vice Minister")

    assert (answer.code, answer.out, answer.err) == (0, "approved\n", "")
    assert registrants(office) == [(1, "tang@npic.example", "approved")]


def test_a_person_with_a_mistake_is_not_added(office: Desk) -> None:
    """The same rules as for a list."""
    answer = office.run("registrants", "add", "--name", "Sok Dara", "--address", "not an address")

    assert (answer.code, answer.out) == (1, "")
    assert "'not an address' is not a mail address" in answer.err
    assert registrants(office) == []


def test_what_was_not_understood_of_a_person_is_said(office: Desk) -> None:
    """They are taken in; the zone that is none is named with what to write, and not silently left out."""
    answer = office.run("registrants", "add", "--name", "Sok Dara", "--address", "a@npic.example", "--zone", "Bangkok")

    assert (answer.code, answer.out) == (0, "pending\n")
    assert "'Bangkok' is not an IANA time zone; did you mean 'Asia/Bangkok'?" in answer.err
