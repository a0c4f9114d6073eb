"""The pages against scanners, guessers, other organisations and foreign sites."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Iterator

import httpx
import pytest
import structlog
from starlette.types import Message

from meetbot.errors import StoreAway
from meetbot.store import page_links
from meetbot.store.page_links import Purpose
from meetbot.web import app, given, style
from tests.web import offices
from tests.web.offices import NOW, PUBLIC_URL, Office, pair, proposed, words

AGREE = {"do": "agree", "pair": "cvt+yunnan", "revision": "1"}
ANSWER = {"do": "answer", "day-2021-11-15": "yes", "day-2021-11-16": "no"}
GO_ON = {"do": "ask-series", "pair": "cvt+yunnan", "subject": "Workshop", "count": "2", "every": "1"}
AGREE_TO_ALL = {**AGREE, "do": "agree-series"}
DECLINE_ALL = {**AGREE, "do": "decline-series"}
_SAFE = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "strict-origin",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
}


@pytest.fixture
def seen(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """Afterwards, none of the words that a test puts in here has been logged or printed."""
    structlog.reset_defaults()
    secrets: list[str] = []
    yield secrets
    out, err = capfd.readouterr()
    assert [one for one in secrets if one in out + err + caplog.text] == []


async def test_P29_F33_H09_whatever_a_scanner_reads_nothing_changes(office: Office) -> None:
    """GET, HEAD and OPTIONS, three times each, of every link in a letter and every address on their pages."""
    await office.add(proposed(), pair("cvt", "npic"))
    letters = [await office.link(), await office.link("yunnan"), await office.link("p", Purpose.BOARD)]
    before = await office.everything()

    addresses = set(letters)
    for letter in letters:
        text = (await office.get(letter)).text
        found = re.findall(r'(?:href|src|action)="([^"#]+)"', text)
        addresses |= {str(httpx.URL(PUBLIC_URL + letter).join(one)) for one in found if not one.startswith("mailto:")}
        addresses |= {f"{letter}?{'&'.join(f'{k}={v}' for k, v in form.items())}" for form in (AGREE, ANSWER)}
    for method, address, _ in itertools.product(("GET", "HEAD", "OPTIONS"), sorted(addresses), range(3)):
        await office.say(method, address)

    assert await office.everything() == before
    assert (await office.say("POST", letters[0], AGREE)).status_code == 303


async def test_P29_F33_a_scanner_neither_asks_for_further_meetings_nor_agrees_to_them(office: Office) -> None:
    """The same of two that have met: before one asks, and while the other is asked."""
    await office.met()
    letters = [await office.link(), await office.link("yunnan"), await office.link("p", Purpose.BOARD)]
    addresses = [f"{one}?{httpx.QueryParams(form)}" for one in letters for form in (GO_ON, AGREE_TO_ALL, DECLINE_ALL)]

    for form in (GO_ON, AGREE_TO_ALL):
        before = await office.everything()
        for method, address in itertools.product(("GET", "HEAD", "OPTIONS"), [*letters, *addresses]):
            await office.say(method, address)
        assert await office.everything() == before
        side = letters[0] if form is GO_ON else letters[1]
        assert (await office.say("POST", side, form)).status_code == 303


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_other_methods_do_nothing(office: Office, method: str) -> None:
    await office.add(proposed())

    assert (await office.say(method, await office.link(), AGREE)).status_code == 405
    assert await office.pair() == proposed()


async def test_P30_P36_a_link_speaks_for_its_own_organisation_alone(office: Office) -> None:
    """Another's pair can be neither seen nor agreed to nor declined, whatever is sent."""
    await office.add(proposed(), proposed("npic", "yunnan"))
    link, before = await office.link("cvt"), await office.everything()

    for do in ("agree", "decline", "ask-series", "agree-series", "decline-series"):
        for key in ("npic+yunnan", "", "cvt", "cvt+yunnan ", "cvt+yunnan'--"):
            assert (await office.post(link, do=do, pair=key, revision="1")).status_code == 400
    assert (await office.post(link, do="delete", pair="cvt+yunnan")).status_code == 400

    assert await office.everything() == before
    assert "National Polytechnic Institute of Cambodia" not in (await office.get(link)).text


