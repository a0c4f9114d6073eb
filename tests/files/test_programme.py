"""The programme file: what is right is read whole, what is wrong is named in its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from meetbot import errors
from meetbot.core import model, times
from meetbot.files import programme
from tests.files.builders import RIGHT, problems, text


def test_right_file_becomes_the_programme() -> None:
    """Wall times become instants, segments without a start follow each other, zones come from the countries."""
    read = programme.load(RIGHT, "p.yaml")

    start = times.at("2030-03-06 14:00", "Asia/Bangkok")
    end = times.at("2030-03-06 15:00", "Asia/Bangkok")
    then = times.at("2030-03-06 14:10", "Asia/Bangkok")
    welcome = model.Segment(
        "welcome", "Welcome", times.Interval(start, then), True, "", (model.Part(model.Role.SPEAKER, person="dara"),)
    )
    discussion = model.Segment(
        "discussion",
        "Discussion",
        times.Interval(then, end),
        True,
        "",
        (
            model.Part(model.Role.DISCUSSANT, organisation="npic"),
            model.Part(model.Role.DISCUSSANT, organisation="yunnan"),
        ),
    )
    assert read == model.Programme(
        key="example",
        title="Peer talk",
        zone="Asia/Bangkok",
        language="en",
        organiser=model.Contact("Skills Office", "office@skills.example"),
        reports_to=(),
        organisations={
            "npic": model.Organisation(
                "npic",
                "National Polytechnic Institute of Cambodia (NPIC)",
                "Cambodia",
                "training institution",
                "Asia/Phnom_Penh",
                5,
            ),
            "yunnan": model.Organisation(
                "yunnan", "Yunnan Technician College", "China", "training institution", "Asia/Shanghai", 5
            ),
        },
        people={"dara": model.Person("dara", "Ms Sok Dara", "", "npic", "dara@npic.example")},
        meetings={
            "talk": model.Meeting(
                key="talk",
                title="Peer talk",
                text="",
                interval=times.Interval(start, end),
                opens_at=start,
                zone="Asia/Bangkok",
                host="host@skills.example",
                rundown=(welcome, discussion),
            )
        },
    )


def test_right_file_has_no_problems() -> None:
    """Nothing is pointed out where nothing is odd."""
    assert problems() == []


def test_problem_knows_its_line_and_column() -> None:
    """Whoever shows the problem can show the line itself, with a mark below the place."""
    found = programme.parse(text(("start: 14:00", "start: 14.00")), "p.yaml").problems

    assert found == (
        model.Problem("p.yaml:24:12", "'14.00' is not a time", "write 14:00", line="    start: 14.00", column=12),
    )


def test_P40_every_mistake_is_reported() -> None:
    """A wrong type, an unknown key, a dangling key, an impossible time: four mistakes give four problems."""
    assert problems(
        ("country: Cambodia\n", "country: [Cambodia]\n"),
        ("host:", "hots:"),
        ("speakers: [dara]", "speakers: [dra]"),
        ("end: 15:00", "end: 13:00"),
    ) == [
        "p.yaml:9:14: one text is expected here - write it behind the ':'",
        "p.yaml:25:10: it ends at 13:00, not after its start at 14:00"
        " - correct one of them; over midnight the end needs its day, such as 2021-11-11 00:30",
        "p.yaml:26:5: 'hots' is not known here - did you mean 'host'?",
        "p.yaml:31:20: 'dra' is not written under people or organisations - did you mean 'dara'?",
    ]


def test_P40_a_slip_in_a_section_does_not_hide_the_rest() -> None:
    """The section is read as what was meant: nothing that refers to it is called unknown."""
    assert problems(("organisations:", "organisation:"), ("minutes: 10", "minutes: ten")) == [
        "p.yaml:6:1: 'organisation' is not known here - did you mean 'organisations'?",
        "p.yaml:30:18: 'ten' is not a whole number - write digits only, such as 5",
    ]


def test_load_raises_all_problems() -> None:
    """Who only wants the programme gets the same list as an error."""
    with pytest.raises(errors.ProgrammeError) as refused:
        programme.load(text(("zone: Asia/Bangkok", "zone: ICT"), ("minutes: 10", "minuts: 10")), "p.yaml")

    assert refused.value.problems == (
        "p.yaml:3:7: 'ICT' is not an IANA time zone - did you mean 'Asia/Bangkok'?",
        "p.yaml:30:9: 'minuts' is not known here - did you mean 'minutes'?",
    )


@pytest.mark.parametrize(
    ("name", "what"),
    [("none.yaml", "there is no such file"), ("folder", "this is a folder"), ("empty.yaml", "the file is empty")],
)
def test_C01_file_that_is_not_there_or_empty(tmp_path: Path, name: str, what: str) -> None:
    """The file and the way to make one are named."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.yaml").write_text("# nothing\n")

    found = programme.read(tmp_path / name)

    assert found == programme.Reading(
        None, (model.Problem(name, what, "name an existing file; config/example.yaml is one to begin with"),)
    )


