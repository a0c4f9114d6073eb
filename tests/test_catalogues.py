"""Sentences in the readers' languages: each can stand for its English, and a slip in a file breaks no letter."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from meetbot import catalogues
from meetbot.catalogues import Catalogues
from meetbot.mail import languages
from meetbot.web import shown

TRANSLATED = [
    pytest.param(kind, language, id=f"{name}-{language}")
    for name, kind in (("letters", languages.CATALOGUES), ("pages", shown.CATALOGUES))
    for language in sorted(kind.languages)
]
SENTENCES = """\
msgid ""
msgstr ""
"Language: zh\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"X-Read-By: {read_by}\\n"

msgid "Please answer by <b>%(when)s</b>."
msgstr "{answer}"

msgid "%(count)s day"
msgid_plural "%(count)s days"
msgstr[0] "{day}"
"""


def written(folder: Path, *, answer: str = "", day: str = "%(count)s 天", read_by: str = "") -> Catalogues:
    """The catalogues of a folder with two sentences and one translation, as a translator saves it."""
    kept = folder / "zh" / "LC_MESSAGES"
    kept.mkdir(parents=True)
    (folder / "letters.pot").write_text(SENTENCES.format(answer="", day="", read_by=""))
    (kept / "letters.po").write_text(SENTENCES.format(answer=answer, day=day, read_by=read_by))
    return Catalogues(folder, "letters")


@pytest.mark.parametrize(("kind", "language"), TRANSLATED)
def test_every_sentence_is_translated_with_the_names_tags_and_links_of_the_english(
    kind: Catalogues, language: str
) -> None:
    """None is missing, empty, doubted, or without a fact that the English tells."""
    assert kind.spoken(language) == language
    assert kind.lacking(language) == []


def test_a_catalogue_is_there_for_each_language_of_letters_and_pages() -> None:
    """Whoever gets a letter in a language finds the page that it leads to in the same one."""
    assert languages.CATALOGUES.languages == shown.CATALOGUES.languages


def test_a_sentence_is_said_as_its_translator_wrote_it(tmp_path: Path) -> None:
    """What is whole is used, plural forms too, and nothing is lacking."""
    found = written(tmp_path, answer="请在 <b>%(when)s</b> 之前答复。")

    said = found.catalogue("zh").sentences
    assert said.gettext("Please answer by <b>%(when)s</b>.") == "请在 <b>%(when)s</b> 之前答复。"
    assert said.ngettext("%(count)s day", "%(count)s days", 1) == "%(count)s 天"
    assert found.lacking("zh") == []


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "请在 <b>之前</b> 答复。",
        "请在 <b>%(wann)s</b> 之前答复。",
        "请在 %(when)s 之前答复。",
        "请在 <b>%(when)s</b> 之前答复 100%。",
        "请在 <b>%(when)s</b> 之前答复 <i>。",
        "请在 <b>%(when)s</b> 之前答复 https://evil.example/x。",
    ],
)
def test_a_sentence_that_lacks_or_adds_a_mark_is_said_in_english(tmp_path: Path, answer: str) -> None:
    """A slip in one sentence loses no fact and breaks no letter, and it can be found; the others are said as ever."""
    found = written(tmp_path, answer=answer)

    said = found.catalogue("zh").sentences
    assert said.gettext("Please answer by <b>%(when)s</b>.") == "Please answer by <b>%(when)s</b>."
    assert said.ngettext("%(count)s day", "%(count)s days", 3) == "%(count)s 天"
    assert found.lacking("zh") == ["Please answer by <b>%(when)s</b>."]


def test_a_plural_without_its_number_is_said_in_english(tmp_path: Path) -> None:
    """Each form is looked at."""
    found = written(tmp_path, answer="请在 <b>%(when)s</b> 之前答复。", day="天")

    assert found.catalogue("zh").sentences.ngettext("%(count)s day", "%(count)s days", 3) == "%(count)s days"
    assert found.lacking("zh") == ["%(count)s days"]


PLURAL_OF_NOTHING = b'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=x; plural=;\\n"\n'


@pytest.mark.parametrize("text", [b"\xff\xfe", b'msgid "a"\nmsgid "b"\nmsgstr "c"\n', PLURAL_OF_NOTHING])
def test_a_file_that_cannot_be_read_is_english_as_a_whole(tmp_path: Path, text: bytes) -> None:
    """It stops no letter."""
    found = written(tmp_path)
    (tmp_path / "zh" / "LC_MESSAGES" / "letters.po").write_bytes(text)

    assert found.spoken("zh") == "en"
    assert not found.catalogue("zh").draft


@pytest.mark.parametrize(("read_by", "draft"), [("", True), (" ", True), ("Li Na, Kunming, 2026-12-01", False)])
def test_a_catalogue_is_a_draft_until_somebody_who_speaks_the_language_has_read_it(
    tmp_path: Path, read_by: str, draft: bool
) -> None:
    """Their name in its head says so."""
    assert written(tmp_path, read_by=read_by).catalogue("zh").draft is draft


@pytest.mark.parametrize("language", ["en", "xx", "../zh", ""])
def test_without_a_catalogue_it_is_english(tmp_path: Path, language: str) -> None:
    """Also for what is no language."""
    found = written(tmp_path)

    assert (found.spoken(language), found.catalogue(language).draft) == ("en", False)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Wed 10 Nov 2021"),
        ("km", "ពុធ 10 វិច្ឆិកា 2021"),
        ("lo", "ວັນພຸດ, 10 ພະຈິກ 2021"),
        ("my", "2021 နိုဝင်ဘာ 10 ဗုဒ္ဓဟူး"),
        ("zh", "2021年11月10日星期三"),
    ],
)
def test_P22_a_date_has_its_weekday_and_its_month_in_the_readers_language(language: str, text: str) -> None:
    """Year and all; in Latin digits, as the hours beside it."""
    assert catalogues.day_text(date(2021, 11, 10), language) == text


def test_the_names_of_languages_are_their_own() -> None:
    """As a reader looks for them."""
    assert [catalogues.own_name(one) for one in ("km", "lo", "my", "zh")] == ["ខ្មែរ", "ລາວ", "မြန်မာ", "中文"]


@pytest.mark.parametrize(("kind", "language"), TRANSLATED)
def test_a_translated_file_is_as_translators_programs_save_it(kind: Catalogues, language: str) -> None:
    """It can be read strictly, says its language, and has the line that names who has read it."""
    file = kind.file(language)

    with file.open("rb") as stream:
        assert str(read_po(stream, abort_invalid=True).locale) == language
    assert '"X-Read-By:' in file.read_text(encoding="utf-8")
