"""What the sandbox reads in a mail that came."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage

import pytest

from meetbot.sandbox.smtp.mails import Mail
from tests.mail.builders import MADE_AT

LINK = "https://us06web.zoom.us/w/85733578967?tk=qFFIGIlPMbcmrt3ZeGHaz2n-RIAP1o8SWgCvVedeSuC2"


@pytest.mark.parametrize("kind", ["text/calendar", "application/ics"])
def test_link_that_goes_on_in_the_next_line_of_a_calendar_is_read_whole(kind: str) -> None:
    """Calendars fold after 75 octets (RFC 5545 3.1), in the middle of a link too, and also in an attached file."""
    entry = f"BEGIN:VEVENT\r\nLOCATION:{LINK[:66]}\r\n {LINK[66:]}\r\nEND:VEVENT\r\n"
    message = EmailMessage(policy=policy.SMTP)
    message.set_content("Your link is in the entry.")
    main, _, sub = kind.partition("/")
    message.add_attachment(entry.encode(), main, sub, filename="invite.ics")

    read = Mail(
        1, 1, MADE_AT, "a@x.example", ("b@y.example",), message.as_bytes(), encrypted=False, authenticated=False
    )

    assert read.links == [LINK]