@pytest.mark.parametrize(
    ("line", "place", "what", "remedy"),
    [
        ("\ttitle: x", "5:1", "a tab stands where spaces are expected", "indent with spaces"),
        ("title: 'x", "5:8", "a quote is opened here and not closed", "close the quote"),
        (
            "title: Session: one",
            "5:15",
            "a second ': ' in one line, or a line that is indented too far",
            "put the text in quotes, or indent the line like the one above",
        ),
        ("title: @x", "5:8", "a text begins with a sign that YAML keeps for itself", "put the text in quotes"),
        ("title: a\x07b", "5:9", "the control character U+0007 stands in the text", "remove it"),
    ],
)
def test_C02_syntax_error_has_line_and_column(line: str, place: str, what: str, remedy: str) -> None:
    """The parser's words are turned into what the writer should do."""
    broken = f"key: a\n# b\n# c\n# d\n{line}\n"

    found = programme.parse(broken, "p.yaml").problems

    assert [str(problem) for problem in found] == [f"p.yaml:{place}: {what} - {remedy}"]


def test_C03_doubled_key_is_refused_with_both_places() -> None:
    """The last one never wins in silence."""
    assert problems(("title: Peer talk\n", "title: Peer talk\ntitle: Other\n")) == [
        "p.yaml:3:1: 'title' is written twice, here and in line 2 - keep one of them"
    ]


def test_C04_unknown_key_without_a_near_one_lists_what_is_known() -> None:
    """Who guesses at a key sees the real ones."""
    assert problems(("    name: Ms Sok Dara\n", "    name: Ms Sok Dara\n    shoe_size: 43\n")) == [
        "p.yaml:18:5: 'shoe_size' is not known here - known here: name, office, organisation, address"
    ]


def test_empty_value_is_missing_where_it_is_needed() -> None:
    """A key left without a value counts as not written; where one is needed, the line is named."""
    assert problems(("    name: Ms Sok Dara", "    name:")) == ["p.yaml:17:5: 'name' is empty - write its value"]
    assert problems(("    organisation: npic\n", "    organisation: ~\n    office:\n")) == []
    assert problems(
        ("      welcome:\n        title: Welcome\n", "      welcome:\n      other:\n        title: X\n")
    ) == ["p.yaml:28:7: 'welcome' is empty - write its value"]


def test_missing_key_is_named_at_its_group() -> None:
    """What is not there has no line of its own."""
    assert problems(("    title: Peer talk\n    date", "    date")) == [
        "p.yaml:21:3: 'title' is missing - add a line 'title: …'"
    ]


def test_text_is_kept_in_its_composed_form() -> None:
    """The same name typed on two systems is the same text."""
    read = programme.load(text(("name: Ms Sok Dara", "name: Nguye\u0302\u0303n")), "p.yaml")

    assert read.people["dara"].name == "Nguy\u1ec5n"


