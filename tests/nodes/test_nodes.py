"""Several `meetbot serve` on one PostgreSQL: they share the work, and outlive each other and the database."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import postgres
from tests.nodes import cluster
from tests.nodes.cluster import Machine, Office, readers
from tests.serve.deployment import stop, wait_for

#: From the death of a node until another has its rows (P18).
_TAKEN_OVER_WITHIN = timedelta(seconds=5)
#: From the return of the database until letters leave again (P20).
_BACK_WITHIN = timedelta(seconds=30)
#: Of a letter while nodes stop and start beside it; a machine with better things to do than tests needs a tenth.
_LATE_AT_MOST = timedelta(seconds=10)


def begun(*machines: Machine) -> list[subprocess.Popen[bytes]]:
    """The service on each of them, as soon as all of them work."""
    processes = [machine.serve() for machine in machines]
    for machine in machines:
        wait_for(lambda one=machine: one.told("serve.started"))  # type: ignore[misc]
    return processes


def letters_leave(office: Office, at_least: int) -> Callable[[], bool]:
    return lambda: len(office.mails()) >= at_least


def all_done(office: Office) -> None:
    wait_for(lambda: office.undone() == 0, within=150)


def test_P03_P18_three_nodes_share_two_hundred_letters(office: Office) -> None:
    """Each sends a part of them, nobody is written to twice, and all stop politely with 0."""
    office.open_up()
    machines = [office.machine(name) for name in "abc"]
    processes = begun(*machines)

    office.write_letters(*readers(200))
    all_done(office)

    assert [stop(process) for process in processes] == [0, 0, 0]
    assert (len(office.mails()), office.twice()) == (200, [])
    assert all(machine.told("outbox.delivered") for machine in machines)


def test_P17_P18_F01_the_rows_of_a_node_that_dies_are_taken_over(office: Office) -> None:
    """kill -9 in the middle: within five seconds the other goes on with them. At most the letter in flight goes twice,
    as the same message."""
    office.open_up()
    a, b = office.machine("a"), office.machine("b")
    dying, _living = begun(a, b)
    office.write_letters(*readers(50))
    wait_for(letters_leave(office, 15))

    stop(dying, signal.SIGKILL)
    died_at = datetime.now(UTC)
    all_done(office)

    (resumed_at,) = b.told("serve.resumed")
    assert resumed_at - died_at < _TAKEN_OVER_WITHIN
    assert {one.reader for one in office.mails()} == {f"{name}@npic.example" for name in readers(50)}
    assert len(office.twice()) <= 1


def test_F47_what_a_node_does_that_slept_through_its_lease_does_not_count(office: Office) -> None:
    """Paused in the middle, it wakes when the other has its rows: it lets go of everything, tells so, and begins a new
    life. At most the letter in flight goes twice, as the same message."""
    office.open_up()
    a, b = office.machine("a"), office.machine("b")
    paused, _ = begun(a, b)
    office.write_letters(*readers(50))
    wait_for(letters_leave(office, 15))

    paused.send_signal(signal.SIGSTOP)
    wait_for(lambda: b.told("serve.resumed"))
    paused.send_signal(signal.SIGCONT)
    wait_for(lambda: len(a.told("serve.started")) == 2)
    all_done(office)

    assert len(a.told("serve.superseded")) == 1
    assert {one.reader for one in office.mails()} == {f"{name}@npic.example" for name in readers(50)}
    assert len(office.twice()) <= 1
    assert stop(paused) == 0


@pytest.mark.parametrize("how", [signal.SIGQUIT, signal.SIGINT])
def test_P20_F53_work_goes_on_when_the_database_is_back(
    office: Office, server: postgres.Server, how: signal.Signals
) -> None:
    """It crashes, or is stopped, in the middle. Both nodes tell of it once and go on within thirty seconds of its
    return; of each at most one letter, whose outcome could not be written down, goes twice as the same message."""
    office.open_up()
    machines = office.machine("a"), office.machine("b")
    processes = begun(*machines)
    office.write_letters(*readers(40))
    wait_for(letters_leave(office, 15))

    server.stop(how)
    wait_for(lambda: all(machine.told("serve.store_away") for machine in machines))
    server.start()
    back_at = datetime.now(UTC)
    all_done(office)

    assert min(one.accepted_at for one in office.mails() if one.accepted_at > back_at) - back_at < _BACK_WITHIN
    assert [len(machine.told(f"serve.store_{what}")) for machine in machines for what in ("away", "back")] == [1] * 4
    assert [machine.told("serve.superseded") for machine in machines] == [[], []]
    assert {one.reader for one in office.mails()} == {f"{name}@npic.example" for name in readers(40)}
    assert len(office.twice()) <= 2
    assert [stop(process) for process in processes] == [0, 0]


def test_P20_F53_when_the_database_dies_for_good_its_standby_takes_over(tmp_path: Path) -> None:
    """Both servers are in the address. Until somebody promotes the standby it takes no writes and counts as away; then
    work goes on where it was: nothing is lost, and of each node at most one letter goes twice as the same message."""
    with postgres.server() as first, first.standby() as second:
        address = f"{first.address('office')}&host={second.folder}"
        with cluster.open_office(tmp_path, address) as office:
            office.open_up()
            machines = office.machine("a"), office.machine("b")
            processes = begun(*machines)
            office.write_letters(*readers(40))
            wait_for(letters_leave(office, 15))

            first.stop(signal.SIGQUIT)
            wait_for(lambda: all(machine.told("serve.store_away") for machine in machines))
            second.promote()
            back_at = datetime.now(UTC)
            all_done(office)

            assert min(one.accepted_at for one in office.mails() if one.accepted_at > back_at) - back_at < _BACK_WITHIN
            assert {one.reader for one in office.mails()} == {f"{name}@npic.example" for name in readers(40)}
            assert len(office.twice()) <= 2
            assert [stop(process) for process in processes] == [0, 0]


def test_P19_letters_that_come_during_a_rolling_restart_leave_at_once(office: Office) -> None:
    """One node after the other stops and starts again; all the while the other acts, and none leaves it anything."""
    office.open_up()
    machines = [office.machine("a"), office.machine("b")]
    processes = begun(*machines)
    written: dict[str, datetime] = {}

    for turn, machine in enumerate(machines):
        processes[turn].send_signal(signal.SIGTERM)
        while len(machine.told("serve.started")) < 2:
            if processes[turn].poll() == 0:
                processes[turn] = machine.serve()
            name = f"reader{len(written):03}"
            written[f"{name}@npic.example"] = datetime.now(UTC)
            office.write_letters(name)
    all_done(office)

    lateness = [one.accepted_at - written[one.reader] for one in office.mails()]
    assert (len(lateness), office.twice()) == (len(written), [])
    assert max(lateness) < _LATE_AT_MOST
    assert [machine.told("serve.resumed") for machine in machines] == [[], []]


def test_F44_a_second_node_of_one_name_is_refused_with_the_remedy(office: Office) -> None:
    """It waits as after a kill -9, then names who is there and what to set."""
    office.open_up()
    first = office.machine("a")
    (process,) = begun(first)
    second = office.machine("a")

    done = second.try_("serve")

    assert done.returncode == 1
    assert done.stderr.startswith("Another `meetbot serve` of the name a works on this store, since ")
    assert done.stderr.endswith(" UTC. Stop it, or give this one a name of its own: MEETBOT_NODE\n")
    assert stop(process) == 0
