"""The committed files: the real launch, the smallest example, the schema for editors."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date, time
from pathlib import Path

from meetbot.core import model, times
from meetbot.files import programme
from meetbot.files.programme import editors

CONFIG = Path(__file__).parents[2] / "config"


def launch() -> model.Programme:
    read = programme.read(CONFIG / "launch.yaml").programme
    assert read is not None
    return read


def test_launch_has_thirty_organisations_by_country() -> None:
    """The rows count, not the numbers, which skip 17 and give 18 twice."""
    organisations = launch().organisations.values()

    assert Counter(one.country for one in organisations) == {
        "Cambodia": 4,
        "Lao PDR": 8,
        "Myanmar": 1,
        "China": 11,
        "ILO": 6,
    }
    assert Counter(one.constituent for one in organisations) == {
        "government": 2,
        "training institution": 21,
        "development partner": 1,
        "ILO office": 6,
    }
    assert {one.quota for one in organisations} == {5}


def test_launch_offices_have_the_clock_of_their_place() -> None:
    """An ILO office reads times where it is, not where the regional office is."""
    zones = {key: one.zone for key, one in launch().organisations.items() if one.country == "ILO"}

    assert zones == {
        "roap": "Asia/Bangkok",
        "co-bangkok": "Asia/Bangkok",
        "dwt-bangkok": "Asia/Bangkok",
        "jpo-cambodia": "Asia/Phnom_Penh",
        "ilo-vientiane": "Asia/Vientiane",
        "ilo-myanmar": "Asia/Yangon",
    }


def test_launch_rundown_is_that_of_the_concept_note() -> None:
    """Each segment with its times in Bangkok, in the order of the day, and who has a part in it."""
    meeting = launch().meetings["launch"]

    assert meeting.opens_at == times.at("2021-11-10 13:30", "Asia/Bangkok")
    assert times.span_text(meeting.interval, "Asia/Bangkok", "Asia/Yangon") == (
        "14:00–17:00 Bangkok (UTC+7) = 13:30–16:30 Yangon (UTC+6:30)"
    )
    assert meeting.recording == model.Recording("welcome", "closing")
    assert [
        (
            one.title,
            times.span_text(one.interval, "Asia/Bangkok")[:11] if one.timed else "",
            *(part.person or part.organisation for part in one.parts),
        )
        for one in meeting.rundown
    ] == [
        ("Registration", "13:30–14:00"),
        ("Welcoming remarks", "14:00–14:30", "boonpala", "tang", "pich", "phongxaysack"),
        ("Group Photo", ""),
        ("Session1: Power of Networking", "14:30–15:00", "liu", "ma"),
        ("Session 2: Our Workplan", "15:00–15:30", "magnat"),
        ("Session 3: Discussion", "15:30–16:30", "molvt", "molsw", "mohrss", "yunnan-technician", "guangzhou", "li"),
        ("Closing session", "16:30–17:00", "hao", "buckley"),
    ]


def test_launch_keeps_names_and_offices_as_written() -> None:
    """Nothing that a person wrote is polished."""
    people = launch().people

    assert [one.name for one in people.values()] == [
        "Ms Panudda Boonpala",
        "H.E. TANG Tao",
        "H.E. Pich Sophoan",
        "H.E. Phongxaysack INTHARATH",
        "Mr Yutong Liu",
        "Mr Ma Hezu",
        "Mr Julien Magnat",
        "Mr Donglin Li",
        "Mr Hao Bin",
        "Mr Graeme Buckley",
    ]
    assert people["pich"].office == (
        "Minister Delegate Attached to the Prime Minister, Permanent Secretary of State, "
        "Ministry of Labour and Vocational Training, Cambodia"
    )


def test_T19_launch_bilaterals_wait_for_their_answers() -> None:
    """Eleven peers face ten in the proposed week, each with somebody to ask, and no meeting is made of them."""
    read = launch()

    assert list(read.meetings) == ["launch"]
    assert read.bilaterals is not None
    assert read.bilaterals.when == "in the following days to be determined by peer TVETs"
    assert [Counter(read.organisations[key].country for key in side) for side in read.bilaterals.sides] == [
        {"Cambodia": 3, "Lao PDR": 7, "Myanmar": 1},
        {"China": 10},
    ]
    assert (read.bilaterals.first_on, read.bilaterals.last_on) == (date(2021, 11, 15), date(2021, 11, 19))
    assert read.bilaterals.answers_by == times.at("2021-11-12 17:00", "Asia/Bangkok")
    assert read.bilaterals.hours["China"].lunch == (time(11, 30), time(13, 30))
    asked = {key for key, one in read.organisations.items() if one.focal_point}
    assert asked == {key for side in read.bilaterals.sides for key in side}


def test_launch_shows_what_the_note_itself_leaves_odd() -> None:
    """Six remarks, no error: each is in the concept note, and none is corrected in silence."""
    problems = programme.read(CONFIG / "launch.yaml").problems

    assert all(problem.warning for problem in problems)
    assert [(problem.line.strip(), problem.what) for problem in problems] == [
        ("number: 18", "the numbers skip 17"),
        ("number: 18", "number 18 is given twice, here and in line 158"),
        ("people:", "10 of 10 people have no address: their cues wait for their registration"),
        ("welcome:", "4 share the 30 min of Welcoming remarks: about 7 min each"),
        ("group-photo:", "Group Photo has no time of its own: it takes from its neighbours, and is not cued"),
        (
            "text: Presentation on Workplan 2022 of the Network",
            "Workplan goes with 2022 here, but with 2020-2021 in meetings launch text",
        ),
    ]


def test_launch_writes_to_nobody_real() -> None:
    """Every address in it is invented."""
    read = launch()

    addresses = [
        *(one.focal_point.address for one in read.organisations.values() if one.focal_point),
        read.organiser.address,
        *(one.address for one in read.reports_to),
        read.meetings["launch"].host,
    ]
    assert all(address.endswith(".example") for address in addresses)


def test_example_is_right() -> None:
    """The file that people copy gives neither error nor warning."""
    assert programme.read(CONFIG / "example.yaml").problems == ()


def test_full_example_has_every_key_and_no_remark() -> None:
    """Each key of each group stands in it once at least, so that there is a line to copy."""
    path = CONFIG / "full.yaml"
    written = set(re.findall(r"(\w+):", re.sub(r"#.*", "", path.read_text())))
    shapes = [editors.schema(), *editors.schema()["$defs"].values()]

    assert {key for shape in shapes for key in shape["properties"]} - written == set()
    assert programme.read(path).problems == ()


def test_schema_for_editors_is_up_to_date() -> None:
    """The committed schema is the one that the reader uses; write it anew after a change of the shape."""
    committed = json.loads((CONFIG / "programme.schema.json").read_text())

    assert committed == editors.schema()