def test_C05_byte_order_mark_and_windows_line_ends_are_taken(tmp_path: Path) -> None:
    """A file saved by an editor of another system is the same programme."""
    path = tmp_path / "p.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode())

    assert programme.read(path) == programme.Reading(programme.load(RIGHT, "p.yaml"), ())


@pytest.mark.parametrize(
    ("content", "place", "what"),
    [
        ("key: é".encode("utf-16"), "p.yaml:1:1", "the file is saved in UTF-16"),
        (b"key: a\ntitle: \xe9t\xe9\n", "p.yaml:2:1", "the file is saved in an old encoding"),
    ],
)
def test_C05_other_encodings_are_refused(tmp_path: Path, content: bytes, place: str, what: str) -> None:
    """No letter is guessed."""
    path = tmp_path / "p.yaml"
    path.write_bytes(content)

    assert programme.read(path).problems == (model.Problem(place, what, "save it as UTF-8"),)


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("ICT", "'ICT' is not an IANA time zone - did you mean 'Asia/Bangkok'?"),
        ("Asia/Beijing", "'Asia/Beijing' is not an IANA time zone - did you mean 'Asia/Shanghai'?"),
        ("Etc/GMT+7", "'Etc/GMT+7' does not mean what it seems to - name a place, such as 'Asia/Bangkok'"),
        ("localtime", "'localtime' does not mean what it seems to - name a place, such as 'Asia/Bangkok'"),
    ],
)
def test_C12_C13_C14_zone_is_a_place(zone: str, said: str) -> None:
    """Abbreviations, offsets with the sign of POSIX and the machine's own zone are refused."""
    assert problems(("zone: Asia/Bangkok", f"zone: {zone}")) == [f"p.yaml:3:7: {said}"]


@pytest.mark.parametrize("written", ["no", "on", "08:30", "1_000", "2022", "0x10", "1e3"])
def test_C23_text_stays_the_text_that_was_written(written: str) -> None:
    """A country called NO and a title called 2022 are texts, because the schema says so."""
    read = programme.load(text(("title: Peer talk\n", f"title: {written}\n")), "p.yaml")

    assert read.title == written


def test_C23_tag_is_refused() -> None:
    """No tag, harmless or not, is followed."""
    assert problems(("title: Peer talk\n", "title: !!python/object/apply:os.system [ls]\n")) == [
        "p.yaml:2:8: the tag tag:yaml.org,2002:python/object/apply:os.system is not read here"
        " - remove it, or put the text in quotes"
    ]


def test_C24_anchors_are_refused() -> None:
    """Without anchors nothing can grow when it is read."""
    assert problems(
        ("title: Peer talk\n", "title: &a Peer talk\n"), ("title: Peer talk\n    date", "title: *a\n    date")
    ) == [
        "p.yaml:2:8: & and * (anchors) are not read here - write it out, or put the text in quotes",
        "p.yaml:22:12: & and * (anchors) are not read here - write it out, or put the text in quotes",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[" * 100_000, "p.yaml:1:14: more than 12 levels lie inside one another - close the brackets"),
        ("a: 1\n" * 200_000, "p.yaml:1:1: the file is larger than 512 KB - is this the programme file?"),
    ],
)
def test_C24_monstrous_file_is_refused(content: str, said: str) -> None:
    """Neither depth nor size costs more than a moment."""
    assert [str(problem) for problem in programme.parse(content, "p.yaml").problems] == [said]


def test_C24_a_file_of_mistakes_is_cut_short() -> None:
    """After the first hundred mistakes nobody reads on."""
    many = "".join(f"  talk{number}: 1\n" for number in range(3000))

    assert len(programme.parse(RIGHT + many, "p.yaml").problems) == 100