async def test_P36_an_answer_is_kept_for_the_organisation_of_the_link(office: Office) -> None:
    """A form that names another organisation changes nothing of it."""
    await office.add(pair())

    sent = {**ANSWER, "organisation": "yunnan", "delegation": "Li Na <li@x.example>"}
    await office.say("POST", await office.link("cvt"), sent)

    assert await office.answered("yunnan") == (None, ())
    said, (delegate,) = await office.answered("cvt")
    assert said and (said.organisation, delegate.organisation) == ("cvt", "cvt")


async def test_P30_a_link_that_opens_nothing_does_not_tell_why(office: Office, seen: list[str]) -> None:
    """Unknown, expired, revoked, for another purpose, of an organisation that is gone: one page, byte for byte."""
    await office.add(proposed())
    expired, gone = await office.link("npic", days=0), await office.link("gone")
    board, own = await office.link("yunnan", Purpose.BOARD), await office.link("p")
    revoked = await office.link()
    async with office.store.transaction() as tx:
        await page_links.revoke(tx, Purpose.BILATERALS, "cvt", now=NOW)
    wrong = [
        "/b/" + "0" * 43,
        "/b/x",
        expired,
        revoked,
        gone,
        board.replace("board/", ""),
        own.replace("/b/", "/b/board/"),
    ]
    seen += [address.rsplit("/", 1)[-1] for address in (*wrong[2:], own)]
    before = await office.everything()

    answers = [await office.get(address) for address in wrong]
    answers += [await office.say("POST", address, AGREE) for address in wrong if "/board/" not in address]

    assert {(one.status_code, one.text) for one in answers} == {(404, answers[0].text)}
    assert "This link opens nothing" in words(answers[0])
    assert await office.everything() == before


async def test_P31_tokens_and_people_are_not_logged(office: Office, seen: list[str]) -> None:
    """Neither when all goes well nor when a form is wrong."""
    await office.add(proposed())
    link = await office.link()
    seen += [link.removeprefix("/b/"), "Canary", "canary@"]

    for sent in (AGREE, {**ANSWER, "delegation": "Canary <canary@x.example>"}, {"delegation": "Canary"}):
        await office.say("POST", link, sent)
    await office.get(link + "Canary")


async def test_who_guesses_is_answered_less_kindly_and_who_has_a_link_is_not(office: Office) -> None:
    """After thirty wrong links of one address in a minute: 429. A right link still opens its page."""
    link = await office.link()

    statuses = [(await office.get(f"/b/{number}")).status_code for number in range(32)]

    assert statuses == [404] * 30 + [429] * 2
    assert (await office.get(link)).status_code == 200


_SITES = (None, "same-origin", "same-site", "cross-site", "none", "", "SAME-ORIGIN")
_ORIGINS = (None, PUBLIC_URL, "https://evil.example", "null", "", "https://meetbot.example.evil.example")


@pytest.mark.parametrize(("site", "origin"), [*itertools.product(_SITES, _ORIGINS)])
async def test_H04_a_change_needs_proof_that_it_came_from_the_page(
    office: Office, site: str | None, origin: str | None
) -> None:
    """What the browser says of the site decides; an old browser proves it by the origin. All else: 403, no change."""
    await office.add(proposed())
    headers = {"sec_fetch_site": site, "origin": origin, "x_nothing": "else"}
    sent = {name: value for name, value in headers.items() if value is not None}

    status = (await office.say("POST", await office.link(), AGREE, **sent)).status_code

    proven = site == "same-origin" or (site is None and origin == PUBLIC_URL)
    expected = offices.agreed_by_cvt() if proven else proposed()
    assert (status, await office.pair()) == (303 if proven else 403, expected)


