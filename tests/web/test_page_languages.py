"""Pages in the reader's language, with the way to English and back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from meetbot import web
from meetbot.store.page_links import Purpose
from meetbot.web import shown
from tests.store import builders
from tests.web import offices
from tests.web.offices import TEXT, Office, pair, proposed, words

ROOM = Path(web.__file__).parent
TRANSLATED = sorted(shown.CATALOGUES.languages)


@pytest.fixture
async def office_in(tmp_path: Path) -> AsyncIterator[Office]:
    """The focal point of the college in Yunnan reads Chinese; everybody else reads English."""
    store = await builders.opened(tmp_path)
    yield await offices.opened(store, TEXT.replace("+86 871 555 020}", "+86 871 555 020, language: zh}"))
    await store.aclose()


def test_catalogue_has_every_sentence() -> None:
    """What a page says can be translated: the template catalogue is as new as the pages."""
    with (ROOM / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    said = {sentence for _, _, sentence, _, _ in extract_from_dir(ROOM, methods, options)}
    with (ROOM / "locales" / "pages.pot").open() as template:
        listed = {entry.id for entry in read_po(template) if entry.id}

    assert said == listed


async def test_P22_a_focal_point_reads_the_page_in_their_language(office_in: Office) -> None:
    """Sentences and dates; names, cities and hours as everywhere."""
    await office_in.add(proposed())

    page = await office_in.get(await office_in.link("yunnan"))

    assert '<html lang="zh">' in page.text
    assert (
        f"{offices.CVT} Myanmar 2021年11月15日星期一 10:00–11:00 08:30–09:30 Yangon 现向您提议此时间。对您合适吗？"
        in words(page)
    )
    assert "请在 2021年11月9日星期二, 18:00 Shanghai (UTC+8) 之前答复。" in words(page)
    assert not re.search("Agree|Your meetings|Monday", words(page))


async def test_the_page_leads_to_english_and_back(office_in: Office) -> None:
    """One plain link, named in the language that it leads to; following it changes nothing."""
    await office_in.add(proposed())
    link = await office_in.link("yunnan")
    before = await office_in.everything()

    own, english = await office_in.get(link), await office_in.get(f"{link}?language=en")

    assert re.findall(r'<p class="language">(.*)</p>', own.text) == [
        '<a href="?language=en" lang="en" hreflang="en">English</a>'
    ]
    assert re.findall(r'<p class="language">(.*)</p>', english.text) == ['<a href="?" lang="zh" hreflang="zh">中文</a>']
    assert '<html lang="en">' in english.text
    assert "This time is proposed to you. Does it suit you?" in words(english)
    assert await office_in.everything() == before


async def test_whoever_reads_english_anyway_sees_no_such_link(office_in: Office) -> None:
    """There is nothing to choose."""
    await office_in.add(proposed())

    page = await office_in.get(await office_in.link("cvt"))

    assert '<html lang="en">' in page.text
    assert 'class="language"' not in page.text


async def test_the_chosen_language_outlives_a_button(office_in: Office) -> None:
    """After a button the page comes back in English, and what was refused is told in English too."""
    await office_in.add(proposed())
    link = f"{await office_in.link('yunnan')}?language=en"

    agreed = await office_in.post(link, do="agree", pair="cvt+yunnan", revision="1")
    refused = await office_in.post(link, do="answer")

    assert (agreed.status_code, agreed.headers["location"]) == (303, "?done=agree&language=en")
    again = await office_in.get(link.replace("?language=en", agreed.headers["location"]))
    assert "Thank you. Your agreement is noted." in words(again)
    assert (refused.status_code, '<html lang="en">' in refused.text) == (422, True)


async def test_without_a_choice_a_button_leads_back_to_the_readers_own_language(office_in: Office) -> None:
    """Nothing is remembered anywhere but in the address."""
    await office_in.add(proposed())
    link = await office_in.link("yunnan")

    agreed = await office_in.post(link, do="agree", pair="cvt+yunnan", revision="1")

    assert agreed.headers["location"] == "?done=agree"
    assert "谢谢。已记录您的同意。" in words(await office_in.get(f"{link}?done=agree"))


@pytest.mark.parametrize("language", TRANSLATED)
async def test_every_page_reads_in_every_language(tmp_path: Path, language: str) -> None:
    """The page of a focal point and the board, in all states that they show."""
    store = await builders.opened(tmp_path)
    office = await offices.opened(store, TEXT.replace("language: en", f"language: {language}"))
    await office.add(proposed(), pair("cvt", "npic"))

    pages = [await office.get(await office.link("cvt")), await office.get(await office.link("p", Purpose.BOARD))]

    assert [(page.status_code, f'<html lang="{language}">' in page.text) for page in pages] == [(200, True)] * 2
    await store.aclose()


async def test_the_board_keeps_the_language_while_it_is_looked_through(tmp_path: Path) -> None:
    """Its states lead to the same language."""
    store = await builders.opened(tmp_path)
    office = await offices.opened(store, TEXT.replace("language: en", "language: zh"))
    await office.add(proposed())
    link = await office.link("p", Purpose.BOARD)

    own, english = await office.get(link), await office.get(f"{link}?language=en")

    assert re.findall(r'<a href="([^"]*)"', own.text) == ["?language=en", "?", "?state=proposed"]
    assert re.findall(r'<a href="([^"]*)"', english.text) == ["?", "?language=en", "?state=proposed&amp;language=en"]
    await store.aclose()
