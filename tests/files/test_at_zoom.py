"""What a programme file asks of Zoom: hosts, kinds, interpreters, rooms; and what Zoom cannot do, in its place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from meetbot.core import model
from meetbot.files import programme
from tests.files.builders import problems, text

HOSTS = """\
hosts:
  - address: first@skills.example
  - {address: second@skills.example, licence: business, buffer: 30 minutes}
  - {address: standby@skills.example, licence: business, at_once: 1, backup: yes}
"""
LISTED = ("organisations:\n", f"{HOSTS}organisations:\n")
BETWEEN = "  - {name: Ms Chan Lina, address: lina@words.example, languages: [English, Chinese]}\n"
SIGNED = "  - {name: Mr Keo Vuth, address: vuth@words.example, sign_language: American Sign Language}\n"


def of_talk(*lines: str) -> tuple[str, str]:
    """The change that gives the talk these lines, from line 27 of the file on."""
    return ("    rundown:\n", "".join(f"    {line}\n" for line in lines) + "    rundown:\n")


def talk(*changes: tuple[str, str]) -> model.Meeting:
    return programme.load(text(*changes), "p.yaml").meetings["talk"]


def test_hosts_are_read_in_their_order() -> None:
    """How many meetings one may hold at once follows from the licence, where the file does not say."""
    assert programme.load(text(LISTED), "p.yaml").hosts == (
        model.Host("first@skills.example", model.Licence.PRO, 1),
        model.Host("second@skills.example", model.Licence.BUSINESS, 2, buffer=timedelta(minutes=30)),
        model.Host("standby@skills.example", model.Licence.BUSINESS, 1, backup=True),
    )


def test_a_meeting_needs_no_host_of_its_own_where_hosts_are_listed() -> None:
    """One of them is chosen."""
    assert talk(LISTED, ("    host: host@skills.example\n", "")).host == ""


@pytest.mark.parametrize("line", ["", "    host:\n"])
def test_C26_a_meeting_that_nobody_could_hold_is_refused(line: str) -> None:
    """Neither a host of its own nor a list to choose from."""
    assert problems(("    host: host@skills.example\n", line)) == [
        "p.yaml:21:3: nobody is there to hold it - add a line 'host: …', or list hosts for all under 'hosts'"
    ]


def test_C26_mistakes_in_the_hosts_are_named_in_their_place() -> None:
    """A program has no self, a licence has a name, a host holds something; and no missing host is added to that."""
    wrong = "hosts: [{address: me}, {address: a@b.example, licence: buisness}, {address: c@d.example, at_once: 0}]\n"

    assert problems(("organisations:\n", f"{wrong}organisations:\n"), ("    host: host@skills.example\n", "")) == [
        "p.yaml:6:19: 'me' is nobody when a program asks Zoom - name a licensed Zoom user",
        "p.yaml:6:56: 'buisness' is not known here - did you mean 'business'?",
        "p.yaml:6:99: a host who may hold 0 meetings at once holds none - write 1 or more",
    ]


def test_a_host_listed_twice_is_refused() -> None:
    """Whatever the case: Zoom knows no two of them."""
    again = HOSTS + "  - address: FIRST@skills.example\n"

    assert problems(("organisations:\n", f"{again}organisations:\n")) == [
        "p.yaml:10:14: 'FIRST@skills.example' is written twice, here and in line 7 - keep one of them"
    ]


def test_T20_meetings_for_which_no_listed_host_is_free_are_pointed_out() -> None:
    """Three talks at the same time, two hosts: one has nobody."""
    two = "hosts: [{address: first@skills.example}, {address: second@skills.example}]\n"
    hour = "date: 2030-03-07, start: 14:00, end: 15:00"
    talks = "".join(f"  talk{number}: {{title: Talk, {hour}}}\n" for number in (1, 2, 3))

    said = problems(("organisations:\n", f"{two}organisations:\n"), ("meetings:\n", f"meetings:\n{talks}"))

    assert said == [
        "p.yaml:24:3: all 2 hosts hold another meeting between 14:00 and 15:15 (Bangkok) on Thu 7 Mar 2030: add a host,"
        " or move it by 75 min"
    ]


def test_a_meeting_may_be_a_webinar() -> None:
    """A meeting, unless it is said; and nothing else."""
    assert (talk().kind, talk(of_talk("kind: webinar")).kind) == (model.MeetingKind.MEETING, model.MeetingKind.WEBINAR)
    assert problems(of_talk("kind: webniar")) == ["p.yaml:27:11: 'webniar' is not known here - did you mean 'webinar'?"]
    assert problems(of_talk("kind: party")) == ["p.yaml:27:11: 'party' is not known here - write meeting, webinar"]


def test_interpreters_stand_between_two_languages_or_sign() -> None:
    """Each with the address by which alone Zoom knows them; Zoom's short name of a sign language is used."""
    assert talk(of_talk("interpreters:", BETWEEN.rstrip(), SIGNED.rstrip())).interpreters == (
        model.Interpreter("Ms Chan Lina", "lina@words.example", ("English", "Chinese")),
        model.Interpreter("Mr Keo Vuth", "vuth@words.example", ("American",), sign=True),
    )


