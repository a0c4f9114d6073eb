"""How much the mail server takes, from whom, and when: throttles, quotas, outages, sizes, senders."""

import aiosmtplib
import pytest

from tests.sandbox.mailroom import SENDER, mailroom, message, rule, script

A, B, C = "a@grey.example", "b@grey.example", "c@open.example"


async def test_F23_a_throttle_counts_minutes_of_the_sandbox_clock() -> None:
    """Two a minute: the third is told to slow down, and goes through a minute later."""
    async with mailroom(rule({"throttle": {"per_minute": 2, "reply": "432 4.3.2 Slow down"}})) as room:
        at_once = await room.answers(A, B, C)
        room.wait(seconds=59)
        early = await room.answers(C)
        room.wait(seconds=1)
        in_time = await room.answers(C, A, B)

    assert (at_once, early, in_time) == ([250, 250, 432], [432], [250, 250, 432])


async def test_F23_M07_a_days_quota_may_come_as_if_for_ever() -> None:
    """Beside another throttle, and over a day later."""
    quota = {"per_day": 3, "reply": "554 5.2.0 QuotaExceeded"}
    async with mailroom(rule({"throttle": {"per_minute": 3}}), rule({"throttle": quota})) as room:
        first = await room.answers(A, A, A)
        room.wait(hours=23)
        same_day = await room.answers(A)
        room.wait(hours=1)
        next_day = await room.answers(A)

    assert (first, same_day, next_day) == ([250] * 3, [554], [250])


async def test_F23_connections_are_counted() -> None:
    """One too many is sent away with 421 and closed; when one ends there is room again."""
    async with mailroom(rule({"throttle": {"connections": 2}})) as room:
        clients = [room.client() for _number in range(3)]
        await clients[0].connect()
        await clients[1].connect()
        with pytest.raises(aiosmtplib.SMTPConnectResponseError) as refused:
            await clients[2].connect()
        await clients[0].quit()
        again = await room.answers(A)
        await clients[1].quit()

    assert (refused.value.code, again) == (421, [250])


async def test_F24_a_server_can_be_down_for_hours() -> None:
    """Between two times, or for so long from the first who came."""
    down = rule({"at": "connect", "reply": "421 4.3.2 Down"}, **{"from": "+1h", "until": "+6h"})
    outage = rule({"at": "connect", "drop": True, "for": "5h"}, **{"from": "+10h"})
    async with mailroom(down, outage) as room:
        seen = []
        for hours in (0, 1, 4.99, 0.01, 6, 4.99, 0.02):
            room.wait(hours=hours)
            seen += await room.answers(A)

    assert [answer == 250 for answer in seen] == [True, False, False, True, False, False, True]


async def test_F25_a_changed_password_refuses_until_the_script_is_gone() -> None:
    """The letters before and after go out."""
    async with mailroom() as room:
        before = await room.answers(A)
        room.sandbox.set_faults(script(rule({"at": "auth", "reply": "535 5.7.8 Wrong"})))
        during = await room.answers(A)
        room.sandbox.set_faults("")
        after = await room.answers(A)

    assert (before, during, after) == ([250], [535], [250])


async def test_F22_one_of_many_recipients_is_refused() -> None:
    """The others have the message."""
    refused = rule({"at": "rcpt", "reply": "550 5.1.1 User unknown"}, rcpt="b@*")
    async with mailroom(refused) as room, room.client() as client:
        errors, _words = await client.sendmail(SENDER, [A, B, C], message())

        assert ({to: error.code for to, error in errors.items()}, room.sandbox.mail.mails[0].recipients) == (
            {B: 550},
            (A, C),
        )


async def test_F28_a_message_can_be_too_large() -> None:
    """The server says how large it may be, and a smaller one goes through."""
    large = message(text="x" * 70 + "\n" + ("y" * 70 + "\n") * 300)
    async with mailroom(rule({"size_limit": 10000})) as room:
        refused = await room.answers(A, content=large)
        async with room.client() as client:
            limit = client.esmtp_extensions["size"]
        smaller = await room.answers(A)

    assert (refused, limit, smaller) == ([552], "10000", [250])


async def test_F29_a_sender_can_be_refused() -> None:
    """By a pattern of its address; another may send."""
    async with mailroom(rule({"at": "mail", "reply": "550 5.7.60 Not yours"}, sender="Office@*")) as room:
        assert await room.answers(A, sender="office@project.example") == [550]
        assert await room.answers(A, sender="launch@project.example") == [250]


async def test_who_is_not_logged_in_can_be_refused() -> None:
    """And who does not encrypt."""
    rules = [
        rule({"at": "mail", "reply": "530 5.7.57 Log in"}, authenticated=False, encrypted=True),
        rule({"at": "mail", "reply": "530 5.7.0 STARTTLS first"}, encrypted=False),
    ]
    async with mailroom(*rules) as room:
        stranger = await room.answers(A, login=False)
        open_ = await room.answers(A, login=False, start_tls=False)
        user = await room.answers(A)
        replies = [reply for step, reply in room.replies() if step == "mail"]

    assert (stranger, open_, user) == ([530], [530], [250])
    assert replies == ["530 5.7.57 Log in", "530 5.7.0 STARTTLS first", "250 OK"]
