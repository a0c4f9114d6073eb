"""The page of a focal point: its own clocks first, one answer for each day, and no wrong button."""

from __future__ import annotations

import asyncio
import html
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from meetbot.core import times
from meetbot.core.bilaterals import Availability, Can, Delegate, State
from meetbot.core.model import Sex
from meetbot.core.times import Interval
from meetbot.flows import bilaterals
from tests.store import builders
from tests.web import offices
from tests.web.offices import DEADLINE, NOW, Office, answer, pair, proposed, words

PEOPLE = "Daw Thida <thida@cvt.example>, Principal\nU Aung\taung@cvt.example\tTrainer"
DELEGATES = (
    Delegate("cvt", "Daw Thida", "thida@cvt.example", "Principal"),
    Delegate("cvt", "U Aung", "aung@cvt.example", "Trainer"),
)


def yangon(start: str, end: str, day: int = 15) -> Interval:
    return Interval(*(times.at(f"2021-11-{day} {wall}", "Asia/Yangon") for wall in (start, end)))


async def test_times_are_shown_by_the_readers_clocks_first_and_by_their_peers_beside(office: Office) -> None:
    """Half-hour zones too; a peer whose clocks differ stands beside with its city."""
    await office.add(proposed(), pair("cvt", "npic"))

    shown = words(await office.get(await office.link()))

    assert (
        "Yunnan Mechanical and Electrical Vocational College China "
        "Mon 15 Nov 2021 08:30–09:30 10:00–11:00 Shanghai "
        "This time is proposed to you. Does it suit you? Agree We cannot Reason (if you wish) Ask for another time"
    ) in shown
    assert "Yangon time stands first, and beside it the clocks of those whom you meet." in shown
    assert "Please answer by Tue 9 Nov 2021, 16:30 Yangon (UTC+6:30) ." in shown
    assert "Programme Office, office@network.example" in shown


async def test_T03_only_hours_in_which_both_sides_work_are_asked_about(office: Office) -> None:
    """No lunch of either side, nothing before 08:30 or after 17:00 of either, on each day of the plan."""
    await office.add(pair())

    shown = words(await office.get(await office.link()))

    monday, tuesday = re.findall(r"(\w+ \d+ November 2021) (.*?) Yes If needed No By the hour", shown)
    expected = "08:30–10:30 10:00–12:00 Shanghai 13:00–15:30 14:30–17:00 Shanghai"
    assert monday == ("Monday 15 November 2021", expected)
    assert tuesday == ("Tuesday 16 November 2021", expected)


async def test_an_answer_is_kept_by_day_and_by_the_hour_with_who_comes(office: Office) -> None:
    """One answer for Monday, one for each stretch of Tuesday; the page then says so and shows what was said."""
    await office.add(pair())
    link = await office.link()

    sent = {"do": "answer", "day-2021-11-15": "if needed", "day-2021-11-16": "by the hour", "delegation": PEOPLE}
    sent |= {"at-20211116T0200": "yes", "at-20211116T0300": "no", "at-20211116T0630": "if needed"}
    said = await office.say("POST", link, sent)

    assert (said.status_code, said.headers["location"]) == (303, "?done=answer")
    morning, afternoon = yangon("08:30", "10:30"), yangon("13:00", "15:30")
    said_so = (
        (morning, Can.IF_NEEDED),
        (afternoon, Can.IF_NEEDED),
        (yangon("08:30", "09:30", 16), Can.YES),
        (yangon("09:30", "10:30", 16), Can.NO),
        (yangon("13:00", "14:00", 16), Can.IF_NEEDED),
        (yangon("14:00", "15:30", 16), Can.NO),
    )
    assert await office.answered() == (Availability("cvt", said_so, NOW, "focal point"), DELEGATES)
    again = await office.get(f"{link}?done=answer")
    assert "Thank you. Your answer is kept; you can change it here at any time." in words(again)
    checked = re.findall(r'name="([^"]+)" value="([^"]+)" checked', again.text)
    assert {"day-2021-11-15": "if needed", "day-2021-11-16": "by the hour"}.items() <= dict(checked).items()
    assert dict(checked)["at-20211116T0630"] == "if needed"
    assert "Daw Thida &lt;thida@cvt.example&gt;, Principal\nU Aung &lt;aung@cvt.example&gt;, Trainer" in again.text


@pytest.mark.parametrize("asks", [True, False])
async def test_the_sex_is_taken_only_where_the_programme_asks(tmp_path: Path, asks: bool) -> None:
    """The page then says so, and shows what it was told; elsewhere it is part of the position like any other word."""
    store = await builders.opened(tmp_path)
    text = f"{offices.TEXT}registration: {{ask_sex: {'yes' if asks else 'no'}}}\n"
    office = await offices.opened(store, text)
    await office.add(pair())
    link, line = await office.link(), "Daw Thida <thida@cvt.example>, Principal, female"

    await office.post(link, do="answer", **{"day-2021-11-15": "yes", "day-2021-11-16": "yes", "delegation": line})

    position, sex = ("Principal", Sex.FEMALE) if asks else ("Principal, female", None)
    assert (await office.answered())[1] == (Delegate("cvt", "Daw Thida", "thida@cvt.example", position, sex=sex),)
    shown = html.unescape((await office.get(link)).text)
    assert line in shown
    assert ('(with "female" or "male" behind a comma, if they wish)' in shown) is asks
    await store.aclose()