async def test_every_answer_has_the_headers_that_keep_others_out(office: Office) -> None:
    """Pages, refusals, redirects and what is not there, to the letter; the sheet alone may be kept."""
    await office.add(proposed())
    link = await office.link()

    answers = [
        await office.get(link),
        await office.post(link, **AGREE),
        await office.get("/b/x"),
        await office.get("/elsewhere"),
        await office.say("POST", link, AGREE, origin="https://evil.example"),
    ]
    sheet = await office.get(style.ADDRESS)

    assert [_told(one) for one in answers] == [_SAFE] * len(answers)
    assert _told(sheet) == {**_SAFE, "cache-control": "public, max-age=31536000, immutable"}


def _told(answer: httpx.Response) -> dict[str, str]:
    return {name: answer.headers.get(name, "") for name in _SAFE}


async def test_nothing_inline_and_nothing_from_elsewhere_is_on_a_page(office: Office) -> None:
    """No script, no style attribute, no handler, no foreign address; so the strict policy costs nothing."""
    await office.add(proposed())
    pages = [
        (await office.get(await office.link())).text,
        (await office.get(await office.link("p", Purpose.BOARD))).text,
    ]

    for page in pages:
        assert re.findall(r"<script|<style|\sstyle=|\son\w+=|javascript:|//", page) == []
        assert re.findall(r'(?:src|href)="(/[^"]*)"', page) == [style.ADDRESS]


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b'{"do": "agree"}', 415),
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("text/plain", b"do=agree", 415),
        ("", b"do=agree", 415),
        ("application/x-www-form-urlencoded", b"a=" + b"x" * given.LARGEST, 413),
        ("application/x-www-form-urlencoded", b"&".join(b"%d=1" % number for number in range(1001)), 400),
        ("application/x-www-form-urlencoded", b"%ff%fe=%00&do=%ff", 400),
        ("application/x-www-form-urlencoded", b"", 400),
    ],
)
async def test_O04_what_no_page_sends_is_refused(office: Office, content_type: str, body: bytes, status: int) -> None:
    """Other forms of body, too much of it, and rubbish: an answer, and no change."""
    await office.add(proposed())
    link, before = await office.link(), await office.everything()
    headers = {**offices.FROM_THE_PAGE, "content-type": content_type}

    async with httpx.AsyncClient(transport=httpx.ASGITransport(office.pages), base_url=PUBLIC_URL) as browser:
        answered = await browser.post(link, content=body, headers=headers)

    assert answered.status_code == status
    assert await office.everything() == before


async def test_a_body_that_does_not_end_is_not_waited_for(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """408, and the connection is closed."""
    monkeypatch.setattr(given, "_PATIENCE", 0.05)
    link, sent = await office.link(), []
    headers = [(b"content-type", b"application/x-www-form-urlencoded"), (b"sec-fetch-site", b"same-origin")]
    scope = {"type": "http", "method": "POST", "path": link, "headers": headers, "query_string": b"", "root_path": ""}

    async def receive() -> Message:
        return await asyncio.Future[Message]()

    async def send(message: Message) -> None:
        sent.append(message)

    await office.pages({**scope, "http_version": "1.1", "scheme": "https", "client": None}, receive, send)

    assert sent[0]["status"] == 408
    assert dict(sent[0]["headers"])[b"connection"] == b"close"


async def test_a_page_is_light_enough_for_a_slow_phone(office: Office) -> None:
    """The whole first visit, two weeks of hours and three zones, in less than 20 KB."""
    many = await offices.opened(office.store, offices.TEXT.replace("to: 2021-11-16", "to: 2021-11-26"))
    await many.add(proposed(), pair("cvt", "npic"))

    page, sheet = await many.get(await many.link()), await many.get(style.ADDRESS)

    assert offices.packed(page.content) + offices.packed(sheet.content) < 20_000


async def test_while_the_store_is_away_the_page_says_so(office: Office) -> None:
    """503 and when to come again, without a word of what is wrong inside."""
    link = await office.link()

    async def away() -> None:
        raise StoreAway("disk I/O error at /var/lib/meetbot")

    pages = app.pages(people=app.for_people(office.store, office.clock, away))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(pages), base_url=PUBLIC_URL) as browser:
        answered = await browser.get(link)

    assert (answered.status_code, answered.headers["retry-after"]) == (503, "60")
    assert "disk" not in answered.text
