"""The judge of the simulation finds what it should: each kind of broken promise in a history made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.sim import oracle

NOON = datetime(2021, 11, 9, 5, tzinfo=UTC)
LINK = "https://zoom.example/w/1?tk=a"
PLANNED = "20211110T070000Z"
DARA = ("launch", "dara@npic.example")


def letter(step: int = 10, **more: object) -> oracle.Letter:
    """A link letter to Dara, begun just before it left."""
    entry = oracle.Entry("uid", 0, "REQUEST", PLANNED)
    plain = oracle.Letter(
        step=step,
        at=NOON,
        message_id="<1@network.example>",
        to="dara@npic.example",
        kind="link",
        meeting="launch",
        revision=1,
        links=frozenset({LINK}),
        entry=entry,
        digest="words",
        begun=step - 1,
        process="north",
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def history(*letters: oracle.Letter, **more: object) -> oracle.History:
    """Dara is approved from the first step on, and the launch is of revision 1."""
    sound = oracle.History(
        letters=list(letters),
        decided=[oracle.Decided(1, *DARA, "approved")],
        revised=[oracle.Revised(1, "launch", 1)],
        link_owner={LINK: "dara@npic.example"},
    )
    return replace(sound, **more)  # type: ignore[arg-type]


def end(**more: object) -> oracle.End:
    """One launch, planned and standing, with Dara in it."""
    sound = oracle.End(
        planned={"launch": PLANNED},
        cancelled=frozenset(),
        at_zoom={"launch": 1},
        registered={DARA: ["approved"]},
        statuses={DARA: "approved"},
        asked=frozenset(),
        open_work=(),
        cues={"launch/welcome:next#1": "done"},
        readers=frozenset(),
        held=frozenset(),
    )
    return replace(sound, **more)  # type: ignore[arg-type]


def test_a_good_run_has_no_violation() -> None:
    """One letter to one approved person, who knows the time that is planned."""
    good = history(letter())

    assert oracle.safety(good) == []
    assert oracle.liveness(good, end(), on_the_day=False) == []


def test_P01_a_link_to_somebody_not_approved_when_it_was_begun_is_found() -> None:
    """Denied before the letter was begun; a denial that comes while the letter is on the wire is too late for it."""
    denied = [oracle.Decided(1, *DARA, "approved"), oracle.Decided(5, *DARA, "denied")]
    on_the_wire = [oracle.Decided(1, *DARA, "approved"), oracle.Decided(10, *DARA, "denied")]

    assert oracle.safety(history(letter(), decided=denied)) == [
        "P01: link with a join link went to dara@npic.example, who was denied when it was begun"
    ]
    assert oracle.safety(history(letter(), decided=on_the_wire)) == []


def test_P32_the_link_of_another_is_found() -> None:
    """Every link leads to a registrant at Zoom, and that is the reader."""
    assert oracle.safety(history(letter(), link_owner={LINK: "eve@elsewhere.example"})) == [
        "P32: dara@npic.example got the join link of eve@elsewhere.example"
    ]


def test_P02_a_second_copy_needs_a_doubt_and_a_third_is_never_right() -> None:
    """Nothing was in doubt; the 250 was lost; the process was killed; a third copy whatever happened."""
    twice = (letter(10), letter(20))
    lost = [oracle.Doubt(10, message_id="<1@network.example>")]
    killed = [oracle.Doubt(15, process="north")]
    of_another = [oracle.Doubt(15, process="south")]

    assert oracle.safety(history(*twice)) == [
        "P02: link to dara@npic.example came twice, and nothing had been in doubt (<1@network.example>)"
    ]
    assert oracle.safety(history(*twice, doubts=of_another)) != []
    assert oracle.safety(history(*twice, doubts=lost)) == []
    assert oracle.safety(history(*twice, doubts=killed)) == []
    assert oracle.safety(history(*twice, letter(30), doubts=lost)) == [
        "P02: 3 copies of link to dara@npic.example (<1@network.example>)"
    ]


def test_P02_the_same_words_under_another_message_id_are_found() -> None:
    """Unless somebody decided about the reader in between, or asked for something anew."""
    again = (letter(10), letter(20, message_id="<2@network.example>"))
    decided = [*history().decided, oracle.Decided(15, *DARA, "approved")]

    assert oracle.safety(history(*again)) == ["P02: link to dara@npic.example came again under another Message-ID"]
    assert oracle.safety(history(*again, decided=decided)) == []
    assert oracle.safety(history(*again, told_to_repeat=[15])) == []


def test_P10_a_letter_of_an_old_revision_is_found() -> None:
    """The newer one was committed before the letter was begun; of what stays true no newer one is asked."""
    revised = [oracle.Revised(1, "launch", 1), oracle.Revised(5, "launch", 2)]

    assert oracle.safety(history(letter(), revised=revised)) == [
        "P10: link to dara@npic.example is of revision 1, and 2 had been committed"
    ]
    denied = letter(kind="denied", links=frozenset())
    assert oracle.safety(history(denied, revised=revised)) == []


def test_P11_a_cue_before_its_time_and_a_recording_told_twice_are_found() -> None:
    """Early is never right while every clock is; twice only where a process was killed in between."""
    early = letter(kind="cue", links=frozenset(), not_before=NOON + timedelta(minutes=1))
    told = [oracle.Told(10, "recording.start 1"), oracle.Told(20, "recording.start 1")]

    assert oracle.safety(history(early)) == ["P11: a cue left at 05:00:00, and its time is 05:01:00"]
    assert oracle.safety(history(early, wrong_clock=True)) == []
    assert oracle.safety(history(recordings=told)) == ["P11: Zoom was told twice: recording.start 1"]
    assert oracle.safety(history(recordings=told, doubts=[oracle.Doubt(15, process="north")])) == []


def test_P04_an_error_that_nobody_foresaw_is_found() -> None:
    """A pass that breaks is a mistake of ours, whatever it left undone."""
    assert oracle.safety(history(broken=["push: KeyError: 'launch'"])) == ["P04: push: KeyError: 'launch'"]


def test_P06_twins_and_missing_meetings_are_found() -> None:
    """Exactly one for each planned meeting, and none for a cancelled one."""
    good = history(letter())

    assert oracle.liveness(good, end(at_zoom={"launch": 2}), on_the_day=True) == [
        "P06: 2 meetings stand at Zoom for launch, and 1 is planned"
    ]
    assert oracle.liveness(good, end(at_zoom={}), on_the_day=True) == [
        "P06: 0 meetings stand at Zoom for launch, and 1 is planned"
    ]
    cancelled = end(planned={}, cancelled=frozenset({"launch"}))
    assert oracle.liveness(good, cancelled, on_the_day=True) == [
        "P06: 1 meetings stand at Zoom for launch, and 0 is planned"
    ]


def test_P06_a_meeting_reinstated_while_faults_last_may_be_missing_but_never_twice() -> None:
    """No service may have worked between that and its start; after the start nobody makes it any more."""
    good = history(letter())
    reinstated = frozenset({"launch"})

    assert oracle.liveness(good, end(at_zoom={}, reinstated=reinstated), on_the_day=True) == []
    assert oracle.liveness(good, end(reinstated=reinstated), on_the_day=True) == []
    assert oracle.liveness(good, end(at_zoom={"launch": 2}, reinstated=reinstated), on_the_day=True) == [
        "P06: 2 meetings stand at Zoom for launch, and 1 is planned"
    ]


def test_P07_somebody_let_in_otherwise_than_decided_is_found() -> None:
    """Approved and not at Zoom, there twice, or denied and let in."""
    good = history(letter())

    assert oracle.liveness(good, end(registered={}), on_the_day=False) == [
        "P07: dara@npic.example is approved for launch, and at Zoom not there"
    ]
    assert oracle.liveness(good, end(registered={DARA: ["approved", "approved"]}), on_the_day=False) == [
        "P07: dara@npic.example is approved for launch, and at Zoom ['approved', 'approved']"
    ]
    denied = history(letter(entry=oracle.Entry("uid", 1, "CANCEL", PLANNED)))
    assert oracle.liveness(denied, end(statuses={DARA: "denied"}), on_the_day=False) == [
        "P07: dara@npic.example is denied for launch, and at Zoom ['approved']"
    ]


def test_P03_and_P10_whoever_lacks_a_link_or_has_old_times_is_found() -> None:
    """Unless a person is asked about their mail already."""
    moved = end(planned={"launch": "20211110T073000Z"})

    assert oracle.liveness(history(), end(), on_the_day=False) == [
        "P03: dara@npic.example is approved for launch and has no join link"
    ]
    assert oracle.liveness(history(letter()), moved, on_the_day=False) == [
        f"P10: the calendar of dara@npic.example has REQUEST {PLANNED} for launch, planned is 20211110T073000Z"
    ]
    assert oracle.liveness(history(), end(asked=frozenset({"dara@npic.example"})), on_the_day=False) == []


def test_P10_an_entry_that_was_not_withdrawn_is_found() -> None:
    """Of a meeting that is cancelled."""
    cancelled = end(planned={}, cancelled=frozenset({"launch"}), at_zoom={})

    assert oracle.liveness(history(letter()), cancelled, on_the_day=False) == [
        "P10: dara@npic.example still has an entry for launch, where they are approved"
    ]


def test_P04_P11_P12_what_has_no_end_is_found() -> None:
    """Work left open, a cue neither fired nor on record, a report that nobody got."""
    unfinished = end(
        open_work=["push 7 waiting"],
        cues={"launch/welcome:next#1": "waiting"},
        readers=frozenset({"officer@network.example"}),
        held=frozenset({"launch"}),
    )

    assert oracle.liveness(history(letter()), unfinished, on_the_day=True) == [
        "P04: still open after a day without faults: push 7 waiting",
        "P11: the cue launch/welcome:next#1 is waiting after its time",
        "P12: officer@network.example got no attendance report of launch",
    ]