async def test_P40_what_is_missing_or_misspelt_is_named_and_nothing_is_kept(office: Office) -> None:
    """Each problem leads to its field, and what was typed stays on the page."""
    await office.add(pair())

    wrong = await office.post(await office.link(), do="answer", **{"day-2021-11-15": "yes", "delegation": "Dara\nx@"})

    assert wrong.status_code == 422
    assert re.findall(r'<li><a href="(#[^"]+)">([^<]+)</a>', wrong.text) == [
        ("#day-2021-11-16-0", "Tuesday 16 November 2021: choose one answer for this day"),
        (
            "#delegation",
            "Line 1: a name and a mail address were expected; write it like this: "
            "Sok Dara &lt;sok.dara@npic.example&gt;, Director.",
        ),
        (
            "#delegation",
            "Line 2: a name and a mail address were expected; write it like this: "
            "Sok Dara &lt;sok.dara@npic.example&gt;, Director.",
        ),
    ]
    assert ">\nDara\nx@</textarea>" in wrong.text
    assert await office.answered() == (None, ())


async def test_a_side_says_which_languages_its_people_can_meet_in(office: Office) -> None:
    """Ticked and written ones count at once for both; with a peer that shares none an interpreter is needed."""
    await office.add(pair(), pair("cvt", "npic"))
    mine, theirs = await office.link(), await office.link("yunnan")
    sent = {"do": "answer", "day-2021-11-15": "yes", "day-2021-11-16": "no"}
    await office.say("POST", theirs, {**sent, "other-languages": "Chinese"})
    before = await office.get(mine)

    said = await office.say("POST", mine, {**sent, "speaks": ["Burmese"], "other-languages": "chinese; Mon"})

    needed, shared = "An interpreter is needed: they speak Chinese.", "In a language of both: Chinese."
    assert said.status_code == 303
    assert needed in words(before)
    assert shared in words(await office.get(mine)) and shared in words(await office.get(theirs))
    programme = await office.in_force()
    assert programme.organisations["cvt"].speaks == ("Burmese", "Chinese", "Mon")
    ticked = re.findall(r'name="speaks" value="(\w+)" checked', (await office.get(mine)).text)
    assert ticked == ["Burmese", "Chinese", "Mon"]


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        (
            {"other-languages": ""},
            "Choose at least one language, so that an interpreter can be found where one is needed.",
        ),
        (
            {"speaks": "English", "other-languages": "C++"},
            "&#39;C++&#39; is not the name of one language; write it as Zoom shows it, such as English.",
        ),
        (
            {"other-languages": ",".join(f"Language {chr(65 + n)}" for n in range(13))},
            "There are 13 languages; choose at most 12.",
        ),
    ],
)
async def test_P40_a_language_that_is_none_is_named_and_what_was_typed_stays(
    office: Office, sent: dict[str, str], problem: str
) -> None:
    """Nothing of the answer is kept."""
    await office.add(pair())
    answered = {"do": "answer", "day-2021-11-15": "yes", "day-2021-11-16": "no", "delegation": PEOPLE}

    wrong = await office.say("POST", await office.link(), {**answered, **sent})

    assert wrong.status_code == 422
    assert re.findall(r'<li><a href="#other-languages">([^<]+)</a>', wrong.text) == [problem]
    assert f'value="{sent["other-languages"]}"' in wrong.text and "thida@cvt.example" in wrong.text
    assert await office.answered() == (None, ())
    assert (await office.in_force()).organisations["cvt"].speaks == ("Burmese", "English")


async def test_an_answer_without_the_question_of_languages_leaves_them(office: Office) -> None:
    """And one that says the same makes no new programme."""
    await office.add(pair())
    sent = {"do": "answer", "day-2021-11-15": "yes", "day-2021-11-16": "no"}
    link, before = await office.link(), await office.in_force()

    await office.say("POST", link, sent)
    await office.say("POST", link, {**sent, "speaks": ["Burmese", "English"], "other-languages": ""})

    assert await office.in_force() == before


@pytest.mark.parametrize("value", ["maybe", "", "YES", "<script>"])
async def test_C03_an_answer_that_the_page_does_not_offer_is_refused(office: Office, value: str) -> None:
    """Whatever is put in the place of a radio button."""
    await office.add(pair())

    sent = {"do": "answer", "day-2021-11-15": value, "day-2021-11-16": "no"}

    assert (await office.say("POST", await office.link(), sent)).status_code == 422
    assert await office.answered() == (None, ())


