"""The pages on which people say who was there: the organiser's, and that of a hall."""

from __future__ import annotations

import itertools
import re

import pytest

from meetbot.store.page_links import Purpose
from tests.web import attended
from tests.web.attended import AFTER, DARA
from tests.web.offices import NPIC, PUBLIC_URL, Office, words


@pytest.fixture
async def office(office: Office) -> Office:
    """After the launch."""
    await attended.held(office.store, office.programme)
    office.clock.at = AFTER
    return office


async def page(office: Office) -> str:
    return await office.link("launch", Purpose.ATTENDANCE)


async def hall(office: Office, organisation: str = "cvt") -> str:
    """The path of an organisation's page, as the organiser gets it."""
    shown = await office.post(await page(office), do="hall", organisation=organisation)
    (path,) = re.findall(rf'href="{PUBLIC_URL}(/b/hall/[^"]+)"', shown.text)
    return str(path)


async def key(office: Office, name: str) -> str:
    return await attended.key_of(office.store, office.programme, name)


async def counted(office: Office) -> dict[str, str]:
    return await attended.counted(office.store, office.programme)


async def person(office: Office, name: str) -> str:
    look = await attended.seen(office.store, office.programme)
    return str(next(one.registrant for those in look.candidates.values() for one in those if one.name == name))


async def test_the_page_shows_each_line_beside_who_it_may_be(office: Office) -> None:
    """The figure, what Zoom showed with its hours, and the candidate with organisation and reason."""
    text = words(await office.get(await page(office)))

    assert "1 attended (1 proven, 0 declared), 3 lines open" in text
    assert "3 lines need you" in text
    assert (
        "Hla Min (CVT) 14:05–15:00, 55 minutes Zoom gave neither a registration nor an address "
        "Hla Min Yangon Centre of Vocational Training the same name It is" in text
    )
    assert "Nobody is registered under a name like it." in text


async def test_P13_one_click_settles_a_line_and_one_takes_it_back(office: Office) -> None:
    """After each the page says what was done, and the count is the new one."""
    link, line = await page(office), await key(office, "Hla Min (CVT)")

    clicked = await office.post(link, do="match", line=line, person=await person(office, "Hla Min"))
    with_hla, text = await counted(office), words(await office.get(f"{link}?done=match"))
    back = await office.post(link, do="undo", line=line)

    assert (clicked.status_code, clicked.headers["location"], back.status_code) == (303, "?done=match", 303)
    assert with_hla == {"Daw Thida Win": "E", "Hla Min": "D"}
    assert "2 attended (1 proven, 1 declared), 2 lines open" in text
    assert "Said by: organiser" in text
    assert await counted(office) == {"Daw Thida Win": "E"}


async def test_the_second_of_two_organisers_hears_what_the_first_said(office: Office) -> None:
    """Nothing is overwritten by a page that was opened before."""
    link, line = await page(office), await key(office, "Hla Min (CVT)")
    who = await person(office, "Hla Min")
    await office.post(link, do="declare", line=line, people=f"Sok Dara <{DARA}>")

    late = await office.post(link, do="match", line=line, person=who)

    assert late.status_code == 409
    assert "organiser has already said that this is Sok Dara. Take that back first." in words(late)


async def test_several_before_one_screen_are_written_one_on_a_line(office: Office) -> None:
    """Registered or not; what cannot be read is said by line, and then nobody is taken."""
    link, line = await page(office), await key(office, "NPIC training hall")

    wrong = await office.post(link, do="declare", line=line, people="Keo Sophal; npic\n12345")
    before = await counted(office)
    await office.post(link, do="declare", line=line, people=f"Keo Sophal; npic\nSok Dara <{DARA}>")

    assert (wrong.status_code, "Line 2: there is no letter in the name" in words(wrong)) == (409, True)
    assert "Keo Sophal; npic\n12345</textarea>" in wrong.text
    assert before == {"Daw Thida Win": "E"}
    assert await counted(office) == {"Daw Thida Win": "E", "Keo Sophal": "D", "Sok Dara": "D"}


