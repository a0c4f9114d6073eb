"""The page that tells whether a confirmation of attendance is true."""

from __future__ import annotations

import itertools

from meetbot.store import confirmations, meetings, registration
from meetbot.store.engine import Store
from tests.web import attended
from tests.web.offices import Office, words

FACTS = {
    "name": "Daw Thida Win",
    "organisation": "Center for Vocational Training",
    "programme": "Skills Network",
    "organiser": "Launch desk",
    "minutes": 60,
    "title": "Launching Ceremony",
    "starts_at": "2021-11-10T07:00:00+00:00",
    "ends_at": "2021-11-10T08:00:00+00:00",
    "zone": "Asia/Bangkok",
}


async def given_out(store: Store) -> str:
    """The code of a paper."""
    async with store.transaction() as tx:
        (key,) = [key for key in await meetings.all_(tx) if key == "launch"]
        (thida,) = await registration.of_address(tx, attended.THIDA)
        number = await confirmations.add(tx, store.links, key, thida.id, FACTS, now=attended.AFTER)
        paper = await confirmations.paper(tx, store.links, number)
    assert paper is not None
    return str(paper["code"])


async def test_the_right_code_shows_what_the_paper_must_say(office: Office) -> None:
    """With the name, so that a paper on which somebody wrote another name is seen to be false."""
    await attended.held(office.store, office.programme)

    answer = await office.post("/verify", code=(await given_out(office.store)).lower())

    assert answer.status_code == 200
    assert "Yes. A confirmation with this code was given out." in words(answer)
    assert "Daw Thida Win , Center for Vocational Training attended Launching Ceremony for 60 minutes" in words(answer)


async def test_a_code_that_nobody_has_is_no_and_guessing_is_answered_less_kindly(office: Office) -> None:
    """After thirty wrong ones in a minute; a right one is still told."""
    await attended.held(office.store, office.programme)
    code = await given_out(office.store)

    wrong = [(await office.post("/verify", code="AAAAA-AAAAA")).status_code for _ in range(31)]

    assert wrong == [404] * 30 + [429]
    assert (await office.post("/verify", code=code)).status_code == 200


async def test_P29_whoever_only_looks_is_shown_the_form_and_nothing_changes(office: Office) -> None:
    """GET, HEAD and OPTIONS, three times each, also with the code in the address: that tells nothing of anybody."""
    await attended.held(office.store, office.programme)
    code, before = await given_out(office.store), await office.everything()

    answers = [
        await office.say(method, path)
        for method, path, _ in itertools.product(
            ("GET", "HEAD", "OPTIONS"), ("/verify", f"/verify?code={code}"), range(3)
        )
    ]

    shown = {words(answer) for answer in answers if answer.request.method == "GET"}
    assert [("Code on the paper" in text, "Thida" in text) for text in shown] == [(True, False)]
    await office.post("/verify", code=code)
    assert await office.everything() == before
