"""What the fault script does to a conversation, as a client sees it and as the ledger tells it."""

import asyncio
import ssl
from typing import Any

import aiosmtplib
import pytest

from tests.sandbox.mailroom import LOST, RECIPIENT, SENDER, mailroom, message, rule

A, B, C = "a@grey.example", "b@grey.example", "c@open.example"


async def test_F20_greylisting_lasts_its_time_for_each_pair() -> None:
    """Who is new waits seven minutes of the sandbox clock; others are not touched, and who came through stays in."""
    greylist = rule({"at": "RCPT", "reply": "451 4.7.1 Greylisted", "for": "7m"}, rcpt="*@grey.example", first=True)
    async with mailroom(greylist) as room:
        at_once = await room.answers(A, A.upper(), C)
        room.wait(minutes=6, seconds=59)
        early = await room.answers(A, B)
        room.wait(seconds=1)
        in_time = await room.answers(A, B)
        room.wait(minutes=7)
        later = await room.answers(A, B)
        another_sender = await room.answers(A, sender="other@project.example")

    assert (at_once, early, in_time, later, another_sender) == (
        [451, 451, 250],
        [451, 451],
        [250, 451],
        [250, 250],
        [451],
    )


async def test_F20_first_without_for_is_one_refusal() -> None:
    """The second try goes through, however soon."""
    async with mailroom(rule({"at": "rcpt", "reply": "450 4.2.0 Greylisted"}, first=True)) as room:
        assert await room.answers(A, A, B, B) == [450, 250, 450, 250]


async def test_F21_M09_accepted_and_the_answer_lost() -> None:
    """The client cannot know; the ledger has the mail accepted and not acknowledged. The next one goes well."""
    async with mailroom(rule("accept_then_drop", nth=[2])) as room:
        assert await room.answers(A, B, C) == [250, "SMTPServerDisconnected", 250]

        assert [mail["recipients"] for mail in room.effects("mail.accepted")] == [[A], [B], [C]]
        assert [mail["mail"] for mail in room.effects("mail.acknowledged")] == [1, 3]
        assert [mail.acknowledged_at is None for mail in room.sandbox.mail.mails] == [False, True, False]
        (struck,) = [entry for entry in room.sandbox.ledger.entries if entry["faults"]]
        assert (struck["faults"], struck["effect"]["step"], struck["effect"]["reply"]) == (
            ["accept_then_drop"],
            "dot",
            None,
        )


async def test_F21_M09_a_late_250_outlasts_the_impatient() -> None:
    """Who waits is told; who gives up has sent it all the same. The seconds are real ones."""
    async with mailroom(rule({"accept_then_late_250": 0.3})) as room:
        async with room.client() as patient:
            await patient.sendmail(SENDER, [A], message())
        hasty = room.client()
        await hasty.connect()
        with pytest.raises(LOST):
            await hasty.sendmail(SENDER, [B], message(), timeout=0.1)
        hasty.close()

        assert [mail["recipients"] for mail in room.effects("mail.accepted")] == [[A], [B]]
        assert [mail["mail"] for mail in room.effects("mail.acknowledged")] == [1]


@pytest.mark.parametrize("step", ["connect", "banner", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "dot"])
async def test_a_line_can_break_at_every_step(step: str) -> None:
    """Before the mail is accepted a drop is a no: nothing was taken."""
    async with mailroom(rule({"at": step, "drop": True}, nth=1)) as room:
        (lost,) = await room.answers(A)
        again = await room.answers(A)

        assert lost in ("SMTPServerDisconnected", "SMTPConnectError", "SMTPReadTimeoutError", "ConnectionResetError")
        assert (again, len(room.sandbox.mail.mails)) == ([250], 1)
        (dropped,) = [entry["effect"] for entry in room.sandbox.ledger.entries if entry["faults"] == ["drop"]]
        assert (dropped["step"], dropped["reply"]) == (step, None)


