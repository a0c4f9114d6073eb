"""The organiser's board: every pair once, what needs somebody first, and nothing to press."""

from __future__ import annotations

import re

from meetbot.core.bilaterals import State
from meetbot.store.page_links import Purpose
from tests.web import offices
from tests.web.offices import Office, pair, proposed, words


async def test_the_board_shows_every_pair_with_its_next_step(office: Office) -> None:
    """Stuck before waiting before proposed; times on the programme's clock and on those of the sides."""
    stuck = pair("npic", "yunnan", state=State.STUCK, reason="No common hour: NPIC's answers end at 11:30.")
    await office.add(proposed(), pair("cvt", "npic"), stuck)

    shown = words(await office.get(await office.link("p", Purpose.BOARD)))

    table = shown.partition("Who meets State When Next ")[2]
    assert table == (
        f"{offices.NPIC} {offices.YUNNAN} stuck since Tue 2 Nov 2021 – "
        "No common hour: NPIC's answers end at 11:30. a person changes something: see the reason "
        f"{offices.CVT} {offices.NPIC} waiting since Tue 2 Nov 2021 – "
        "answer of cvt (Daw Thida, +95 1 555 010) and npic (no focal point) "
        f"{offices.CVT} {offices.YUNNAN} proposed since Tue 2 Nov 2021 "
        "Mon 15 Nov 2021 09:00–10:00 08:30–09:30 Yangon 10:00–11:00 Shanghai "
        "cvt and yunnan agree on the page, or meetbot create-bilaterals"
    )


async def test_one_state_can_be_looked_at_alone_and_nothing_can_be_changed(office: Office) -> None:
    """The counts stay those of all pairs; a state that nobody stands in shows all."""
    await office.add(proposed(), pair("cvt", "npic"))
    link = await office.link("p", Purpose.BOARD)

    one, all_ = await office.get(f"{link}?state=proposed"), await office.get(f"{link}?state=none")

    rows = [page.text.count('<th scope="row">') for page in (one, all_)]
    assert rows == [1, 2]
    assert "all 2 waiting 1 proposed 1" in words(one)
    assert re.findall("<form|<button", one.text) == []
    assert (await office.say("POST", link, {"do": "agree"})).status_code == 405


async def test_P36_the_board_of_another_programme_opens_nothing(office: Office) -> None:
    assert (await office.get(await office.link("other", Purpose.BOARD))).status_code == 404
