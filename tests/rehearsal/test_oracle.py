"""The judge of a rehearsal finds nothing in evidence that is good, and each broken promise in evidence that is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from meetbot.core.model import Status
from meetbot.rehearsal.mailbox import Entry, Mail
from meetbot.rehearsal.oracle import Evidence, violations

DARA, LIN, MARIA, OFFICER = "dara@npic.example", "lin@cvt.example", "maria@elsewhere.example", "officer@network.example"
LINK = "https://us06web.zoom.us/w/850?tk="


def mail(to: str, what: str, **other: Any) -> Mail:
    values: dict[str, Any] = {
        "message_id": f"<{what}-{to}>",
        "subject": what,
        "text": "14:00–15:00 Bangkok (UTC+7)",
        "links": frozenset(),
        "entries": (),
        "attachments": (),
        "path": Path("new/mail.eml"),
    }
    return Mail(to=to, **{**values, **other})


def link_mail(to: str, **other: Any) -> Mail:
    """The mail with that reader's own link and the first calendar entry."""
    values = {"links": frozenset([LINK + to]), "entries": (Entry("ref@network.example", 0, "REQUEST"),), **other}
    return mail(to, "link", **values)


RECEIVED = mail(MARIA, "received")
MAILS = (link_mail(DARA), link_mail(LIN), RECEIVED)

#: Two came in by their link, one stranger was denied; one cue fired and one was missed with its reason.
GOOD = Evidence(
    mails=MAILS,
    statuses={DARA: Status.APPROVED, LIN: Status.APPROVED, MARIA: Status.DENIED},
    link_owner={LINK + DARA: DARA, LINK + LIN: LIN},
    link_mails={DARA: 1, LIN: 1},
    zoom_meetings=[{"topic": "Launch"}],
    planned=["Launch"],
    fired={"launch/welcome:next": 1},
    cues={"launch/welcome:next": "done", "launch/welcome:closing": "missed"},
)

BAD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "P01 a link for somebody denied": (
        {"mails": [*MAILS, link_mail(MARIA, entries=())], "link_owner": {**GOOD.link_owner, LINK + MARIA: MARIA}},
        [f"P01: a join link went to {MARIA}, who is not approved (link)"],
    ),
    "P01 a link for somebody unknown": (
        {"mails": [*MAILS, link_mail(OFFICER)], "link_owner": {**GOOD.link_owner, LINK + OFFICER: OFFICER}},
        [f"P01: a join link went to {OFFICER}, who is not approved (link)"],
    ),
    "P32 the link of somebody else": (
        {"mails": [link_mail(DARA, links=frozenset([LINK + LIN])), *MAILS[1:]]},
        [f"P32: {DARA} got the join link of {LIN} (link)"],
    ),
    "P32 a link that nobody was given": (
        {"mails": [link_mail(DARA, links=frozenset([LINK + DARA, LINK + "?"])), *MAILS[1:]]},
        [f"P32: {DARA} got the join link of nobody (link)"],
    ),
    "P02 no link": ({"link_mails": {DARA: 1}}, [f"P02: {LIN} is approved and got 0 link mails"]),
    "P02 two links": ({"link_mails": {DARA: 2, LIN: 1}}, [f"P02: {DARA} is approved and got 2 link mails"]),
    "P02 one message twice": ({"mails": [*MAILS, RECEIVED]}, [f"P02: 2 copies of {RECEIVED.message_id}"]),
    "P06 no meeting": ({"zoom_meetings": []}, ["P06: planned ['Launch'], at Zoom []"]),
    "P06 a twin": (
        {"zoom_meetings": [{"topic": "Launch"}] * 2},
        ["P06: planned ['Launch'], at Zoom ['Launch', 'Launch']"],
    ),
    "P06 another meeting": ({"zoom_meetings": [{"topic": "Lunch"}]}, ["P06: planned ['Launch'], at Zoom ['Lunch']"]),
    "P10 a second entry": (
        {"mails": [*MAILS, mail(DARA, "moved", entries=(Entry("other@network.example", 1, "REQUEST"),))]},
        [
            f"P10: the calendar entries of {DARA} do not follow one another: "
            "[('ref@network.example', 0), ('other@network.example', 1)]"
        ],
    ),
    "P10 the same number again": (
        {"mails": [*MAILS, mail(DARA, "moved", entries=(Entry("ref@network.example", 0, "REQUEST"),))]},
        [
            f"P10: the calendar entries of {DARA} do not follow one another: "
            "[('ref@network.example', 0), ('ref@network.example', 0)]"
        ],
    ),
    "P11 fired twice": (
        {"fired": {"launch/welcome:next": 2}},
        ["P11: cue launch/welcome:next is done and was seen 2 times"],
    ),
    "P11 done without effect": ({"fired": {}}, ["P11: cue launch/welcome:next is done and was seen 0 times"]),
    "P11 missed and yet fired": (
        {"fired": {**GOOD.fired, "launch/welcome:closing": 1}},
        ["P11: cue launch/welcome:closing is missed and was seen 1 times"],
    ),
    "P11 never looked at": (
        {"cues": {**GOOD.cues, "launch/closing:next": "waiting"}},
        ["P11: cue launch/closing:next is neither fired nor on record"],
    ),
    "P11 claimed for ever": (
        {"cues": {**GOOD.cues, "launch/closing:next": "claimed"}},
        ["P11: cue launch/closing:next is neither fired nor on record"],
    ),
    "P22 a bare hour": (
        {"mails": [link_mail(DARA, text="It begins at 14:00."), *MAILS[1:]]},
        [f"P22: a mail to {DARA} gives an hour without a zone (link)"],
    ),
    "P04 a pass broke": ({"broken": ["cue: KeyError: 'x'"] * 2}, ["P04: a pass broke: cue: KeyError: 'x'"]),
}


def test_good_evidence_is_good() -> None:
    """Nothing is found where every promise held."""
    assert violations(GOOD) == []


@pytest.mark.parametrize(("change", "found"), BAD.values(), ids=list(BAD))
def test_each_broken_promise_is_found(change: dict[str, Any], found: list[str]) -> None:
    """Evidence that differs in this alone: the promise is named, with who and what, and no other is accused."""
    assert violations(replace(GOOD, **change)) == found