async def test_what_others_wrote_is_shown_as_text(office: Office) -> None:
    """A name with tags in it makes no tag."""
    await office.add(pair())
    sent = {f"day-2021-11-{day}": "no" for day in (15, 16)} | {"delegation": '<b>Dara</b>\n"><script>alert(1)</script>'}

    wrong = await office.say("POST", await office.link(), {"do": "answer", **sent})

    assert wrong.status_code == 422
    assert "<b>" not in wrong.text and "<script" not in wrong.text


async def test_a_side_agrees_and_the_page_says_who_is_still_asked(office: Office) -> None:
    """The button is gone then; declining stays possible."""
    await office.add(proposed())
    link = await office.link()

    done = await office.post(link, do="agree", pair="cvt+yunnan", revision="1")

    assert (done.status_code, done.headers["location"]) == (303, "?done=agree")
    assert await office.pair() == offices.agreed_by_cvt()
    after = await office.get(link)
    assert "You have agreed. Yunnan Mechanical and Electrical Vocational College is still asked." in words(after)
    assert re.findall(r'value="(agree|decline)"', after.text) == ["decline"]


async def test_a_side_declines_with_a_reason_in_one_line(office: Office) -> None:
    """The reason reaches the pair without line breaks or control signs."""
    await office.add(proposed())

    done = await office.post(
        await office.link(), do="decline", pair="cvt+yunnan", revision="1", reason="Exam\r\nweek\x00"
    )

    assert (done.status_code, done.headers["location"]) == (303, "?done=decline")
    stuck = await office.pair()
    assert stuck and (stuck.state, stuck.reason) == (
        State.WAITING,
        "Yangon Centre of Vocational Training has declined: Exam week",
    )


@pytest.mark.parametrize("revision", ["0", "2", "", "-1", "x", "１", "9" * 40])
async def test_P10_an_old_page_cannot_agree_to_another_time(office: Office, revision: str) -> None:
    """409 with the sentence and the time that is proposed now."""
    await office.add(proposed())

    refused = await office.post(await office.link(), do="agree", pair="cvt+yunnan", revision=revision)

    assert refused.status_code == 409
    assert (
        "This could not be done This time is no longer the one that is proposed: please look at the page again."
        in words(refused)
    )
    assert await office.pair() == proposed()


@pytest.mark.parametrize("state", [one for one in State if one is not State.PROPOSED])
async def test_buttons_stand_only_under_a_proposed_time(office: Office, state: State) -> None:
    """What is waiting, agreed or over is only told."""
    await office.add(proposed(state=state))

    assert re.findall(r'value="(agree|decline)"', (await office.get(await office.link())).text) == []


async def test_after_the_deadline_the_page_says_so_and_still_takes_an_answer(office: Office) -> None:
    """On the minute it is late, a minute before it is not."""
    await office.add(pair())
    link = await office.link()
    late = "Answers were asked for by Tue 9 Nov 2021, 16:30 Yangon (UTC+6:30)."

    office.clock.at = DEADLINE - timedelta(minutes=1)
    before = words(await office.get(link))
    office.clock.at = DEADLINE
    after = words(await office.get(link))

    assert (late in before, late in after) == (False, True)
    sent = {"do": "answer", "day-2021-11-15": "yes", "day-2021-11-16": "no"}
    assert (await office.say("POST", link, sent)).status_code == 303


async def test_an_earlier_answer_is_told_with_its_moment(office: Office) -> None:
    """In the reader's own zone."""
    await office.add(pair())
    await bilaterals.answer(office.store, office.programme, answer(), (), now=NOW)

    assert "Your last answer is of Thu 4 Nov 2021, 05:30 Yangon (UTC+6:30). A new one takes its place." in words(
        await office.get(await office.link())
    )


async def test_days_that_are_not_known_ask_nothing(office: Office) -> None:
    """The meetings are told all the same."""
    await office.add(pair())
    days = "  from: 2021-11-15\n  to: 2021-11-16\n  answers_by: 2021-11-09 17:00\n"
    unknown = await offices.opened(office.store, offices.TEXT.replace(days, ""))

    shown = await unknown.get(await unknown.link())

    assert "A time is still to be found." in words(shown)
    assert "<fieldset" not in shown.text


async def test_fifty_answers_at_once_leave_one_whole_answer(office: Office) -> None:
    """Each is thanked; what is kept is one of them, with its own people, not a mixture."""
    await office.add(pair())
    link = await office.link()

    async def send(number: int) -> int:
        can = ("yes", "if needed", "no")[number % 3]
        sent = {"do": "answer", "day-2021-11-15": can, "day-2021-11-16": can}
        return (
            await office.say("POST", link, {**sent, "delegation": f"Person {can} <{number}@cvt.example>"})
        ).status_code

    statuses = await asyncio.gather(*map(send, range(50)))

    assert statuses == [303] * 50
    said, (delegate,) = await office.answered()
    (can,) = {can for _, can in said.said} if said else set()
    assert delegate == replace(delegate, name=f"Person {can}") and delegate.address.endswith("@cvt.example")
