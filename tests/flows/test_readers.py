"""Mail programs between us and the reader: they open every link, and change how an address is written."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from urllib.parse import urlsplit

from tests.flows.stage import PROGRAMME, Stage, form

MOVED = PROGRAMME.replace("date: 2021-11-10", "date: 2021-11-11")
CANCELLED = MOVED.replace("    title: Launching Ceremony\n", "    title: Launching Ceremony\n    cancelled: yes\n")
_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]+")


def hosts_in_mails(stage: Stage) -> set[str]:
    """Where the links of all mails lead, in every part of them, as a scanner finds them."""
    parts = [
        part
        for mail in stage.mails()
        for part in message_from_bytes(mail.path.read_bytes(), policy=policy.default).walk()
        if part.get_content_maintype() == "text"
    ]
    return {urlsplit(link).hostname or "" for part in parts for link in _ADDRESS.findall(part.get_content())}


async def test_F33_P29_no_mail_has_a_link_that_changes_anything_here_when_a_scanner_opens_it(stage: Stage) -> None:
    """Receipt, link, reminder, move, cancellation, denial: they lead to Zoom alone, and nobody decides by a link."""
    await stage.register(form("dara@npic.example"), form("eve@elsewhere.example", "Eve", "A Newspaper"))
    await stage.run_due()
    await stage.apply(MOVED)
    await stage.run_due()
    await stage.decide("eve@elsewhere.example", "deny")
    stage.leap("2021-11-11 13:00")
    await stage.run_due()
    await stage.apply(CANCELLED)
    await stage.run_due()

    assert hosts_in_mails(stage) == {"zoom.us", "us06web.zoom.us"}
    assert (len(stage.mails("dara@npic.example")), len(stage.mails("eve@elsewhere.example"))) == (4, 3)


async def test_F34_P07_an_address_written_otherwise_is_the_same_person(stage: Stage) -> None:
    """Capitals make nobody a second registrant, and bring no second link."""
    await stage.register(form("dara@npic.example"))
    await stage.register(form("Dara@npic.example"))
    await stage.run_due()

    assert len(stage.at_zoom()[0].registrants) == 1
    assert [len(mail.links) for mail in stage.mails()] == [1]


async def test_F34_an_answer_goes_to_the_organiser(stage: Stage) -> None:
    """Whoever presses reply reaches people, and no mailbox that nobody reads."""
    await stage.register(form("dara@npic.example"))
    await stage.run_due()

    (mail,) = stage.mails()
    head = message_from_bytes(mail.path.read_bytes(), policy=policy.default)
    assert head["Reply-To"].addresses[0].addr_spec == "launch@network.example"
