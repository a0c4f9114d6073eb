"""The message on the wire, read back with the standard library."""

from __future__ import annotations

import email
import re
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest

from meetbot import errors
from meetbot.core.model import Attachment, Contact, LetterKind
from meetbot.mail import compose
from tests.mail.builders import MADE_AT, ORGANISER, composed, message, rendered


def parsed(content: bytes) -> EmailMessage:
    found = email.message_from_bytes(content, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert [part.defects for part in found.walk()] == [[] for _ in found.walk()]
    return found


def test_O03_headers() -> None:
    """Each header once and as meant: from and back to the organiser, no automatic answers, the language."""
    headers = parsed(composed(LetterKind.LINK)).items()

    assert headers == [
        ("Content-Type", headers[0][1]),
        ("MIME-Version", "1.0"),
        ("From", "ILO-China Partnership Project <launch@project.example.org>"),
        ("To", "Kyaw Zaw <kyaw@cvt.example.org>"),
        ("Reply-To", "ILO-China Partnership Project <launch@project.example.org>"),
        ("Subject", rendered(LetterKind.LINK).subject),
        ("Date", "Mon, 08 Nov 2021 01:00:00 +0000"),
        ("Message-ID", "<m1@project.example.org>"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        ("Content-Language", "en"),
    ]


@pytest.mark.parametrize("kind", sorted(LetterKind))
def test_O03_octets(kind: LetterKind) -> None:
    """Seven bits, CRLF alone, lines that every server takes."""
    content = composed(kind, name="សុខ ដារា", sequence=1)

    assert content.isascii()
    assert b"\x00" not in content
    assert not re.search(rb"[^\r]\n|\r[^\n]", content)
    assert max(len(line) for line in content.split(b"\r\n")) <= 78


def test_parts_come_back_as_they_went_in() -> None:
    """Text, page and calendar are alternatives of one message; the calendar is attached once more as a file."""
    words = rendered(LetterKind.LINK, sequence=1)

    whole = parsed(composed(LetterKind.LINK, sequence=1))

    assert [part.get_content_type() for part in whole.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    text, page, calendar, file = [part for part in whole.walk() if not part.is_multipart()]
    assert text.get_content().replace("\r\n", "\n") == words.text
    assert page.get_content().replace("\r\n", "\n") == words.html
    assert calendar.get_payload(decode=True) == file.get_payload(decode=True) == words.calendar
    assert (calendar.get_param("method"), calendar.get_content_charset()) == ("REQUEST", "utf-8")
    assert file.get_filename() == "invite.ics"


@pytest.mark.parametrize(
    "name",
    [
        "សុខ ដារា",
        "ຄຳໝັ້ນ ສີສຸກ",
        "ကျော်ဇော",
        "𠮷田",
        'H.E. "Pich" Sophoan, Minister',
        "ឯកឧត្តមរដ្ឋមន្ត្រីប្រតិភូអមនាយករដ្ឋមន្ត្រីនិងរដ្ឋលេខាធិការអចិន្ត្រៃយ៍" * 2,
        "Ms " + "Panudda Boonpala " * 12,
    ],
)
def test_N01_names_in_any_script_come_back(name: str) -> None:
    """The reader's name survives the header in every script and length."""
    header = email.message_from_bytes(composed(LetterKind.LINK, name=name))["To"]

    # The newer parser puts blanks between the words of a long encoded name (Python 3.11), against RFC 2047, 6.2.
    assert parseaddr(str(make_header(decode_header(header)))) == (name.strip(), "kyaw@cvt.example.org")


def test_E08_typed_line_breaks_make_no_header() -> None:
    """A name, title or organiser with line breaks stays in its own header."""
    content = composed(
        LetterKind.LINK,
        name="Sok\r\nBcc: v@x.org",
        meeting="Launch\r\nBcc: w@x.org",
        organiser=Contact("Desk\nBcc: u@x.org", "desk@project.example.org"),
    )

    whole = parsed(content)
    assert whole["Bcc"] is None
    assert whole["To"].addresses[0].display_name == "Sok Bcc: v@x.org"


@pytest.mark.parametrize(
    "address",
    ["a@b.org\r\nBcc: v@x.org", "a@b.org\nRCPT TO:<v@x.org>", '"a b"@b.org', "a@b.org(comment)", "a..b@c.org", "a", ""],
)
def test_E08_E09_a_bad_address_is_refused_for_good(address: str) -> None:
    """What is no address, or more than one, never becomes a message."""
    with pytest.raises(errors.MailError) as refusal:
        composed(LetterKind.LINK, address=address)

    assert refusal.value.permanent


def test_E05_international_addresses() -> None:
    """A domain in another script goes as punycode; a local part in another script is refused in words."""
    assert parsed(composed(LetterKind.LINK, address="sok@例子.org"))["To"].addresses[0].domain == "xn--fsqu00a.org"
    with pytest.raises(errors.MailError, match="before the @"):
        composed(LetterKind.LINK, address="ຄຳ@example.org")


def test_P27_a_link_for_a_name_is_not_in_the_header_either() -> None:
    """The confirmation to a visitor with a link for a name is addressed to the bare address."""
    whole = parsed(composed(LetterKind.RECEIVED, name="www.evil.example"))

    assert str(whole["To"]) == "kyaw@cvt.example.org"


def test_P02_composed_again_it_is_the_same_message() -> None:
    """A repeat after a lost answer is recognised as the twin that it is, to the last octet."""
    assert composed(LetterKind.LINK, sequence=1) == composed(LetterKind.LINK, sequence=1)


def test_attachments_come_back() -> None:
    """The tables of a report arrive whole under their names."""
    files = (
        Attachment("launch-attendance.csv", "text/csv", "\ufeffname\r\nសុខ\r\n".encode()),
        Attachment("launch-attendance.xlsx", "application/zip", bytes(range(256))),
    )

    content = compose.compose(
        message(LetterKind.REPORT),
        rendered(LetterKind.REPORT),
        message_id="m1@project.example.org",
        organiser=ORGANISER,
        made_at=MADE_AT,
        attachments=files,
    )

    found = list(parsed(content).iter_attachments())
    assert [
        Attachment(part.get_filename() or "", part.get_content_type(), bytes(part.get_payload(decode=True)))
        for part in found
    ] == list(files)


def test_language_without_catalogue_falls_back_to_english() -> None:
    """A letter for a Thai reader says that it is in English, as it is."""
    whole = parsed(composed(LetterKind.LINK, language="th"))

    assert whole["Content-Language"] == "en"
    assert '<html lang="en" dir="ltr">' in rendered(LetterKind.LINK, language="th").html
