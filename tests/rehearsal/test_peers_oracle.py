"""The judge of the bilaterals of a rehearsal: an interpreter without a link in time is found, one with it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from meetbot.core import times
from meetbot.core.bilaterals import Pair, State
from meetbot.core.delegations import Wish
from meetbot.files import programme as programme_file
from meetbot.rehearsal.mailbox import Entry, Mail
from meetbot.rehearsal.peers_oracle import Evidence, Seen, Series, violations
from tests.flows import bilateral_stage

LIN, DARA = "lin@words.example", "dara@m1.example"
BEGINS = times.at("2021-11-15 09:00", "Asia/Bangkok")
LINKS = {f"https://us06web.zoom.us/w/850?tk={who}": who for who in (LIN, DARA)}
PROGRAMME = programme_file.load(
    bilateral_stage.TEXT.replace("  m1:\n", "  m1:\n    speaks: [English]\n").replace(
        "  c1:\n", "  c1:\n    speaks: [Chinese]\n"
    ),
    "network.yaml",
)
SEEN = Seen(
    key="c1+m1",
    sides=("c1", "m1"),
    starts_at=BEGINS,
    minutes=60,
    host="pool@network.example",
    interpreters=(LIN,),
    links=LINKS,
    came=frozenset(LINKS.values()),
    credited=frozenset([DARA]),
    final=True,
)


def letter(to: str, link_of: str) -> Mail:
    links = frozenset(link for link, owner in LINKS.items() if owner == link_of)
    return Mail(f"<{to}>", to, "link", "", links, (), (), Path("new/mail.eml"))


def evidence(
    seen: Seen = SEEN,
    mails: Sequence[Mail] = (letter(LIN, LIN), letter(DARA, DARA)),
    accepted: Mapping[str, datetime] | None = None,
) -> Evidence:
    """One bilateral that was held; each letter left a day before, if nothing else is said."""
    pair = Pair("c1+m1", "c1", "m1", Wish.LIKE, 1, State.REPORTED, "final", BEGINS)
    day_before = {mail.message_id: BEGINS - timedelta(days=1) for mail in mails}
    return Evidence(PROGRAMME, [pair], [seen], mails, day_before | dict(accepted or {}), frozenset(), {})


NO_LINK = f"P02: {LIN} interprets in c1+m1 and had no link of their own before it began"


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        (evidence(), []),
        (evidence(accepted={f"<{LIN}>": BEGINS}), [NO_LINK]),
        (evidence(mails=[letter(DARA, DARA)]), [NO_LINK, f"P02: {LIN} never got their join link"]),
        (
            evidence(mails=[letter(LIN, DARA), letter(DARA, DARA)]),
            [NO_LINK, f"P32: {LIN} got the join link of {DARA} (link)", f"P02: {LIN} never got their join link"],
        ),
        (
            evidence(seen=replace(SEEN, open=("zoom-host",))),
            ["P13: zoom-host is an open line of c1+m1, where everybody came by a link or held it"],
        ),
        (
            evidence(seen=replace(SEEN, interpreters=())),
            ["P06: nobody interprets at Zoom between the sides of c1+m1", f"P13: {LIN} is not credited with c1+m1"],
        ),
    ],
    ids=[
        "in time",
        "when it began",
        "no letter",
        "the link of somebody else",
        "the host is a line",
        "nobody interprets",
    ],
)
def test_P02_an_interpreter_of_a_bilateral_has_a_link_of_their_own_before_it_begins(
    shown: Evidence, found: list[str]
) -> None:
    """A link is theirs by what Zoom says, and in time by what the mail server said."""
    assert violations(shown) == found


WORKSHOP = replace(
    SEEN, key="c1+m1.2", starts_at=BEGINS + timedelta(weeks=1), interpreters=(LIN,), came=frozenset(), final=False
)


def going_on(*walls: str, entries: Mapping[str, str] | None = None, seen: Sequence[Seen] = (WORKSHOP,)) -> Evidence:
    """The two go on; seen a day before. `entries`: by reader, the UID in their letter."""
    uids = {LIN: "uid", DARA: "uid", **(entries or {})}
    mails = [replace(letter(who, who), entries=(Entry(uid, 0, "REQUEST"),)) for who, uid in uids.items()]
    pair = Pair(WORKSHOP.key, "c1", "m1", Wish.LIKE, 1, State.CREATED, "at Zoom", BEGINS)
    shown = evidence(mails=mails)
    agreed = Series("c1+m1", "c1", walls)
    until = WORKSHOP.starts_at - timedelta(days=1)
    return replace(shown, pairs=[pair] * len(seen), seen=seen, series=[agreed], until=until)


WALL = "Mon 22 Nov 2021 10:00"


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        (going_on(WALL), []),
        (going_on("Mon 22 Nov 2021 09:00"), [f"P04: c1+m1 agreed to Mon 22 Nov 2021 09:00, and {WALL} stand at Zoom"]),
        (going_on(WALL, seen=()), [f"P04: c1+m1 agreed to {WALL}, and nothing stand at Zoom"]),
        (going_on(WALL, entries={DARA: "other"}), ["P10: c1+m1.2 has 2 calendar entries"]),
    ],
    ids=["as agreed", "at another hour", "not made", "two entries"],
)
def test_P04_what_two_agreed_to_on_their_pages_stands_at_zoom_at_those_times(shown: Evidence, found: list[str]) -> None:
    """By the clocks of the side that agreed, with one calendar entry; what is still to come needs no report yet."""
    assert violations(shown) == found