async def test_a_focal_point_names_who_sat_beside_a_colleague(office: Office) -> None:
    """Their own organisation's lines alone are shown, and each name can be taken back."""
    link, line = await hall(office), await key(office, "Daw Thida Win")
    empty = words(await office.get(link))

    done = await office.post(link, do="declare", line=line, people="Kyaw Zin\nHla Min")
    text, with_them = words(await office.get(link)), await counted(office)
    (undo,) = re.findall(r'name="named" value="(\d+)">\s*<p><strong>Kyaw Zin', (await office.get(link)).text)
    await office.post(link, do="undo", line=line, named=undo)

    assert "Daw Thida Win 14:00–15:00" not in empty  # by the clocks of Yangon
    assert "Daw Thida Win 13:30–14:30, 60 minutes" in empty
    assert [name for name in (*attended.SHOWN, "Sok Dara", "Hla Min") if name in empty] == []
    assert done.status_code == 303
    assert "Kyaw Zin not registered Take back Hla Min Take back" in text
    assert with_them == {"Daw Thida Win": "E", "Kyaw Zin": "D", "Hla Min": "D"}
    assert await counted(office) == {"Daw Thida Win": "E", "Hla Min": "D"}


async def test_P36_a_hall_reaches_neither_other_lines_nor_other_organisations(office: Office) -> None:
    """Not an open line, nor another's people by their address, nor another's line; nothing is changed."""
    theirs, cvt = await hall(office), await key(office, "Daw Thida Win")
    open_line, before = await key(office, "iPhone"), await counted(office)

    refused = [
        (await office.post(theirs, do="declare", line=open_line, people="Kyaw Zin")).status_code,
        (await office.post(theirs, do="undo", line=cvt, named="1")).status_code,
        (await office.post(theirs, do="match", line=cvt, person="1")).status_code,
    ]

    assert refused == [400, 400, 400]
    assert await counted(office) == before
    assert "Zoom has seen nobody of your organisation" in words(await office.get(await hall(office, "npic")))
    await office.post(theirs, do="declare", line=cvt, people=f"Somebody; {NPIC}\nDara <{DARA}>")
    document = (await attended.seen(office.store, office.programme)).document
    assert {one["organisation"] for one in document["lines"]} == {"Yangon Centre of Vocational Training"}
    assert [one["registrant"] for one in document["lines"] if one["name"] == "Dara"] == [None]


async def test_P29_reading_changes_nothing_and_one_link_is_not_another(office: Office) -> None:
    """Every way of reading, three times, of both pages; and each link opens its own page alone."""
    links = [await page(office), await hall(office)]
    before = await office.everything()

    for link, method, _ in itertools.product(links, ("GET", "HEAD", "OPTIONS"), range(3)):
        await office.say(method, f"{link}?do=match&line={await key(office, 'iPhone')}&person=1")
    crossed = [
        (await office.get(links[0].replace("/attendance/", "/hall/"))).status_code,
        (await office.get(links[1].replace("/hall/", "/attendance/"))).status_code,
        (await office.get(links[0].replace("/attendance/", "/"))).status_code,
        (await office.get("/b/hall/nothing")).status_code,
    ]

    assert await office.everything() == before
    assert crossed == [404] * 4


async def test_a_change_from_a_foreign_page_is_refused(office: Office) -> None:
    link, line = await page(office), await key(office, "Hla Min (CVT)")
    form = {"do": "match", "line": line, "person": await person(office, "Hla Min")}

    assert (await office.say("POST", link, form, sec_fetch_site="cross-site")).status_code == 403
    assert await counted(office) == {"Daw Thida Win": "E"}


async def test_before_there_is_a_report_the_link_opens_nothing(office: Office) -> None:
    assert (await office.get(await office.link("other", Purpose.ATTENDANCE))).status_code == 404