@pytest.mark.parametrize(
    ("step", "reply"),
    [
        ("connect", "421 4.3.2 Service shutting down"),
        ("banner", "554 5.7.1 No service for you"),
        ("starttls", "454 4.7.0 TLS not available"),
        ("auth", "535 5.7.8 Wrong"),
        ("auth", "534 5.7.9 Application-specific password required"),
        ("mail", "550 5.7.60 Not allowed to send as this sender"),
        ("mail", "452 4.3.1 Insufficient system storage"),
        ("mail", "530 5.7.0 Must issue a STARTTLS command first"),
        ("rcpt", "450 4.2.0 Greylisted"),
        ("rcpt", "452 4.5.3 Too many recipients"),
        ("rcpt", "550 5.1.1 User unknown"),
        ("rcpt", "551 5.1.6 User not local"),
        ("rcpt", "553 5.1.3 Bad address"),
        ("data", "432 4.3.2 Sender thread limit exceeded"),
        ("dot", "554 5.7.1 Refused by policy"),
        ("dot", "552 5.3.4 Message too large"),
        ("dot", "554 5.2.0 QuotaExceeded"),
    ],
)
async def test_M01_to_M07_any_step_can_be_refused(step: str, reply: str) -> None:
    """The client reads the code and the words; nothing is taken, and the ledger says what was told."""
    async with mailroom(rule({"at": step, "reply": reply})) as room:
        with pytest.raises(aiosmtplib.SMTPException) as refused:
            await room.send(A)

        error = refused.value
        assert reply[4:] in str(error.recipients[0] if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else error)
        assert (step if step != "connect" else "connect", reply) in room.replies()
        assert room.sandbox.mail.mails == []


async def test_M01_a_late_banner_outlasts_the_impatient() -> None:
    """And nothing but the client's patience decides."""
    async with mailroom(rule({"at": "banner", "delay": 0.3})) as room:
        hasty = await room.answers(A, timeout=0.1)
        patient = await room.answers(A, timeout=5)

    assert (hasty, patient) == (["SMTPConnectTimeoutError"], [250])


async def test_M02_HELO_serves_who_is_refused_EHLO() -> None:
    """Without any extension, as in 1982."""
    async with mailroom(rule({"at": "ehlo", "reply": "502 unimplemented"})) as room:
        async with room.client(start_tls=False, login=False) as client:
            await client.sendmail(SENDER, [A], message())
            assert not client.is_ehlo_or_helo_needed and not client.supports_extension("size")

        assert [mail["recipients"] for mail in room.effects("mail.accepted")] == [[A]]


async def lines_of(room: Any, *commands: bytes) -> list[bytes]:
    """What the server says to these commands, banner first, line by line until it closes."""
    reader, writer = await asyncio.open_connection(room.host, room.port, limit=2**20)
    writer.write(b"".join(command + b"\r\n" for command in (*commands, b"QUIT")))
    answered = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answered.split(b"\r\n")


async def test_M01_421_closes_the_connection() -> None:
    """At any step (RFC 5321, 3.8): what the client says afterwards has no answer."""
    async with mailroom(rule({"at": "mail", "reply": "421 4.3.2 Shutting down"})) as room:
        said = await lines_of(room, b"EHLO me", b"MAIL FROM:<a@x.org>", b"NOOP")

    assert said[-2:] == [b"421 4.3.2 Shutting down", b""]


async def test_M02_M10_odd_answers_go_out_as_written() -> None:
    """Ten thousand lines, a hundred kilobytes in one, octets that are no UTF-8, no text at all, a fourth digit."""
    odd = [
        {"at": "banner", "reply": "220-first\n220 second"},
        {"at": "ehlo", "reply": "250 many", "lines": 10000},
        {"at": "mail", "reply": "250 long", "width": 100000},
        {"at": "rcpt", "reply": "250 accept\u00e9", "encoding": "latin-1"},
        {"at": "data", "reply": "2500"},
    ]
    async with mailroom(*map(rule, odd)) as room:
        said = await lines_of(room, b"EHLO me", b"MAIL FROM:<a@x.org>", b"RCPT TO:<b@y.org>", b"DATA", b".")

    assert said[:2] == [b"220-first", b"220 second"]
    assert said[2:10002] == [b"250-many"] * 10000
    assert b"250-STARTTLS" in said[10002:10010]
    assert [len(line) for line in said if line.startswith(b"250 long")] == [100000]
    assert b"250 accept\xe9" in said
    assert b"2500" in said


@pytest.mark.parametrize("words", ["250", "250-2.0.0 one\n250 2.0.0 two", "2500"])
async def test_M10_an_odd_250_still_means_accepted(words: str) -> None:
    """Whatever the client makes of it, the mail server has the mail."""
    async with mailroom(rule({"at": "dot", "reply": words})) as room:
        await room.answers(A)

        assert len(room.effects("mail.acknowledged")) == 1


