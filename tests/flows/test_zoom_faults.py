"""Zoom answers late, badly or not at all: the day comes out as if it had answered well, and the reason is on record."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from meetbot import serve
from meetbot.core.meetings import MeetingState
from meetbot.files import programme as programme_file
from meetbot.flows import programme as programme_flow
from meetbot.mail import transports
from meetbot.serve import daemon as serve_daemon
from meetbot.store import due, meetings
from meetbot.store.tables import message
from meetbot.zoom import line
from tests.flows.stage import PROGRAMME, Stage, form

TALK = "  talk: {title: Talk, date: 2021-11-12, start: 10:00, end: 11:00, host: other@network.example}\n"
WITH_TALK = PROGRAMME.replace("meetings:\n", f"meetings:\n{TALK}")
MIDNIGHT = "2021-11-04 07:01"  # 00:01 UTC, in Bangkok

#: Every call from the registration to a move of the meeting. Questions are asked three times, changes once.
READS = ["/v2/users/*/meetings", "/v2/meetings/*", "/v2/meetings/*/registrants"]
WRITES = [("POST", "/v2/users/*/meetings"), ("POST", "/v2/meetings/*/registrants"), ("PATCH", "/v2/meetings/*")]
PASSING = [
    *["drop_before", "{status: 500}", "{status: 502}", "{status: 503}", "{status: 504}"],
    *["html", "truncate_json", "wrong_type", "{wrong_type: 'null'}", "gzip_bad", "bom", "id_as_string"],
    *["{quota: qps}", "concurrent", "token_expired", "token_revoked"],
    *["commit_then_drop", "commit_then_502", "commit_then_truncate", "page_loop", "page_repeats"],
]


def each_call_meets(fault: str) -> str:
    """A script in which the first of each call meets the fault, as often as it is repeated at once."""
    reads = [f"  - {{when: {{method: GET, path: '{path}', nth: [1, 2, 3]}}, do: {fault}}}" for path in READS]
    writes = [f"  - {{when: {{method: {method}, path: '{path}', nth: 1}}, do: {fault}}}" for method, path in WRITES]
    return "\n".join(["zoom:", *reads, *writes])


def always(method: str, path: str, fault: str) -> str:
    return f"zoom: [{{when: {{method: {method}, path: '{path}'}}, do: {fault}}}]"


async def plan(stage: Stage, text: str) -> None:
    """The file is applied; Zoom is left to the daemon."""
    await programme_flow.apply(stage.app.store, text, "network.yaml", now=stage.now, by="test")


async def standing(stage: Stage, key: str) -> tuple[MeetingState, str]:
    async with stage.app.store.reading() as tx:
        stored = await meetings.get(tx, key)
    assert stored is not None
    return stored.known.state, stored.reason


async def waiting(stage: Stage, kind: due.Kind) -> list[tuple[str, str]]:
    """When what waits is tried again, in UTC, and why it waits."""
    async with stage.app.store.reading() as tx:
        rows = await due.waiting(tx, kind)
    return [(f"{one.due_at:%d %H:%M}", one.reason) for one in rows]


def topics(stage: Stage) -> list[str]:
    return sorted(one.topic for one in stage.at_zoom())


@pytest.mark.parametrize("fault", PASSING)
async def test_F06_F09_F10_F11_F12_F13_F17_Z06_what_every_call_meets_once_nobody_notices(
    stage: Stage, fault: str
) -> None:
    """One meeting each, one registrant, the link once and the move once, whatever went wrong between."""
    stage.sandbox.set_faults(each_call_meets(fault))
    await plan(stage, WITH_TALK)
    await stage.register(form("dara@npic.example"))
    await stage.until("2021-11-03 09:15")
    await plan(stage, WITH_TALK.replace("date: 2021-11-10", "date: 2021-11-11"))
    await stage.until("2021-11-03 09:25")

    assert sorted((one.topic, f"{one.start_at:%d %H:%M}", len(one.registrants)) for one in stage.at_zoom()) == [
        ("Launching Ceremony", "11 07:00", 1),
        ("Talk", "12 03:00", 0),
    ]
    link, moved = stage.mails()
    assert (len(link.links), moved.links) == (1, link.links)
    assert len([one for one in stage.sandbox.ledger.entries if one["faults"]]) >= len(READS) + len(WRITES)


@pytest.mark.parametrize("fault", ["stall", "{drip: 0.05}"])
async def test_F05_a_creation_that_zoom_never_answers_is_looked_up_and_made_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """The call ends at its deadline, says so, and the meeting beside it is not held up."""
    monkeypatch.setattr(line, "_DEADLINE", 0.3)
    stage.sandbox.set_faults(always("POST", "/v2/users/other*/meetings", fault))
    lunch = TALK.replace("talk", "lunch").replace("Talk", "Lunch").replace("other@", "third@")
    await plan(stage, WITH_TALK.replace("meetings:\n", f"meetings:\n{lunch}"))
    await stage.run_due()
    unknown = await standing(stage, "talk")

    stage.sandbox.set_faults("")
    await stage.until("2021-11-03 09:15")

    assert unknown == (MeetingState.CREATING, "creation outcome unknown, checking with Zoom")
    assert topics(stage) == ["Launching Ceremony", "Lunch", "Talk"]


async def test_F05_a_stalled_zoom_holds_up_no_letter(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each kind of work runs by itself: while Zoom does not answer, what people are told leaves."""
    await stage.register(form("eve@elsewhere.example", "Eve", "A Newspaper"))
    stage.sandbox.set_faults("zoom: [{when: {}, do: stall}]")
    await plan(stage, WITH_TALK)
    monkeypatch.setattr(serve_daemon, "_PATIENCE", timedelta())
    left = asyncio.Event()

    class Watched(transports.Maildir):
        async def deliver(self, message_id: str, sender: str, to: str, content: bytes) -> str:
            left.set()
            return await super().deliver(message_id, sender, to, content)

    transport = Watched(stage.app.settings.maildir)
    daemon = serve.Daemon(dataclasses.replace(stage.app, transport=transport))
    running = asyncio.create_task(daemon.run())
    await asyncio.wait_for(left.wait(), 5)

    assert not daemon.idle
    daemon.stop()
    await running