@pytest.mark.parametrize("key", ["../x", "Dara K", "ដារា", "x" * 41, "-a"])
def test_C25_key_is_a_plain_word(key: str) -> None:
    """Keys stand in file names and addresses."""
    assert problems(("  dara:", f"  {key}:"), ("speakers: [dara]", "speakers: []")) == [
        f"p.yaml:16:3: '{key}' cannot be a key - write small letters a-z, digits and -, at most 40, such as launch"
    ]


def test_C26_me_is_no_host() -> None:
    """A program that asks Zoom has no self."""
    assert problems(("host: host@skills.example", "host: me")) == [
        "p.yaml:26:11: 'me' is nobody when a program asks Zoom - name a licensed Zoom user"
    ]


def test_T08_segment_that_ends_before_it_starts() -> None:
    """The end is named, where the mistake most often is."""
    assert problems(("        minutes: 10\n", "        start: 14:00\n        end: 13:50\n")) == [
        "p.yaml:31:14: it ends at 13:50, not after its start at 14:00"
        " - correct one of them; over midnight the end needs its day, such as 2021-11-11 00:30"
    ]


def test_T08_meeting_over_midnight_needs_the_day_of_its_end() -> None:
    """With its day the end is right; without it, it would lie before the start."""
    read = programme.load(text(("start: 14:00", "start: 23:00"), ("end: 15:00", "end: 2030-03-07 00:00")), "p.yaml")

    assert read.meetings["talk"].interval == times.Interval(
        times.at("2030-03-06 23:00", "Asia/Bangkok"), times.at("2030-03-07 00:00", "Asia/Bangkok")
    )


def test_T08_segment_above_a_later_one_is_refused() -> None:
    """The rundown is in the order of the day."""
    assert problems(
        ("        minutes: 10\n", "        start: 14:30\n        minutes: 10\n"),
        ("        minutes: 50\n", "        start: 14:00\n        minutes: 30\n"),
    ) == [
        "p.yaml:35:16: it starts before 'welcome', which stands above it"
        " - correct its start, or move it up; after midnight the start needs its day"
    ]


def test_T08_meeting_that_lasts_no_time() -> None:
    """An end at the start is no end."""
    assert problems(("end: 15:00", "end: 14:00")) == [
        "p.yaml:25:10: it ends at 14:00, not after its start at 14:00"
        " - correct one of them; over midnight the end needs its day, such as 2021-11-11 00:30"
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("start: 14:00", "30:16: it has a start and no end - add end or minutes"),
        ("end: 14:10", "30:14: it has an end and no start - add start, or give minutes instead of end"),
        (
            "start: 14:00\n        end: 14:10\n        minutes: 10",
            "32:18: it has both an end and minutes - keep one of them",
        ),
    ],
)
def test_T08_times_of_a_segment_fit_together(fields: str, said: str) -> None:
    """Start and end, start and minutes, minutes alone, or nothing."""
    assert problems(("minutes: 10", fields)) == [f"p.yaml:{said}"]


def test_T10_time_that_clocks_skip_is_refused() -> None:
    """02:30 does not exist in New York on the day when clocks are put forward."""
    assert problems(
        ("zone: Asia/Bangkok", "zone: America/New_York"),
        ("date: 2030-03-06", "date: 2026-03-08"),
        ("start: 14:00", "start: 02:30"),
        ("end: 15:00", "end: 03:30"),
    ) == [
        "p.yaml:24:12: 2026-03-08 02:30 does not exist in America/New_York: clocks are put forward then"
        " - choose a time that exists once on that day"
    ]


def test_T15_segment_without_a_time_has_a_place() -> None:
    """It takes no time, is pointed out, and the next one begins where the one before ended."""
    photo = "      photo:\n        title: Group Photo\n      discussion:\n"
    reading = programme.parse(text(("      discussion:\n", photo)), "p.yaml")

    assert reading.programme is not None
    at = times.at("2030-03-06 14:10", "Asia/Bangkok")
    assert reading.programme.meetings["talk"].rundown[1] == model.Segment(
        "photo", "Group Photo", times.Interval(at, at), timed=False
    )
    assert [problem.place for problem in reading.problems] == ["p.yaml:32:7"]


