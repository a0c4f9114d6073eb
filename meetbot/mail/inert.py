"""What people typed, made harmless before it stands in a letter, a header or a calendar."""

from __future__ import annotations

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from meetbot import errors

# Control characters, half characters (surrogates), and the marks that turn the direction of what follows them.
# U+200B to U+200D stay: Khmer and Burmese are written with them.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_TITLES = re.compile(r"\b(H\.E|Mr|Mrs|Ms|Dr|Prof|Eng|Hon|Jr|Sr|St)\.", re.I)
_LIKE_A_LINK = re.compile(r"[/\\@:<>\[\]]|www\.|\w\.\w{2,}", re.I)


def line(text: str) -> str:
    """The text on one line, without what cannot be seen and could do harm."""
    return _UNSEEN.sub("", " ".join(text.split()))


def lines(text: str) -> str:
    """As `line`, with line breaks kept."""
    return "\n".join(line(part) for part in text.splitlines())


def like_a_link(name: str) -> bool:
    """Whether a mail program might make a link of the name, or a visitor meant it as one.

    Stricter than needed for real names ("Sok.Dara" counts), so only for letters to people nobody has approved yet.
    """
    seen = "".join(mark for mark in unicodedata.normalize("NFKC", name) if unicodedata.category(mark) != "Cf")
    return bool(_LIKE_A_LINK.search(_TITLES.sub("", seen.replace("。", "."))))


def address(text: str) -> str:
    """The address as mail servers understand it: ASCII, an international domain in punycode.

    MailError (permanent) when it is no address, or one whose part before the @ only some servers accept (RFC 6531).
    """
    try:
        checked = validate_email(text, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as problem:
        raise errors.MailError(f"not a mail address: {line(str(problem))}", permanent=True) from None
    if checked.ascii_email is None:
        raise errors.MailError(
            "the part before the @ has letters that many mail servers refuse; ask the reader for another address",
            permanent=True,
        )
    return checked.ascii_email