async def test_F03_told_to_stop_it_waits_no_longer_than_its_patience_and_what_hangs_is_unknown(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mail server and a Zoom that never answer: both are asked about again, nothing is made or written twice."""
    await stage.register(form("eve@elsewhere.example", "Eve", "A Newspaper"))
    stage.sandbox.set_faults("zoom: [{when: {method: POST, path: '/v2/users/**'}, do: stall}]")
    await plan(stage, WITH_TALK)
    monkeypatch.setattr(serve_daemon, "_PATIENCE", timedelta())
    begun = asyncio.Event()

    class Hanging(transports.Maildir):
        async def deliver(self, message_id: str, sender: str, to: str, content: bytes) -> str:
            begun.set()
            await asyncio.Event().wait()
            raise AssertionError

    daemon = serve.Daemon(dataclasses.replace(stage.app, transport=Hanging(stage.app.settings.maildir)))
    running = asyncio.create_task(daemon.run())
    async with asyncio.timeout(10):
        await begun.wait()
        while (await standing(stage, "talk"))[0] is not MeetingState.CREATING:  # noqa: ASYNC110 - nobody rings for it
            await asyncio.sleep(0)
        daemon.stop()
        await running
    stopped = await letters_sent(stage)

    stage.sandbox.set_faults("")
    stage.leap("2021-11-03 09:01")
    await stage.restart()
    await stage.until("2021-11-03 09:15")

    assert stopped == [("unknown", "interrupted; may have been sent already")]
    assert len(stage.mails("eve@elsewhere.example")) == 1
    assert topics(stage) == ["Launching Ceremony", "Talk"]


async def letters_sent(stage: Stage) -> list[tuple[str, str]]:
    """State and reason of every letter."""
    async with stage.app.store.reading() as tx:
        return [(one.state, one.reason) for one in await tx.execute(select(message.c.state, message.c.reason))]


async def test_F06_after_too_fast_no_call_goes_before_its_time(stage: Stage) -> None:
    """Whoever of us met the limit, all of that kind wait half a second; nobody is kept from their link."""
    stage.sandbox.set_faults("zoom: [{when: {method: POST, path: '/v2/meetings/**', nth: [1, 2]}, do: {quota: qps}}]")
    await stage.register(form("dara@npic.example"), form("bona@npic.example", "Keo Bona"))
    await stage.run_due()

    added = [one for one in stage.sandbox.ledger.entries if one["method"] == "POST" and one["path"].endswith("ants")]
    refused = max(datetime.fromisoformat(one["at"]) for one in added if one["status"] == 429)
    taken = [datetime.fromisoformat(one["at"]) for one in added if one["status"] == 201]
    assert (len(added), len(taken)) == (4, 2)
    assert min(taken) - refused >= timedelta(seconds=0.5)
    assert [len(mail.links) for mail in stage.mails()] == [1, 1]


async def test_F07_the_daily_limit_closes_what_it_limits_and_nothing_else(stage: Stage) -> None:
    """Links that are known leave; what needs Zoom waits for midnight UTC, says so, and asks not once before."""
    await stage.register(form("dara@npic.example"))
    await serve.PASSES[due.Kind.PUSH](stage.app, await stage.programme(), stage.now, f"{stage.life}/push")
    stage.sandbox.set_faults(always("GET", "/v2/**", "{quota: daily}"))
    await stage.register(form("bona@npic.example", "Keo Bona"))
    await stage.run_due()
    known, held_up = [mail.to for mail in stage.mails()], await waiting(stage, due.Kind.PUSH)
    asked = len(stage.sandbox.ledger.entries)
    stage.leap("2021-11-04 06:50")
    await stage.until("2021-11-04 07:00")
    asked_before_midnight = stage.sandbox.ledger.entries[asked:]
    stage.sandbox.set_faults("")
    await stage.until("2021-11-04 07:05")

    why = "Zoom takes no more medium calls from the whole account"
    assert (known, held_up) == (["dara@npic.example"], [("04 00:01", why)])
    assert [one["path"] for one in asked_before_midnight if one["path"] != "/oauth/token"] == []
    assert [(mail.to, len(mail.links)) for mail in stage.mails()] == [
        ("dara@npic.example", 1),
        ("bona@npic.example", 1),
    ]


async def test_F08_a_host_whose_hundred_others_used_up_waits_alone(stage: Stage) -> None:
    """Zoom's own count says no and is asked once: that meeting is made after midnight UTC, the other's today."""
    stage.sandbox.set_faults(always("POST", "/v2/users/other*/meetings", "{quota: host_daily}"))
    lunch = TALK.replace("talk", "lunch").replace("Talk", "Lunch").replace("other@", "third@")
    await plan(stage, WITH_TALK.replace("meetings:\n", f"meetings:\n{lunch}"))
    await stage.until("2021-11-03 09:30")
    today, why = topics(stage), await standing(stage, "talk")
    asked = [path for method, path in stage.writes() if method == "POST" and "other" in path]
    stage.sandbox.set_faults("")
    stage.leap(MIDNIGHT)
    await stage.run_due()

    assert today == ["Launching Ceremony", "Lunch"]
    assert len(asked) == 1
    assert why == (
        MeetingState.PLANNED,
        "create meeting: Zoom's daily limit of created and changed meetings for this host is reached",
    )
    assert topics(stage) == ["Launching Ceremony", "Lunch", "Talk"]


async def test_F08_before_it_begins_the_organiser_hears_what_does_not_fit_into_a_day(stage: Stage) -> None:
    """112 meetings on one host: the plan says how many days or hosts they need, and nothing has been asked of Zoom."""
    many = "".join(
        f"  m{n}: {{title: M{n}, date: 2021-11-{11 + n // 20}, start: '{n % 20:02}:00', minutes: 30, "
        "host: other@network.example}\n"
        for n in range(112)
    )
    before = stage.writes()
    written = programme_file.load(PROGRAMME.replace("meetings:\n", f"meetings:\n{many}"), "network.yaml")

    shown = await programme_flow.plan(stage.app.store, written, stage.app.zoom, now=stage.now)

    assert shown.limits == (
        "112 meetings to create or change on other@network.example: 90 today, 22 from Thu 4 Nov 2021 07:01 (Bangkok). "
        "2 days or 2 hosts are needed: Zoom limits a host to 100 such calls a day, of which meetbot uses 90.",
    )
    assert stage.writes() == before


async def test_F13_credentials_that_zoom_no_longer_takes_stop_nothing_but_zoom(stage: Stage) -> None:
    """The secret was replaced at Zoom: letters leave, what needs Zoom waits with the remedy, and goes on by itself."""
    await stage.register(form("dara@npic.example"))
    await serve.PASSES[due.Kind.PUSH](stage.app, await stage.programme(), stage.now, f"{stage.life}/push")
    refused = "{status: 400, json: {reason: 'Invalid client_id or client_secret', error: invalid_client}}"
    stage.sandbox.set_faults(always("POST", "/oauth/token", refused))
    stage.leap("2021-11-03 11:00")
    await stage.register(form("bona@npic.example", "Keo Bona"))
    await stage.run_due()
    known, held_up = [mail.to for mail in stage.mails()], await waiting(stage, due.Kind.PUSH)
    stage.sandbox.set_faults("")
    await stage.until("2021-11-03 11:15")

    why = (
        "Zoom refuses our credentials: Invalid client_id or client_secret; see MEETBOT_ZOOM_ACCOUNT_ID, "
        "MEETBOT_ZOOM_CLIENT_ID and MEETBOT_ZOOM_CLIENT_SECRET, and whether the app is activated"
    )
    assert (known, held_up) == (["dara@npic.example"], [("03 04:02", why)])
    assert [(mail.to, len(mail.links)) for mail in stage.mails()] == [
        ("dara@npic.example", 1),
        ("bona@npic.example", 1),
    ]


@pytest.mark.parametrize("refusal", ["token_expired", "{redirect: 'https://evil.example/'}"])
async def test_F13_F18_nobody_is_given_up_because_zoom_does_not_take_us(stage: Stage, refusal: str) -> None:
    """It breaks between the look at the list and the addition: nothing is wrong with the person, who gets the link."""
    stage.sandbox.set_faults(always("POST", "/v2/meetings/*/registrants", refusal))
    await stage.register(form("dara@npic.example"))
    await stage.until("2021-11-03 09:05")
    stage.sandbox.set_faults("")
    await stage.until("2021-11-03 09:20")

    assert [len(mail.links) for mail in stage.mails()] == [1]


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (
            "{scope_missing: 'meeting:write:meeting:admin'}",
            "create meeting: Zoom refuses our credentials: the scope meeting:write:meeting:admin is missing; add it to "
            "the app in the Zoom App Marketplace",
        ),
        (
            "{redirect: 'https://evil.example/'}",
            "create meeting: Zoom's address sent us elsewhere, which is not followed",
        ),
        ("html", "creation outcome unknown, checking with Zoom"),
        (
            "{status: 404, json: {code: 1001, message: 'User does not exist'}}",
            "create meeting: Zoom does not know this user or meeting; see the host in the programme",
        ),
        (
            "{status: 400, json: {code: 300, message: 'Validation Failed.', errors: [{field: topic, message: long}]}}",
            "create meeting: Zoom finds something in the request wrong (Zoom 400, code 300: Validation Failed. ",
        ),
        (
            "{status: 400, json: {code: 3161, message: 'Your user account is not allowed meeting hosting'}}",
            "create meeting: the host may not hold this meeting; give the user a Zoom licence",
        ),
    ],
)
async def test_F10_F13_F18_Z04_a_refused_creation_says_why_and_goes_on_when_put_right(
    stage: Stage, fault: str, why: str
) -> None:
    """The reason stands beside the meeting, no link leaves, and once Zoom says yes the meeting is there, once."""
    stage.sandbox.set_faults(always("POST", "/v2/users/other*/meetings", fault))
    await plan(stage, WITH_TALK)
    await stage.register(dataclasses.replace(form("dara@npic.example"), meeting="talk"))
    await stage.until("2021-11-03 09:01")
    _, shown = await standing(stage, "talk")
    before = stage.mails()

    stage.sandbox.set_faults("")
    await stage.until("2021-11-03 09:30")

    assert shown.startswith(why)
    assert before == []
    assert topics(stage) == ["Launching Ceremony", "Talk"]
    assert [len(mail.links) for mail in stage.mails()] == [1]


async def test_F17_a_list_that_lags_makes_no_twin_and_loses_nothing(stage: Stage) -> None:
    """Zoom's list still shows the moment before the creation: the meeting is known by its number."""
    stage.sandbox.set_faults(always("GET", "/v2/users/*/meetings", "{list_lag: 30m}"))

    await stage.apply(WITH_TALK)
    await stage.until("2021-11-03 09:25")

    assert topics(stage) == ["Launching Ceremony", "Talk"]
    assert [path for method, path in stage.writes() if method == "POST"] == [
        "/users/host%40network.example/meetings",
        "/users/other%40network.example/meetings",
    ]
    assert (await standing(stage, "talk"))[0] is MeetingState.CREATED