def test_T19_undated_bilaterals_are_words_not_a_meeting() -> None:
    """What is found out afterwards is kept as it was said, and is shown as waiting."""
    waiting = (
        "bilaterals:\n  title: Peer sessions\n  after: talk\n  when: to be determined\n  sides: [[npic], [yunnan]]\n"
    )
    reading = programme.parse(RIGHT + waiting, "p.yaml")

    assert reading.programme is not None
    assert list(reading.programme.meetings) == ["talk"]
    assert reading.programme.bilaterals == model.Bilaterals(
        "Peer sessions", "talk", "to be determined", (("npic",), ("yunnan",))
    )
    assert [str(problem) for problem in reading.problems] == [
        "p.yaml:39:9: no meeting is made for 'Peer sessions' until there is a date"
        " - write from and to when the days are known"
    ]


def test_recording_names_segments_in_their_order() -> None:
    """A recording from a segment that is not there would never begin."""
    assert problems(("    rundown:", "    recording: {from: welcom, to: welcome}\n    rundown:")) == [
        "p.yaml:27:23: 'welcom' is not a segment of this meeting - did you mean 'welcome'?"
    ]
    assert problems(("    rundown:", "    recording: {from: discussion, to: welcome}\n    rundown:")) == [
        "p.yaml:27:39: 'welcome' comes before 'discussion' - correct the order"
    ]


def test_one_key_for_a_person_and_an_organisation_is_refused() -> None:
    """A part in the rundown names either by its key."""
    assert problems(("  dara:", "  npic:"), ("speakers: [dara]", "speakers: [npic]")) == [
        "p.yaml:16:3: 'npic' is also the key of an organisation"
        " - rename one of them: parts in the rundown name both by their key"
    ]


def test_A02_one_organisation_spelled_twice_is_pointed_out() -> None:
    """The same name under two keys would split its figures."""
    assert problems(("name: Yunnan Technician College", "name: national polytechnic institute of cambodia (npic)")) == [
        "p.yaml:11:3: 'yunnan' and 'npic' (line 7) have the same name - keep one of them"
    ]


def test_A05_topic_longer_than_zoom_takes_is_refused() -> None:
    """Zoom takes 200 characters."""
    assert problems(("title: Peer talk\n    date", f"title: {'x' * 201}\n    date")) == [
        "p.yaml:22:12: the text has 201 signs - shorten it to 200"
    ]


def test_A06_hidden_direction_in_a_text_is_refused() -> None:
    """A title that turns itself round is not what it seems."""
    assert problems(("title: Peer talk\n", 'title: "Peer \\u202E talk"\n')) == [
        "p.yaml:2:8: the invisible sign U+202E stands in the text - remove it"
    ]


def test_constituent_written_once_and_nearly_like_another_is_pointed_out() -> None:
    """A slip would be a line of its own in the report."""
    third = "  wuxi:\n    name: Wuxi Technician College\n    country: China\n    constituent: trainig institution\n"

    assert problems(("people:", third + "people:")) == [
        "p.yaml:18:18: 'trainig institution' is a constituent of its own in the report"
        " - did you mean 'training institution'?"
    ]


def test_numbers_and_countries_that_look_wrong_are_pointed_out() -> None:
    """A lost row, a slip in a country: allowed, but shown."""
    assert problems(
        ("  npic:\n", "  npic:\n    number: 1\n"),
        ("  yunnan:\n", "  yunnan:\n    number: 3\n"),
        ("country: China", "country: Chna"),
    ) == [
        "p.yaml:13:13: the numbers skip 2 - see whether the list of participants lost a row",
        "p.yaml:15:14: no zone is known for Chna: its people read times in Asia/Bangkok - did you mean 'China'?",
    ]
