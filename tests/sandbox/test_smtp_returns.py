"""What comes back after a mail was accepted: bounces, delays, notes, complaints; and who opens its links."""

import asyncio
import http.server
import mailbox
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from typing import Any

from tests.sandbox.mailroom import RECIPIENT, SENDER, mailroom, message, rule

VERP = "bounce+4711@project.example"


def returned(folder: Path) -> list[Message]:
    """The messages in the Maildir, oldest first."""
    box = mailbox.Maildir(str(folder), create=False)
    return sorted(box, key=lambda found: str(found["Message-ID"]))


def fields(report: Message) -> dict[str, str]:
    """What a delivery report says of its recipient (RFC 3464)."""
    status = next(part for part in report.walk() if part.get_content_type() == "message/delivery-status")
    parts = status.get_payload()
    assert isinstance(parts, list)
    of_recipient = parts[1]
    assert isinstance(of_recipient, Message)
    return dict(of_recipient.items())


def original(report: Message) -> str | None:
    """The header of the message that a report is about, None when it bears none."""
    parts = [part for part in report.walk() if part.get_content_type() == "text/rfc822-headers"]
    return str(parts[0].get_payload()) if parts else None


async def test_F27_a_bounce_comes_back_at_its_time(tmp_path: Path) -> None:
    """Thirty seconds later by the sandbox clock, to the envelope's sender, with status and original header."""
    bounce = rule({"dsn": {"status": "5.1.1", "after": "30s"}}, rcpt="lin@*")
    async with mailroom(bounce, smtp_bounces=tmp_path / "box") as room:
        await room.send(sender=VERP)
        await room.send("ma@college.example", sender=VERP)
        room.wait(seconds=29)
        early = returned(tmp_path / "box")
        room.wait(seconds=1)
        effects = room.effects("mail.dsn")

    (report,) = returned(tmp_path / "box")
    assert early == []
    assert report.get_content_type() == "multipart/report"
    assert report.get_param("report-type") == "delivery-status"
    assert [report[name] for name in ("Return-Path", "Delivered-To", "To", "Auto-Submitted", "Date")] == [
        *("<>", VERP, VERP, "auto-replied", "Wed, 10 Nov 2021 05:00:30 +0000"),
    ]
    assert fields(report) == {
        "Original-Recipient": "rfc822; lin@college.example",
        "Final-Recipient": "rfc822; lin@college.example",
        "Action": "failed",
        "Status": "5.1.1",
        "Diagnostic-Code": "smtp; 550 5.1.1 User unknown",
        "Last-Attempt-Date": "Wed, 10 Nov 2021 05:00:30 +0000",
    }
    assert "Message-ID: <m1@project.example>" in (original(report) or "")
    assert effects == [
        {"mail": 1, "recipient": RECIPIENT, "to": VERP, "message_id": report["Message-ID"], "status": "5.1.1"}
    ]


async def test_F27_a_delay_and_then_a_failure(tmp_path: Path) -> None:
    """Two rules for one mail: first a delayed notice, at last the bounce."""
    rules = [
        rule({"dsn": {"status": "4.4.7", "after": "1h"}}),
        rule({"dsn": {"status": "5.4.7", "after": "2d", "original_headers": "no"}}),
    ]
    async with mailroom(*rules, smtp_bounces=tmp_path / "box") as room:
        await room.send()
        room.wait(days=3)

    reports = returned(tmp_path / "box")
    assert [(fields(report)["Action"], fields(report)["Status"]) for report in reports] == [
        ("delayed", "4.4.7"),
        ("failed", "5.4.7"),
    ]
    assert [original(report) is None for report in reports] == [False, True]
    assert "m1@project.example" not in reports[1].as_string()


async def test_M14_a_forged_report_names_another_mail(tmp_path: Path) -> None:
    """It comes to the sender in the header, for a forger never saw the envelope; a bomb is many of them."""
    rules = [
        rule({"dsn": {"forged": "<victim@project.example>"}}, nth=1),
        rule({"dsn": {"forged": True, "copies": 20}}, nth=2),
    ]
    async with mailroom(*rules, smtp_bounces=tmp_path / "box") as room:
        await room.send(sender=VERP)
        await room.send(sender=VERP)

    reports = returned(tmp_path / "box")
    named = Counter(line for one in reports for line in (original(one) or "").splitlines() if "Message-ID" in line)
    assert named == {"Message-ID: <victim@project.example>": 1, "Message-ID: <another@forged.example>": 20}
    assert {report["To"] for report in reports} == {"office@project.example"}


async def test_F27_an_out_of_office_note_is_no_bounce(tmp_path: Path) -> None:
    """It answers the message and says that a machine wrote it (RFC 3834)."""
    async with mailroom(rule("vacation"), smtp_bounces=tmp_path / "box") as room:
        await room.send()

    (note,) = returned(tmp_path / "box")
    assert [note[name] for name in ("From", "To", "Subject", "Auto-Submitted", "In-Reply-To")] == [
        *(RECIPIENT, SENDER, "Automatic reply: Your link", "auto-replied", "<m1@project.example>"),
    ]


