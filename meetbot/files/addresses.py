"""Mail addresses as people write them, made plain. What was changed is said, so that a person sees it.

The form of an address is email-validator's business; here is what lists bring besides: full-width signs, names around
the address, two addresses in one place, slips of the keyboard.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass

from meetbot.files import written

_WITH_AT = re.compile(r"[^\s<>()\";,、，/]+@[^\s<>()\";,、，/]+")
_AROUND = re.compile(r"(?:\"[^\"<>@]*\"|[^\"<>@]*)\s*<([^<>]+)>")
# What RFC 5321 calls a Dot-string at a domain of plain labels: certainly well formed, which spares the library's
# import (as long as two bare interpreters take to start) and most of the time of a long list.
_PLAIN = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NOBODY = ("postmaster", "mailer-daemon", "noreply", "no-reply", "donotreply", "do-not-reply")
# Many registrants have these; a domain close to one of them and equal to none is probably a slip.
_COMMON_DOMAINS = (
    "gmail.com",
    "hotmail.com",
    "outlook.com",
    "yahoo.com",
    "icloud.com",
    "qq.com",
    "163.com",
    "126.com",
    "ilo.org",
)
_GENUINE = frozenset({*_COMMON_DOMAINS, "mail.com", "ymail.com", "email.com", "139.com"})
# RFC 5321 4.5.3.1.1 and 4.5.3.1.3 (a path of 256 octets has two angle brackets).
_LONGEST_LOCAL, _LONGEST = 64, 254


@dataclass(frozen=True)
class Address:
    """An address that can be written to."""

    value: str  #: as typed, domain in lower case and in its form on the wire
    fixed: bool  #: something was changed that the writer did not mean
    doubt: str = ""  #: a likely slip of the keyboard: "did you mean a@gmail.com?"


def read(text: str) -> Address:
    """The one address that the text holds. Raises Wrong."""
    trimmed = text.strip()
    if _CONTROL.search(trimmed):
        raise written.Wrong("a line break or an invisible sign stands in the address", "write one plain address")
    plain = _unwrapped(_seen(trimmed))
    if len(several := _WITH_AT.findall(plain)) > 1:
        count = "two" if len(several) == 2 else str(len(several))
        raise written.Wrong(f"{count} addresses stand in one place", f"write {' and '.join(several)} apart")
    value = _valid(plain, trimmed)
    return Address(value, fixed=value.casefold() != trimmed.casefold(), doubt=_doubt(value))


def _seen(text: str) -> str:
    """Without invisible signs, and with full-width signs as the usual ones."""
    shown = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFKC", shown).replace("。", ".").strip()


def _unwrapped(text: str) -> str:
    """What is meant by `"Sok, Dara" <sok@x.example>`, `mailto:sok@x.example` and `sok@x.example.`"""
    around = _AROUND.fullmatch(text)
    return (around[1] if around else text).strip().removeprefix("mailto:").rstrip(".,;")


def _valid(text: str, shown: str) -> str:
    address = text if _PLAIN.fullmatch(text) and not _is_special(text) else _validated(text, shown)
    local, _, domain = address.rpartition("@")
    if len(local) > _LONGEST_LOCAL or len(address) > _LONGEST or len(domain.rpartition(".")[2]) < 2:
        raise written.Wrong(f"'{shown}' is not a mail address", "no mail server has such a name: write it again")
    if local.lower() in _NOBODY:
        raise written.Wrong(f"nobody reads '{shown}'", "give a person's own address")
    return address


def _is_special(address: str) -> bool:
    """Names that belong to nobody (RFC 6761); the library says which of them it refuses."""
    return address.rpartition(".")[2] in ("arpa", "invalid", "local", "localhost", "onion", "test")


def _validated(text: str, shown: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(text, check_deliverability=False)
    except EmailNotValidError as error:
        raise written.Wrong(f"'{shown}' is not a mail address", str(error)) from None
    if checked.ascii_email is None:
        raise written.Wrong(
            f"'{shown}' has letters before the @ that many mail servers refuse", "ask for another address"
        )
    return checked.ascii_email


def _doubt(address: str) -> str:
    local, _, domain = address.rpartition("@")
    if domain in _GENUINE:
        return ""
    if domain.startswith("xn--") or ".xn--" in domain:
        return "its domain has letters of another script; they may look like Latin ones"
    near = difflib.get_close_matches(domain, _COMMON_DOMAINS, n=1, cutoff=0.85)
    return f"did you mean {local}@{near[0]}?" if near else ""
