"""What a mail server means by a refusal: against the message or against us, for good, for hours, or for the moment."""

from __future__ import annotations

import re

import aiosmtplib

from meetbot import errors, redaction
from meetbot.mail import inert

_LONGEST_REPLY = 300  # characters kept of what a server says


def meaning(refusal: aiosmtplib.SMTPResponseException) -> errors.MailError:
    """The refusal, sorted by what is to be done about it."""
    return errors.MailError(
        words(refusal.code, refusal.message),
        permanent=_is_final(refusal),
        fault=_against_us(refusal),
        slower=_has_enough(refusal),
        too_large=_is_too_large(refusal),
        passing=_passes(refusal),
    )


def words(code: int, text: str) -> str:
    """What the server said, on one line, for the record."""
    # Octets that are no UTF-8 come as half characters, which no database takes.
    return redaction.strike(inert.line(f"{code} {text}"))[:_LONGEST_REPLY]


def _is_final(refusal: aiosmtplib.SMTPResponseException) -> bool:
    """Whether the server means this message for good. What it has against us (log-in, sender) can be put right."""
    about_us = not isinstance(refusal, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError)
    return _is_too_large(refusal) or (refusal.code >= 500 and not (about_us or _has_enough(refusal)))


#: RFC 3463: 5.3.4, too big for the system; 5.2.3, longer than the mailbox may get.
_TOO_LARGE = re.compile(r"5\.3\.4\b|5\.2\.3\b")


def _is_too_large(refusal: aiosmtplib.SMTPResponseException) -> bool:
    if isinstance(refusal, aiosmtplib.SMTPSenderRefused) and refusal.code == 552:
        return True  # RFC 1870, 6.1
    if refusal.code < 500 or isinstance(refusal, aiosmtplib.SMTPRecipientRefused):
        return False  # the server has not seen it yet
    return _may_be_full(refusal) or _TOO_LARGE.match(refusal.message) is not None


def _may_be_full(refusal: aiosmtplib.SMTPResponseException) -> bool:
    """552 and no more: too large (RFC 1870, 6.2), or the mailbox is full (RFC 5321, 4.2.3)."""
    return refusal.code == 552 and not refusal.message.startswith("5.")


#: Refused as if for good, and often over within hours.
_PASSING = (
    re.compile(r"5\.2\.2\b"),  # RFC 3463: the mailbox is full; its owner empties it
    re.compile(r"5\.2\.0\b.*QuotaExceeded", re.S),  # the same in the words of Exchange Online
    re.compile(r"5\.2\.1\b.*receiving e?mail at a rate", re.S),  # Gmail, SMTP error reference
)
#: Exchange Online says so at times before it has seen the message, and takes the same one hours later.
_TOO_LARGE_UNSEEN = re.compile(r"5\.3\.4\b|5\.2\.3\b|.*message is too large", re.S | re.I)


def _passes(refusal: aiosmtplib.SMTPResponseException) -> bool:
    if not _is_final(refusal):
        return False
    unseen = isinstance(refusal, aiosmtplib.SMTPRecipientRefused) and _TOO_LARGE_UNSEEN.match(refusal.message)
    return bool(unseen) or _may_be_full(refusal) or any(one.match(refusal.message) for one in _PASSING)


#: "You have sent your share": Gmail API, SMTP error reference, 5.4.5; Exchange Online's submission quota.
_SHARE_SENT = re.compile(r"5\.4\.5\b|5\.2\.0\b.*SubmissionQuotaExceeded", re.S)


def _has_enough(refusal: aiosmtplib.SMTPResponseException) -> bool:
    """Whether the server takes too many connections or messages to take this one; of it, it says nothing."""
    if refusal.code >= 500:
        return _SHARE_SENT.match(refusal.message) is not None
    # 421: RFC 5321, 3.8. 432 and 451 4.7.500: Exchange Online. Before RCPT nothing but ourselves can be meant.
    before_recipient = isinstance(refusal, aiosmtplib.SMTPSenderRefused) and refusal.code in (450, 451, 452)
    return refusal.code in (421, 432) or refusal.message.startswith("4.7.500") or before_recipient


#: "You may not send as this sender" (RFC 3463 x.7.60 as Exchange Online gives it, 5.7.1 for the same in MAIL FROM).
_NOT_OUR_SENDER = re.compile(r"5\.7\.60\b")


def _against_us(refusal: aiosmtplib.SMTPResponseException) -> str:
    """What the server has against us, whatever we send; "" when it is against this message."""
    if refusal.code < 500 or _is_too_large(refusal):
        return ""
    if isinstance(refusal, aiosmtplib.SMTPAuthenticationError) or refusal.code in (530, 534, 535, 538):
        return "the mail server refuses our log-in"  # RFC 4954, 6
    if isinstance(refusal, aiosmtplib.SMTPSenderRefused) or _NOT_OUR_SENDER.match(refusal.message):
        return "the mail server does not let us send as this sender"
    return ""