async def test_a_complaint_is_a_feedback_report(tmp_path: Path) -> None:
    """Somebody pressed "this is spam" (RFC 5965)."""
    async with mailroom(rule({"complaint": {"after": "1h"}}), smtp_bounces=tmp_path / "box") as room:
        await room.send()
        room.wait(hours=1)

        assert room.effects("mail.complaint")[0]["recipient"] == RECIPIENT
    (report,) = returned(tmp_path / "box")
    feedback = next(part for part in report.walk() if part.get_content_type() == "message/feedback-report")
    assert report.get_param("report-type") == "feedback-report"
    assert f"Original-Rcpt-To: <{RECIPIENT}>" in feedback.as_string()


async def test_nothing_comes_back_to_the_empty_sender(tmp_path: Path) -> None:
    """A mail from `<>` is a report itself: an answer to it would be a loop (RFC 5321, 4.5.5)."""
    async with mailroom(rule({"dsn": None}), rule("vacation"), smtp_bounces=tmp_path / "box") as room:
        async with room.client() as client:
            await client.mail("")
            await client.rcpt(RECIPIENT)
            await client.data(message())

        assert (len(room.effects("mail.accepted")), room.effects("mail.dsn"), room.effects("mail.vacation")) == (
            *(1, [], []),
        )


async def test_without_a_folder_the_ledger_tells() -> None:
    """What would have come back, and to whom."""
    async with mailroom(rule({"dsn": {"status": "5.2.2"}})) as room:
        await room.send()

        assert [(effect["status"], effect["to"]) for effect in room.effects("mail.dsn")] == [("5.2.2", SENDER)]


async def test_what_is_due_comes_back_by_itself(tmp_path: Path) -> None:
    """A clock that went on is enough: nobody has to ask."""
    box = tmp_path / "box"
    async with mailroom(rule({"dsn": {"after": "1d"}}), smtp_bounces=box) as room:
        await room.send()
        room.sandbox.clock.leap(room.sandbox.clock.now().replace(day=12))
        async with asyncio.timeout(5):
            while not returned(box):  # noqa: ASYNC110 (a file, and nothing that tells of it)
                await asyncio.sleep(0.01)


class _Visits(http.server.BaseHTTPRequestHandler):
    """Remembers who asked for what; `/once` leads on to `/done`."""

    seen: list[tuple[str, str]]

    def do_GET(self) -> None:
        self.seen.append((self.command, self.path))
        self.send_response(303 if self.path == "/once" else 200)
        if self.path == "/once":
            self.send_header("Location", "/done")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET

    def log_message(self, *_arguments: Any) -> None:
        pass


@contextmanager
def website() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """A site on loopback; its address, and method and path of each visit."""
    visits: list[tuple[str, str]] = []
    kind = type("Visits", (_Visits,), {"seen": visits})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", visits
        finally:
            server.shutdown()
            serving.join()


async def test_F33_a_scanner_opens_every_link_before_the_person_reads() -> None:
    """By GET and HEAD, 1 to 5 times each, in text, HTML and calendar, redirects too, and nothing outside."""
    with website() as (site, visits):
        content = message(
            text=f"Confirm: {site}/confirm?a=1&b=2.\nZoom: https://us06web.zoom.us/w/1?tk=secret\n",
            html=f'<a href="{site}/html?a=1&amp;b=2">here</a> <a href="{site}/once">once</a>',
            calendar=f"BEGIN:VEVENT\r\nURL:{site}/calen\r\n dar\r\nEND:VEVENT\r\n",
        )
        async with mailroom(smtp_profile="link-scanner") as room:
            await room.send(content=content)
            await room.sandbox.mail.scanned()
            opened, passed = room.effects("mail.link_opened"), room.effects("mail.link_passed_over")

    counted = Counter(visits)
    paths = {"/confirm?a=1&b=2", "/html?a=1&b=2", "/once", "/calendar"}
    assert set(counted) == {(method, path) for method in ("GET", "HEAD") for path in (*paths, "/done")}
    assert all(1 <= counted[method, path] <= 5 for method in ("GET", "HEAD") for path in paths)
    assert {(visit["link"], visit["status"]) for visit in opened} == {(1, 200), (3, 200), (4, 200), (5, 200)}
    assert {(visit["link"], visit["status"]) for visit in passed} == {(2, None)}
    assert "tk=secret" not in str(opened + passed)


async def test_F33_a_link_that_leads_nowhere_stops_nobody() -> None:
    """The scanner goes on, the mail is read."""
    async with mailroom(rule({"open_links": {"times": 1}})) as room:
        await room.send(content=message(text="http://127.0.0.1:1/ http://127.0.0.1:99999/ http://[bad/\n"))
        await room.sandbox.mail.scanned()

        assert {effect["status"] for effect in room.effects("mail.link_opened")} == {None}
        assert len(room.effects("mail.link_passed_over")) == 2
