"""When a letter is tried again, when that is of no more use, and when the server has something against us."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from meetbot.core import outbox
from meetbot.core.outbox import Circuit, End, LetterState, TryAgain
from meetbot.core.times import at

NOW = at("2021-11-10 09:00", "Asia/Bangkok")
LOGIN = "the mail server refuses our log-in"


def minutes(number: int) -> datetime:
    return NOW + timedelta(minutes=number)


@pytest.mark.parametrize(("attempt", "wait"), [(1, 1), (2, 6), (3, 15), (4, 30), (5, 60), (6, 60), (40, 60)])
def test_P05_temporary_refusals_are_tried_at_growing_intervals(attempt: int, wait: int) -> None:
    """The second try is past the five minutes of greylisting servers; it never comes seldomer than hourly."""
    found = outbox.after_refusal(attempt, now=NOW, reason="451", queued_at=NOW, useful_until=minutes(100))

    assert found == TryAgain(LetterState.DEFERRED, minutes(wait), "451")


def test_M08_a_refusal_for_ever_ends_with_the_use_of_the_letter() -> None:
    """When the next try would come too late it has expired; one minute earlier it is tried."""
    ended = outbox.after_refusal(1, now=NOW, reason="451", queued_at=NOW, useful_until=minutes(1))
    tried = outbox.after_refusal(1, now=NOW, reason="451", queued_at=NOW, useful_until=minutes(2))

    assert ended == End(LetterState.EXPIRED, "of no more use at the next try; the last refusal was: 451")
    assert tried == TryAgain(LetterState.DEFERRED, minutes(1), "451")


def test_P05_a_report_is_tried_for_five_days() -> None:
    """It has no end of use: five days from when it was queued, however often it was tried in them."""
    queued_at = NOW - timedelta(days=5)

    last = outbox.after_refusal(500, now=NOW, reason="451", queued_at=queued_at + timedelta(hours=1), useful_until=None)
    over = outbox.after_refusal(5, now=NOW, reason="451", queued_at=queued_at, useful_until=None)

    assert last == TryAgain(LetterState.DEFERRED, minutes(60), "451")
    assert over == End(LetterState.EXPIRED, "refused for five days; the last refusal was: 451")


@pytest.mark.parametrize(("before", "hours"), [(0, 2), (1, 4), (2, 8)])
def test_M07_what_often_passes_is_tried_three_times_hours_apart(before: int, hours: int) -> None:
    """Longer each time, and then a person must look."""
    found = outbox.after_passing(before, now=NOW, reason="full", useful_until=None)
    ended = outbox.after_passing(3, now=NOW, reason="full", useful_until=None)

    assert found == TryAgain(LetterState.DEFERRED, minutes(60 * hours), "full", before + 1)
    assert ended == End(LetterState.REFUSED, "refused four times over: full")


def test_M07_all_slow_tries_fall_into_the_use_of_the_letter() -> None:
    """A quarter of what is left, then a third of the rest, then half; what is of use for days waits its hours."""
    waits = [
        outbox.after_passing(before, now=minutes(passed), reason="full", useful_until=minutes(80))
        for before, passed in ((0, 0), (1, 20), (2, 40))
    ]
    first = outbox.after_passing(0, now=NOW, reason="full", useful_until=minutes(60 * 24 * 5))

    assert [one.at for one in waits if isinstance(one, TryAgain)] == [minutes(20), minutes(40), minutes(60)]
    assert first == TryAgain(LetterState.DEFERRED, minutes(120), "full", 1)


def test_F23_a_server_that_has_enough_is_asked_again_when_it_may_be() -> None:
    """The tenth time too: it refused the moment, not the letter, so the wait does not grow."""
    found = outbox.after_refusal(10, now=NOW, reason="432", queued_at=NOW, useful_until=minutes(2), opens_at=minutes(1))

    assert found == TryAgain(LetterState.DEFERRED, minutes(1), "432")


def test_P02_an_unknown_outcome_is_repeated_once_then_a_person_is_asked() -> None:
    """Unknown stays unknown: it is not called refused on a guess."""
    first, second = outbox.after_unknown(1, now=NOW), outbox.after_unknown(2, now=NOW)

    assert (first.state, second.state) == (LetterState.UNKNOWN, LetterState.UNKNOWN)
    assert isinstance(first, TryAgain)
    assert first.at == minutes(10)
    assert isinstance(second, End)


def test_F25_a_refused_login_is_tried_every_five_minutes_and_three_times_at_most() -> None:
    """A server that locks accounts is not provoked; the third refusal in a row breaks the circuit."""
    circuit, seen = Circuit(), []
    for knock in range(3):
        circuit = circuit.after(LOGIN, now=minutes(5 * knock))
        seen.append((circuit.closed_until, circuit.broken))

    assert seen == [(minutes(5), False), (minutes(10), False), (minutes(15), True)]
    assert circuit.closed(minutes(14))
    assert not circuit.closed(minutes(15))


def test_F24_a_server_that_is_away_is_looked_for_without_end() -> None:
    """Each minute, then each five minutes: nobody has to put anything right, and what waits goes soon after."""
    circuit, waits = Circuit(), []
    for _ in range(100):
        circuit = circuit.after("away", now=NOW, away=True)
        waits.append(circuit.closed_until)

    assert waits == [minutes(1)] * 5 + [minutes(5)] * 95
    assert not circuit.broken


def test_F29_faults_of_another_kind_begin_a_new_count() -> None:
    """Three of a kind: a wrong sender after two refused log-ins is the first of its kind."""
    circuit = Circuit().after(LOGIN, now=NOW).after(LOGIN, now=NOW).after("wrong sender", now=NOW)

    assert (circuit.knocks, circuit.broken) == (1, False)


@pytest.mark.parametrize("state", LetterState)
def test_what_a_person_may_do_with_a_letter(state: LetterState) -> None:
    """By state, and for an unknown one by whether it still goes by itself."""
    may = {
        LetterState.QUEUED: "edit discard",
        LetterState.SENDING: "",
        LetterState.ACCEPTED: "",
        LetterState.DEFERRED: "edit discard",
        LetterState.REFUSED: "release edit discard",
        LetterState.UNKNOWN: "release edit discard",
        LetterState.BOUNCED: "release edit discard",
        LetterState.EXPIRED: "",
        LetterState.CANCELLED: "",
    }
    by_itself = state in (LetterState.QUEUED, LetterState.DEFERRED)

    found = {
        "release": outbox.cannot_release(state, by_itself),
        "edit": outbox.cannot_edit(state, by_itself),
        "discard": outbox.cannot_discard(state),
    }

    assert " ".join(word for word, why in found.items() if not why) == may[state]
    assert outbox.cannot_release(LetterState.UNKNOWN, True) == "it is unknown and goes by itself"
