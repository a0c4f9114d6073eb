"""Letters in the reader's language, with the English below while nobody who speaks it has read the translation."""

from __future__ import annotations

import email
import re
from email import policy
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from meetbot import mail
from meetbot.catalogues import Catalogues
from meetbot.core.model import LINK_KINDS, LetterKind
from meetbot.mail import languages, letters
from tests.mail.builders import (
    COMMON,
    GROUP,
    LINK,
    MADE_AT,
    ORGANISER,
    REPORT,
    TITLE,
    UID,
    URL,
    composed,
    message,
    rendered,
    words_of,
)

ROOM = Path(mail.__file__).parent
TRANSLATED = sorted(languages.CATALOGUES.languages)
BETWEEN = "\n* * * * *  English  * * * * *\n\n"


def test_catalogue_has_every_sentence() -> None:
    """What a letter says can be translated: the template catalogue is as new as the letters."""
    with (ROOM / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    said = {sentence for _, _, sentence, _, _ in extract_from_dir(ROOM, methods, options)}
    with (ROOM / "locales" / "letters.pot").open() as template:
        listed = {entry.id for entry in read_po(template) if entry.id}

    assert said == listed


def test_the_four_languages_beside_english_are_there() -> None:
    """Those of the countries that the launch brings together."""
    assert TRANSLATED == ["km", "lo", "my", "zh"]


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("kind", sorted(LetterKind))
def test_P22_every_letter_is_in_the_readers_language_and_whole_in_english_below(
    kind: LetterKind, language: str
) -> None:
    """The English half is the English letter, to the last sign; above it nothing is said in English twice."""
    english, both = rendered(kind, sequence=1), rendered(kind, sequence=1, language=language)

    own, _, below = both.text.partition(BETWEEN)
    assert _without_lists(below) == _without_lists(english.text)
    assert set(_sentences(own)).isdisjoint(_sentences(english.text))
    assert re.findall(r'<table [^>]*class="column"[^>]* lang="(\w+)"|<html lang="(\w+)"', both.html) == [
        ("", language),
        (language, ""),
        ("en", ""),
    ]
    assert f'<html lang="{language}" dir="ltr">' in both.html


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("kind", sorted(LetterKind))
def test_P01_the_link_stands_once_in_each_half(kind: LetterKind, language: str) -> None:
    """And in no letter that may not carry it; the calendar entry has it where the English one has it."""
    both = rendered(kind, language=language)

    assert [half.count(URL) for half in both.text.split(BETWEEN)] == [int(kind in LINK_KINDS)] * 2
    assert words_of(both.html).count(URL) == 2 * (kind in LINK_KINDS)


def test_chinese_link_letter_reads_as_a_whole() -> None:
    """Word for word: whose word counts, times in both zones, the link once, the programme, what to do; then English."""
    text = rendered(LetterKind.LINK, language="zh", sequence=0).text

    assert (
        text
        == f"""\
本邮件以下方的英文文本为准。

尊敬的 Kyaw Zaw：

您的报名已获批准。期待您的光临。

  {TITLE}
  2021年11月10日星期三, 14:00–17:00 Bangkok (UTC+7)
  您的当地时间：13:30–16:30 Yangon (UTC+6:30)，2021年11月10日星期三

您的个人链接：

  {URL}

会议室开放时间：13:30 Bangkok (UTC+7) = 13:00 Yangon (UTC+6:30)。请提前几分钟入会。
通过此链接，您将以本人的名义入会。请妥善保管，切勿转发他人。

当日议程 (Bangkok / Yangon)

  14:40–15:10 / 14:10–14:40   Session 1: Power of Networking
      Mr Ma Hezu, MOHRSS

如果无法入会
- 请将完整链接复制到浏览器的地址栏，然后选择“Join from your browser”（从浏览器加入）。
- 请事先测试声音和画面：https://zoom.us/test
- 仍然无法入会？请写信给 ILO-China Partnership Project，launch@project.example.org。

ILO-China Partnership Project
launch@project.example.org

ILO/China Partnership Project
本邮件由 meetbot 代表 ILO-China Partnership Project 发送。您的回复会直接送达主办方。
{BETWEEN}{rendered(LetterKind.LINK, sequence=0).text}"""
    )


def test_a_mail_program_takes_only_the_end_for_the_signature() -> None:
    """What comes below "-- " is hidden by many, so the mark does not stand between the two halves."""
    text = rendered(LetterKind.LINK, language="zh").text

    assert text.count("\n-- \n") == 1
    assert text.index("\n-- \n") > text.index(BETWEEN)


@pytest.mark.parametrize("language", ["en", "xx"])
def test_english_stands_alone_and_says_nothing_of_languages(language: str) -> None:
    """For those who read English, and for those whose language nobody has translated into."""
    written = rendered(LetterKind.LINK, language=language)

    assert "binding" not in written.text + written.html
    assert written == rendered(LetterKind.LINK)


def test_a_translation_that_has_been_read_stands_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once a native speaker has put their name to it, nobody has to scroll past another language."""
    draft = rendered(LetterKind.LINK, language="zh", sequence=1)
    monkeypatch.setattr(languages, "CATALOGUES", _read_by_somebody(tmp_path))

    written = rendered(LetterKind.LINK, language="zh", sequence=1)

    body = draft.text.removeprefix("本邮件以下方的英文文本为准。\n\n").partition(BETWEEN)[0]
    assert written.text == body.replace("\n\nILO/China", "\n\n-- \nILO/China")
    assert "Dear" not in written.text + written.html
    assert email.message_from_bytes(composed(LetterKind.LINK, language="zh"))["Content-Language"] == "zh"


def test_the_message_names_its_languages_and_keeps_the_subject_short() -> None:
    """Both languages in the subject while it is short; of a long one the reader's own."""
    whole = email.message_from_bytes(
        composed(LetterKind.CONFIRMATION, language="zh", meeting="Launch"), policy=policy.default
    )
    long = rendered(LetterKind.CONFIRMATION, language="zh", meeting="Launch " * 14)

    assert (whole["Content-Language"], whole["Subject"]) == (
        "zh, en",
        "出席证明：Launch / Confirmation of attendance: Launch",
    )
    assert long.subject == f"出席证明：{'Launch ' * 14}".strip()


def test_the_calendar_entry_is_described_in_both_languages() -> None:
    """Its title is that of the meeting; whoever opens it on the day finds the link in words they read."""
    entry = (rendered(LetterKind.LINK, language="zh", sequence=1).calendar or b"").replace(b"\r\n ", b"").decode()

    description = next(line for line in entry.splitlines() if line.startswith("DESCRIPTION:"))
    assert description.startswith("DESCRIPTION:您的个人链接：\\n")
    assert "\\n\\nYour personal link:\\n" in description
    assert f"SUMMARY:{TITLE}" in entry


def test_several_meetings_that_moved_are_told_in_both_languages() -> None:
    """Each change in each half, with the file that belongs to it."""
    changes = [
        letters.Change(message(LetterKind.MOVED, sequence=2, language="zh", meeting=title), LINK, UID)
        for title in ("One", "Two")
    ]

    written = letters.together(changes, organiser=ORGANISER, made_at=MADE_AT)

    own, _, below = written.text.partition(BETWEEN)
    assert own.startswith("本邮件以下方的英文文本为准。\n\n尊敬的 Kyaw Zaw：\n\n您有 2 场会议发生变更。\n")
    assert (own.count("本次会议的时间已变更。"), below.count("The time of this meeting has changed.")) == (2, 2)
    assert (own.count(URL), below.count(URL)) == (2, 2)
    assert written.subject == "变更：您的 2 场会议，ILO/China Partnership Project"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_long_report_in_two_languages_is_a_letter_that_gmail_does_not_cut(language: str) -> None:
    """Its lists are shorter, and say how much more there is in the tables."""
    name = "ကျော်ဇော" * 8
    many = {
        "organisations": [{**GROUP, "name": name}] * 900,
        "absent": [{"name": name, "organisation": name}] * 2_000,
        "open_lines": REPORT["open_lines"] * 300,
        "segments": REPORT["segments"] * 40,
    }

    written = rendered(LetterKind.REPORT, language=language, report={**REPORT, **many})

    assert len(written.html.encode()) < 102_000
    assert "890 more are in the tables." in written.text


@pytest.mark.parametrize("language", TRANSLATED)
def test_N08_a_name_that_looks_like_code_is_shown_as_it_was_typed(language: str) -> None:
    """In a translated sentence too."""
    written = rendered(
        LetterKind.CUE, language=language, name="<b>%(x)s</b>", meeting="{{7*7}}", programme=COMMON["programme"]
    )

    assert words_of(written.html).count("<b>%(x)s</b>") == 2
    assert words_of(written.html).count("{{7*7}}") == 2


def _read_by_somebody(folder: Path) -> Catalogues:
    """The Chinese sentences, as a file in which a native speaker has written their name."""
    kept = folder / "zh" / "LC_MESSAGES" / "letters.po"
    kept.parent.mkdir(parents=True)
    text = languages.CATALOGUES.file("zh").read_text(encoding="utf-8")
    kept.write_text(text.replace('"X-Read-By: \\n"', '"X-Read-By: Li Na\\n"'), encoding="utf-8")
    return Catalogues(folder, "letters")


def _sentences(text: str) -> list[str]:
    """What a letter says of itself: sentences with a full stop, without those that were typed by people."""
    return [line for line in text.splitlines() if line.endswith(".") and not line.startswith(("http", "-"))]


def _without_lists(text: str) -> str:
    return re.sub(r"(?m)^  \d+ more .*\n", "", text)
