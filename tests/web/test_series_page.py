"""Two that have met ask for further meetings on their pages, and the other side agrees or declines."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from meetbot.core import times
from meetbot.core.bilaterals import State
from meetbot.core.bilaterals.series import Proposal
from meetbot.store import bilaterals, hosts, outbox
from tests.web.offices import CVT, YUNNAN, Office, words

WANTED = {"do": "ask-series", "pair": "cvt+yunnan", "subject": "Curriculum workshop", "count": "2", "every": "1"}
AGREE = {"do": "agree-series", "pair": "cvt+yunnan", "revision": "1"}
DECLINE = {"do": "decline-series", "pair": "cvt+yunnan", "revision": "1"}
STARTS = {
    "cvt+yunnan.2": times.at("2021-11-22 08:30", "Asia/Yangon"),
    "cvt+yunnan.3": times.at("2021-11-29 08:30", "Asia/Yangon"),
}


def proposal(office: Office, **other: object) -> Proposal:
    """As the college in Yangon has just asked for it."""
    asked = Proposal(
        pair="cvt+yunnan",
        subject="Curriculum workshop",
        count=2,
        every=1,
        starts=STARTS,
        state=State.PROPOSED,
        reason="",
        since=office.clock.at,
        agreed_by=frozenset({"cvt"}),
        revision=1,
    )
    return replace(asked, **other)  # type: ignore[arg-type]


async def letters(office: Office, kind: str) -> list[tuple[str, object]]:
    """To whom, and about what."""
    async with office.store.reading() as tx:
        listed = await outbox.listing(tx)
    return [
        (one.message.to.address, one.message.letter.facts.get("declined"))
        for one in listed
        if one.message.letter.kind == kind
    ]


async def further(office: Office) -> dict[str, tuple[str, str]]:
    async with office.store.reading() as tx:
        pairs = await bilaterals.pairs(tx)
    return {one.key: (one.state, one.subject) for one in pairs if "." in one.key}


async def test_one_side_asks_and_the_other_gets_one_letter_with_the_times(office: Office) -> None:
    """On the weekday and at the time of the first; the asker's page says that the other is still asked."""
    await office.met()
    link = await office.link()

    asked = await office.post(link, **WANTED)

    assert (asked.status_code, asked.headers["location"]) == (303, "?done=ask-series")
    assert await office.asked() == proposal(office)
    assert await letters(office, "series") == [("li.na@yunnan.example", False)]
    assert (
        "Further meetings: Curriculum workshop "
        "Mon 22 Nov 2021 08:30–09:30 10:00–11:00 Shanghai Mon 29 Nov 2021 08:30–09:30 10:00–11:00 Shanghai "
        f"You have agreed. {YUNNAN} is still asked."
    ) in words(await office.get(link))
    assert await further(office) == {}


async def test_the_other_side_agrees_to_all_of_them_with_one_click(office: Office) -> None:
    """Each is a meeting of its own with what it is about; a click of the asker, or a second one, changes nothing."""
    await office.met()
    await office.post(await office.link(), **WANTED)
    theirs = await office.link("yunnan")
    assert f"{CVT} asks for these meetings. Do all of these times suit you?" in words(await office.get(theirs))

    asked = await office.everything()
    await office.post(await office.link(), **AGREE)
    unchanged = {**await office.everything(), "page_link": asked["page_link"]}
    agreed = await office.post(theirs, **AGREE)
    before = await office.everything()
    again = await office.post(theirs, **AGREE)

    assert unchanged == asked
    assert (agreed.status_code, again.status_code) == (303, 303)
    assert await office.everything() == before
    assert await office.asked() == proposal(
        office, state=State.AGREED, reason="agreed by both sides", agreed_by=frozenset({"cvt"})
    )
    assert await further(office) == {
        "cvt+yunnan.2": (State.AGREED, "Curriculum workshop 1"),
        "cvt+yunnan.3": (State.AGREED, "Curriculum workshop 2"),
    }
    assert "Curriculum workshop 2" in words(await office.get(theirs))
    assert [to for to, _ in await letters(office, "bilaterals")] == ["thida@cvt.example", "li.na@yunnan.example"]


@pytest.mark.parametrize(("side", "told"), [("yunnan", "thida@cvt.example"), ("cvt", "li.na@yunnan.example")])
async def test_either_side_declines_and_the_other_is_told(office: Office, side: str, told: str) -> None:
    """With the reason; after that it can be asked for anew."""
    await office.met()
    await office.post(await office.link(), **WANTED)
    link = await office.link(side)

    declined = await office.post(link, **DECLINE, reason="Exams\r\nuntil June")

    name = office.programme.organisations[side].name
    assert declined.status_code == 303
    assert await office.asked() == proposal(
        office, state=State.CANCELLED, reason=f"{name} has declined: Exams until June", agreed_by=frozenset()
    )
    assert (told, True) in await letters(office, "series")
    assert (await office.post(link, **WANTED)).status_code == 303
    assert (asked := await office.asked()) and (asked.revision, asked.agreed_by) == (2, frozenset({side}))


