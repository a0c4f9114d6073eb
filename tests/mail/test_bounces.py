"""What a returned mail says, whoever's server wrote it; what only looks like one says nothing."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from meetbot.mail import bounces
from meetbot.mail.bounces import Returned, What

RETURNS = Path(__file__).parent / "returns"
ADDRESS = "bounces@network.example"
SAYS = {
    "163-user-not-found": (What.BOUNCED, "not delivered (550)"),
    "answer-of-a-person": (What.NOTHING, "no report"),
    "appliance-5.0.0-and-says-more-behind": (What.BOUNCED, "mailbox full (5.2.2)"),
    "complaint-arf": (What.COMPLAINT, "somebody marked it as spam"),
    "exchange-online-only-members-may-send": (What.BOUNCED, "refused by a rule of theirs (5.7.133)"),
    "exchange-online-recipient-not-found": (What.BOUNCED, "mailbox unknown (5.1.10)"),
    "exim-before-4.91": (What.BOUNCED, "mailbox unknown (5.1.1)"),
    "exim-user-unknown": (What.BOUNCED, "not delivered (5.0.0)"),
    "gmail-mailbox-full": (What.BOUNCED, "mailbox full (4.2.2)"),
    "gmail-no-such-address": (What.BOUNCED, "mailbox unknown (5.1.1)"),
    "gmail-still-trying": (What.DELAYED, "mailbox takes no mail (4.2.1)"),
    "out-of-office-chinese": (What.NOTHING, "no report"),
    "out-of-office-exchange": (What.NOTHING, "an automatic answer"),
    "postfix-delayed": (What.DELAYED, "their mail server was not reached (4.4.1)"),
    "postfix-delivered": (What.NOTHING, "delivered"),
    "postfix-gave-up-after-five-days": (What.BOUNCED, "their mail server was not reached (4.4.1)"),
    "postfix-user-unknown": (What.BOUNCED, "mailbox unknown (5.1.1)"),
    "postfix-without-original-headers": (What.BOUNCED, "refused by a rule of theirs (5.7.1)"),
    "qmail": (What.BOUNCED, "mailbox unknown (5.1.1)"),
    "qmail-without-a-code": (What.BOUNCED, "not delivered (5.0.0)"),
    "qq-mailbox-not-found": (What.BOUNCED, "not delivered (550)"),
    "read-receipt": (What.NOTHING, "a receipt"),
    "rfc6533-address-in-khmer": (What.BOUNCED, "mailbox unknown (5.1.1)"),
    "sendmail-user-unknown": (What.BOUNCED, "mailbox unknown (5.1.1)"),
    "sendmail-warning": (What.DELAYED, "their mail server was not reached (4.4.1)"),
    "vacation-rfc3834": (What.NOTHING, "an automatic answer"),
    "yahoo-no-such-user": (What.BOUNCED, "not delivered (554)"),
}


def sample(name: str) -> bytes:
    """A returned mail as it lies in a mailbox."""
    return (RETURNS / f"{name}.eml").read_bytes().replace(b"\n", b"\r\n")


def mark(secret: str) -> str:
    return hmac.new(b"key", secret.encode(), hashlib.sha256).hexdigest()


def test_every_sample_has_its_meaning() -> None:
    """No file lies there unread."""
    assert {path.stem for path in RETURNS.glob("*.eml")} == {*SAYS, "forged-report-to-the-organiser"}


@pytest.mark.parametrize("name", SAYS)
def test_F27_M11_what_a_returned_mail_says(name: str) -> None:
    """A final failure is a bounce; a delay, an automatic answer, a receipt and a person are not."""
    what, reason = SAYS[name]

    assert bounces.read(sample(name), ADDRESS) == Returned(what, 12, "0123456789ab", reason)


@pytest.mark.parametrize("name", SAYS)
def test_F27_a_returned_mail_of_another_deployment_is_about_no_letter(name: str) -> None:
    """The same mails, where our address is another one: local part, domain, or one that only ends like ours."""
    ours = ("office@network.example", "bounces@example", "ounces@network.example", "bounces@network.exampl")

    assert {bounces.read(sample(name), address).letter for address in ours} == {None}


def test_M14_a_forged_report_that_names_a_message_is_about_no_letter() -> None:
    """It came to the address in the header, for its forger never saw the envelope's."""
    assert bounces.read(sample("forged-report-to-the-organiser"), ADDRESS) == Returned(
        What.BOUNCED, None, "", "mailbox unknown (5.1.1)"
    )


def test_M14_a_letter_is_proved_by_its_own_address_only() -> None:
    """By the address that it bore; not by another letter's, another message's, or one made with another key."""
    address = bounces.return_path(ADDRESS, 12, "<a@network.example>", mark)
    content = sample("postfix-user-unknown").replace(b"bounces+12-0123456789ab@network.example", address.encode())
    returned = bounces.read(content, ADDRESS)
    other_number = bounces.read(content.replace(b"bounces+12-", b"bounces+13-"), ADDRESS)

    assert address.startswith("bounces+12-") and len(address.partition("@")[0]) <= 64
    assert [
        bounces.proves(returned, "<a@network.example>", mark),
        bounces.proves(returned, "<b@network.example>", mark),
        bounces.proves(returned, "<a@network.example>", lambda secret: mark(f"other key:{secret}")),
        bounces.proves(other_number, "<a@network.example>", mark),
    ] == [True, False, False, False]


def test_F27_an_address_in_capitals_is_the_same() -> None:
    """Some servers write addresses anew in capitals."""
    address = bounces.return_path(ADDRESS, 12, "<a@network.example>", mark)
    content = sample("postfix-user-unknown").replace(
        b"bounces+12-0123456789ab@network.example", address.upper().encode()
    )

    assert bounces.proves(bounces.read(content, ADDRESS), "<a@network.example>", mark)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\r\n",
        b"To: =?x-unknown?B?AAAA?= <a@b>\r\nContent-Type: text/plain; charset=none\r\n\r\n\xff\xfe",
        b"From: MAILER-DAEMON@x\r\nContent-Type: multipart/report; boundary=\r\n\r\n--\r\n",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\nContent-Type: message/rfc822\r\n\r\n" * 3000,
    ],
    ids=["nothing", "blank", "unknown charset", "no boundary", "nested without end"],
)
def test_M14_what_was_made_to_break_its_reader_says_nothing(content: bytes) -> None:
    """It is read like any other."""
    returned = bounces.read(content, ADDRESS)

    assert (returned.what, returned.letter) == (What.NOTHING, None)


@given(some.sampled_from(sorted(SAYS)), some.integers(0, 4000), some.binary(max_size=40))
def test_F27_damaged_mails_are_read_without_a_fault(name: str, place: int, noise: bytes) -> None:
    """Whatever a server made of them on the way."""
    content = sample(name)

    assert bounces.read(content[:place] + noise + content[place:], ADDRESS).what in What