@pytest.mark.parametrize("extension", ["STARTTLS", "AUTH", "SMTPUTF8", "8BITMIME", "SIZE"])
async def test_M03_F26_an_extension_can_be_missing(extension: str) -> None:
    """It is not offered, and who uses it all the same is refused."""
    uses = {
        "STARTTLS": (b"STARTTLS", 502),
        "AUTH": (b"AUTH PLAIN AHNhbmRib3gAc2FuZGJveA==", 502),
        "SMTPUTF8": (b"MAIL FROM:<a@x.org> SMTPUTF8", 555),
        "8BITMIME": (b"MAIL FROM:<a@x.org> BODY=8BITMIME", 555),
        "SIZE": (b"MAIL FROM:<a@x.org> SIZE=100", 555),
    }
    command, code = uses[extension]
    async with (
        mailroom(rule({"extension_missing": [extension]})) as room,
        room.client(login=False, start_tls=extension != "STARTTLS") as client,
    ):
        await client.ehlo()
        offered = client.supports_extension(extension.lower())
        answer = await client.execute_command(command)

    assert (offered, answer.code) == (False, code)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("expired", "certificate has expired"),
        ("wrong-name", "Hostname mismatch|IP address mismatch"),
        ("self-signed", "self.signed certificate"),
    ],
)
async def test_M03_F26_a_certificate_can_be_bad(kind: str, reason: str, caplog: pytest.LogCaptureFixture) -> None:
    """Each with the fault of its name, also for a client that trusts the authority; the next connection is good."""
    async with mailroom(rule({"certificate": kind}, nth=1)) as room:
        with pytest.raises(ssl.SSLCertVerificationError, match=reason):
            await room.send(A)

        assert await room.answers(A) == [250]
    assert caplog.messages == []


async def test_M03_F26_old_tls_keeps_modern_clients_out(caplog: pytest.LogCaptureFixture) -> None:
    """Only who still speaks TLS 1.1 gets in."""
    async with mailroom(rule({"certificate": "old-tls"})) as room:
        old = ssl.create_default_context(cafile=room.sandbox.mail.ca_file)
        with pytest.warns(DeprecationWarning):
            old.minimum_version = ssl.TLSVersion.TLSv1
        old.set_ciphers("ALL:@SECLEVEL=0")
        modern = await room.answers(A)
        async with room.client(tls_context=old) as client:
            spoken = client.get_transport_info("ssl_object").version()

    assert (modern, spoken) == (["SMTPServerDisconnected"], "TLSv1.1")
    assert caplog.messages == []


async def test_M12_a_line_drops_after_every_fifth_mail() -> None:
    """The 250 comes first: the mail is acknowledged, and the next needs a new connection."""
    async with mailroom(rule({"at": "after", "drop": True}, nth=[5, 10])) as room:
        assert await room.answers(*[A] * 5) == [250] * 5

        client = room.client()
        await client.connect()
        for _number in range(5):
            await client.sendmail(SENDER, [A], message())
        with pytest.raises(LOST):
            await client.noop()
        client.close()
        assert len(room.effects("mail.acknowledged")) == 10


async def test_M13_replies_can_drip() -> None:
    """Octet by octet: who limits the whole and not each read gives up."""
    async with mailroom(rule({"at": "rcpt", "drip": 0.02})) as room, room.client() as client:
        await client.mail(SENDER)
        with pytest.raises(LOST):
            await client.rcpt(A, timeout=0.05)
        client.close()


async def test_M13_a_whole_connection_can_drip() -> None:
    """Slow is all it is."""
    async with mailroom(rule({"drip": 0.0001})) as room:
        assert await room.answers(A) == [250]

        assert room.sandbox.ledger.entries[0]["faults"] == ["drip"]


async def test_two_faults_at_one_step_go_together() -> None:
    """Each verb once: of two replies the first in the script counts."""
    rules = [
        rule({"at": "rcpt", "delay": 0.01}),
        rule({"at": "rcpt", "reply": "451 4.0.0 first"}),
        rule({"at": "rcpt", "reply": "550 5.0.0 second"}),
    ]
    async with mailroom(*rules) as room:
        assert await room.answers(A) == [451]

        (struck,) = [entry for entry in room.sandbox.ledger.entries if entry["faults"]]
        assert struck["faults"] == ["delay", "reply", "reply"]


async def test_one_seed_is_one_run() -> None:
    """The same letters meet the same faults; another seed, others."""
    rules = [rule({"at": "rcpt", "reply": "451 4.0.0 no"}, p=0.3), rule("accept_then_drop", p=0.2)]
    runs = []
    for seed in (7, 7, 8):
        async with mailroom(*rules, seed=seed) as room:
            runs.append(await room.answers(*[A] * 12))

    assert runs[0] == runs[1] != runs[2]


async def test_the_example_of_the_documentation_runs() -> None:
    """As it stands, with `first`, `for` and `nth`."""
    text = """
smtp:
  - when: {rcpt: "*@grey.example", first: true}
    do: {at: RCPT, reply: "451 4.7.1 Greylisted", for: "7m"}
  - when: {nth: [3]}
    do: accept_then_drop
"""
    async with mailroom() as room:
        room.sandbox.set_faults(text)
        answers = await room.answers(A, RECIPIENT, RECIPIENT, RECIPIENT)

    assert answers == [451, 250, 250, "SMTPServerDisconnected"]