@pytest.mark.parametrize("do", [AGREE, DECLINE])
@pytest.mark.parametrize("revision", ["0", "2", "", "x"])
async def test_P10_an_old_page_decides_nothing_about_a_newer_series(
    office: Office, do: dict[str, str], revision: str
) -> None:
    """409 with the sentence, and no change."""
    await office.met()
    await office.post(await office.link(), **WANTED)
    before = await office.everything()

    refused = await office.post(await office.link("yunnan"), **{**do, "revision": revision})

    assert refused.status_code == 409
    assert "These meetings are no longer those that are asked for: please look at the page again." in words(refused)
    assert {**await office.everything(), "page_link": []} == {**before, "page_link": []}


async def test_times_that_are_gone_meanwhile_are_offered_anew_to_both(office: Office) -> None:
    """Whoever agrees to what is no longer possible has agreed to nothing; then each agrees to the new times."""
    await office.met()
    mine, theirs = await office.link(), await office.link("yunnan")
    await office.post(mine, **WANTED)
    office.clock.at = times.at("2021-11-22 09:00", "Asia/Bangkok")  # the first of them has begun

    late = await office.post(theirs, **AGREE)

    assert late.status_code == 409
    assert "Not all of these times are possible any more" in words(late)
    starts = {"cvt+yunnan.2": STARTS["cvt+yunnan.3"], "cvt+yunnan.3": times.at("2021-12-06 08:30", "Asia/Yangon")}
    assert await office.asked() == proposal(office, starts=starts, agreed_by=frozenset(), revision=2)
    assert (await office.post(theirs, **{**AGREE, "revision": "2"})).status_code == 303
    assert [to for to, _ in await letters(office, "series")] == ["li.na@yunnan.example", "thida@cvt.example"]
    assert (await office.post(mine, **{**AGREE, "revision": "2"})).status_code == 303
    assert [*await further(office)] == [*starts]


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"subject": " "}, "Write what the meetings are about."),
        ({"subject": "x" * 81}, "Write what they are about in at most 80 characters."),
        ({"count": "0"}, "Choose a number of meetings from 1 to 8."),
        ({"count": "9"}, "Choose a number of meetings from 1 to 8."),
        ({"count": "two"}, "Choose a number of meetings from 1 to 8."),
        ({"every": "3"}, "Choose how often you want to meet."),
        ({"every": ""}, "Choose how often you want to meet."),
    ],
)
async def test_P40_what_is_missing_is_named_and_what_was_typed_stays(
    office: Office, wrong: dict[str, str], problem: str
) -> None:
    """422, the place and the remedy; nobody is asked."""
    await office.met()
    before = await office.everything()

    refused = await office.post(await office.link(), **{**WANTED, "subject": "Workshop <b>", **wrong})

    assert refused.status_code == 422
    assert re.findall(r'<li><a href="#\w+-wrong">([^<]+)</a>', refused.text) == [problem]
    assert "<b>" not in refused.text
    assert ('value="Workshop &lt;b&gt;"' in refused.text) or "subject" in wrong
    assert {**await office.everything(), "page_link": []} == {**before, "page_link": []}


@pytest.mark.parametrize("state", [one for one in State if one not in (State.HELD, State.REPORTED)])
async def test_who_has_not_met_cannot_ask_to_meet_again(office: Office, state: State) -> None:
    """Neither is it offered, nor taken."""
    await office.met(state)
    link = await office.link()

    refused = await office.post(link, **WANTED)

    assert "Meet again" not in words(await office.get(link))
    assert (refused.status_code, await office.asked()) == (409, None)


async def test_a_series_that_is_asked_for_is_not_asked_for_once_more(office: Office) -> None:
    """By neither side; the other's wish stands."""
    await office.met()
    await office.post(await office.link(), **WANTED)
    theirs = await office.link("yunnan")

    refused = await office.post(theirs, **{**WANTED, "subject": "Another"})

    assert refused.status_code == 409
    assert "ask-series" not in (await office.get(theirs)).text
    assert await office.asked() == proposal(office)


async def test_P30_P36_the_link_of_a_third_side_decides_nothing(office: Office) -> None:
    """Whatever pair its form names."""
    await office.met()
    await office.post(await office.link(), **WANTED)
    link, before = await office.link("npic"), await office.everything()

    statuses = [(await office.post(link, **form)).status_code for form in (WANTED, AGREE, DECLINE)]

    assert statuses == [400] * 3
    assert await office.everything() == before


async def test_P40_where_no_time_is_found_it_is_said_why_and_what_was_typed_stays(office: Office) -> None:
    """The only host is out: 409 with the reason, and nobody is asked."""
    await office.met()
    async with office.store.transaction() as tx:
        await hosts.drop(tx, "pool@network.example", now=office.clock.at, by="test")

    refused = await office.post(await office.link(), **WANTED)

    assert refused.status_code == 409
    assert "This could not be done No time has been found for further meetings." in words(refused)
    assert 'value="Curriculum workshop"' in refused.text
    assert (await office.asked(), await letters(office, "series")) == (None, [])