@pytest.mark.parametrize(
    ("fields", "place", "said"),
    [
        ("", 20, "no language"),
        (", languages: [English]", 73, "English"),
        (", languages: [English, english]", 73, "English, english"),
        (", languages: [English, Lao, Thai]", 73, "English, Lao, Thai"),
    ],
)
def test_an_interpreter_with_another_number_of_languages_is_refused(fields: str, place: int, said: str) -> None:
    """Zoom takes exactly two."""
    assert problems(of_talk(f"interpreters: [{{name: Lina, address: lina@words.example{fields}}}]")) == [
        f"p.yaml:27:{place}: {said}: an interpreter stands between two languages"
        " - write two, such as [English, Chinese]"
    ]


def test_an_interpreter_cannot_both_speak_and_sign() -> None:
    """Zoom has them in two lists."""
    one = "{name: Lina, address: lina@words.example, languages: [English, Chinese], sign_language: Auslan}"

    assert problems(of_talk(f"interpreters: [{one}]")) == [
        "p.yaml:27:108: it has both languages and a sign language - keep one of them"
    ]


def test_a_language_is_one_name() -> None:
    """Zoom separates two by a comma: one in a name would make three."""
    one = '{name: Lina, address: lina@words.example, languages: ["English,French", Khmer]}'

    assert problems(of_talk(f"interpreters: [{one}]")) == [
        "p.yaml:27:74: 'English,French' is not the name of one language - write it as Zoom shows it, such as English"
    ]


def test_a_language_that_zoom_does_not_offer_is_pointed_out_once() -> None:
    """An unknown one would be dropped at Zoom without a word; a slip is offered with what was meant."""
    lines = [
        "- {name: Lina, address: lina@words.example, languages: [Englsh, Khmer]}",
        "- {name: Vuth, address: vuth@words.example, languages: [Khmer, English]}",
        "- {name: Sok, address: sok@words.example, sign_language: Khmer Sign Language}",
    ]

    assert problems(of_talk("interpreters:", *lines)) == [
        "p.yaml:28:61: Zoom does not offer 'Englsh' by itself - did you mean 'English'?",
        "p.yaml:28:69: Zoom does not offer 'Khmer' by itself - see that somebody has added it there",
        "p.yaml:30:62: Zoom does not offer 'Khmer Sign Language' by itself - see that somebody has added it there",
    ]


def test_breakout_rooms_name_whom_they_are_for() -> None:
    """By the keys of organisations and of people."""
    rooms = "breakout_rooms: [{name: Khmer, organisations: [npic]}, {name: Chinese, people: [dara]}]"

    assert talk(of_talk(rooms)).breakout_rooms == (
        model.BreakoutRoom("Khmer", ("npic",), ()),
        model.BreakoutRoom("Chinese", (), ("dara",)),
    )


def test_nobody_can_be_in_two_breakout_rooms() -> None:
    """Zoom would put them into one of them, nobody knows which; two rooms of one name are one."""
    rooms = [
        "breakout_rooms:",
        "- {name: One, organisations: [npic], people: [dara]}",
        "- {name: one, organisations: [npic, yunan], people: [dara]}",
    ]

    assert problems(of_talk(*rooms)) == [
        "p.yaml:29:14: 'one' is written twice, here and in line 28 - give it another name",
        "p.yaml:29:35: 'npic' is written twice, here and in line 28 - leave it in one room",
        "p.yaml:29:41: 'yunan' is not written under organisations - did you mean 'yunnan'?",
        "p.yaml:29:58: 'dara' is written twice, here and in line 28 - leave it in one room",
    ]


def test_a_webinar_has_neither_rooms_nor_waiting_room_nor_chat() -> None:
    """Each is refused in its line, with what to do; all of them at once."""
    wished = ["kind: webinar", "waiting_room_follows: yes", "chat: yes", "breakout_rooms: [{name: One}]"]

    assert problems(of_talk(*wished)) == [
        "p.yaml:28:5: a webinar has no waiting room - remove the line, or make it a meeting",
        "p.yaml:29:5: a webinar has no chat that goes on - remove the line, or make it a meeting",
        "p.yaml:30:5: a webinar has no breakout rooms - remove them, or make it a meeting",
    ]


def test_without_a_waiting_room_nothing_can_be_shown_in_it() -> None:
    """The wish is refused, not dropped in silence."""
    assert problems(of_talk("waiting_room: no", "waiting_room_follows: yes")) == [
        "p.yaml:28:5: there is no waiting room to follow the rundown - write waiting_room: yes, or remove the line"
    ]
    assert talk(of_talk("waiting_room_follows: yes", "chat: yes")).waiting_room_follows
