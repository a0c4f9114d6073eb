"""`meetbot serve` as a real process: it acts on what others wrote, stops cleanly, and survives being killed."""

from __future__ import annotations

import json
import re
import resource
import signal
import socket
import sqlite3
import subprocess
from contextlib import closing

from tests.serve.deployment import MEETBOT, SECRET, Deployment, free_port, stop, wait_for


def test_P19_P31_it_acts_on_what_other_processes_write_and_stops_when_told(deployment: Deployment) -> None:
    """Ready before anything is applied; a list imported beside it leads to link mails within seconds; SIGTERM is 0.

    Nothing is left claimed or half sent, and nowhere in all that was printed is a link, a token or a secret.
    """
    process = deployment.serve()
    wait_for(deployment.ready)
    deployment.apply()
    deployment.take_in("dara", "lin")
    wait_for(lambda: sorted(deployment.link_mails()) == ["dara", "lin"], within=40)
    alive = deployment.health("healthz")

    ended = stop(process)

    assert (alive, ended) == ((200, "ok\n"), 0)
    assert deployment.health("healthz") is None
    assert set(deployment.states("due")) == {"waiting", "done"}
    assert deployment.states("message") == ["accepted", "accepted"]
    events = [line["event"] for line in deployment.log_lines()]
    assert [one for one in events if one.startswith("serve.")] == ["serve.started", "serve.stopped"]
    assert {"registration.pushed", "outbox.delivered"} <= set(events)
    canaries = ("tk=", "pwd=", "Bearer", "/w/8", "/w/9", SECRET, "Canary")
    assert [canary for canary in canaries if canary in deployment.printed()] == []


def test_P17_P02_killed_in_the_middle_it_goes_on_where_it_was(deployment: Deployment) -> None:
    """kill -9 while letters leave: the next life sends the rest, everybody has one link mail, and Zoom one of each."""
    names = [f"person{number:02}" for number in range(25)]
    deployment.apply()
    deployment.take_in(*names)
    process = deployment.serve()
    wait_for(lambda: deployment.mails() >= 3)
    assert stop(process, signal.SIGKILL) == -signal.SIGKILL
    in_the_middle = len(deployment.link_mails())

    process = deployment.serve()
    wait_for(lambda: deployment.mails() == len(names))
    wait_for(lambda: set(deployment.states("message")) == {"accepted"})
    ended = stop(process)

    assert ended == 0
    assert in_the_middle < len(names)
    assert {name: len(mails) for name, mails in deployment.link_mails().items()} == dict.fromkeys(names, 1)
    assert set(deployment.states("due")) == {"waiting", "done"}
    (meeting,) = deployment.at_zoom()
    registered = [(one["email"], one["status"]) for one in meeting["registrants"]]
    assert sorted(registered) == [(f"{name}@npic.example", "approved") for name in names]


def test_F58_without_a_free_file_it_waits_and_goes_on_when_there_is_one(deployment: Deployment) -> None:
    """Too many open files: nothing is lost or leaves twice, whoever asks is not told "ready", and it lives on."""
    process = deployment.serve()
    wait_for(deployment.ready)
    deployment.apply()
    allowed = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (3, allowed[1]))

    deployment.take_in("dara", "lin")
    wait_for(lambda: "Too many open files" in deployment.log.read_text())
    while_short = (process.poll(), deployment.mails(), deployment.ready())
    resource.prlimit(process.pid, resource.RLIMIT_NOFILE, allowed)
    wait_for(lambda: sorted(deployment.link_mails()) == ["dara", "lin"], within=120)
    wait_for(deployment.ready)

    assert stop(process) == 0
    assert while_short == (None, 0, False)
    assert {name: len(mails) for name, mails in deployment.link_mails().items()} == {"dara": 1, "lin": 1}


def pause_between_transactions(process: subprocess.Popen[bytes], deployment: Deployment) -> None:
    """A process that is stopped in the middle of a transaction holds SQLite's only lock, and nobody can go on."""
    while True:
        process.send_signal(signal.SIGSTOP)
        with closing(sqlite3.connect(deployment.folder / "data/meetbot.db", timeout=0.5)) as store:
            try:
                store.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError:
                process.send_signal(signal.SIGCONT)


def test_F04_an_import_that_is_killed_for_its_memory_took_in_nobody_and_can_be_given_again(
    deployment: Deployment,
) -> None:
    """Killed when its rows no longer fit into memory and go to the disk: not one of them is there afterwards."""
    deployment.apply()
    rows = "".join(
        f"Guest {number:04},guest{number:04}@elsewhere.example,{'A College Elsewhere ' * 10}\n"
        for number in range(3000)
    )
    (deployment.folder / "many.csv").write_text("Name,E-mail,Organisation\n" + rows)
    log = deployment.folder / "data" / "meetbot.db-wal"
    command = [*MEETBOT, "import", "many.csv", "--yes"]

    with subprocess.Popen(
        command, env=deployment.environment, cwd=deployment.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        wait_for(lambda: log.exists() and log.stat().st_size > 100_000, within=20)
        process.kill()
    taken_in = json.loads(deployment.run("registrants", "list", "--json"))
    again = deployment.run("import", "many.csv", "--yes")

    assert process.returncode == -signal.SIGKILL
    assert taken_in == []
    assert again.splitlines()[-1] == "Taken in: 3000 pending."


def test_F47_a_process_that_slept_through_its_lease_finds_another_in_its_place(deployment: Deployment) -> None:
    """Paused, it loses its lease to a second one; awake again it says so, finds no place and ends."""
    deployment.apply()
    first = deployment.serve()
    wait_for(deployment.ready)
    pause_between_transactions(first, deployment)
    deployment.port, deployment.metrics_port = free_port(), free_port()
    second = deployment.serve()
    wait_for(deployment.ready)

    first.send_signal(signal.SIGCONT)

    assert first.wait(timeout=40) == 1
    assert re.search(
        r'"serve\.superseded".*\nAnother `meetbot serve` \(\S+, since .* UTC\) works on this store; '
        r"a file carries only one\. Stop it first\.\n",
        deployment.log.read_text(),
    )
    deployment.take_in("dara")
    wait_for(lambda: list(deployment.link_mails()) == ["dara"], within=40)
    assert stop(second) == 0


def test_a_busy_port_is_told_at_once(deployment: Deployment) -> None:
    """It does not run on without anybody being able to see whether it does its work."""
    with socket.create_server(("127.0.0.1", deployment.port)):
        done = deployment.try_("serve")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"127.0.0.1:{deployment.port}: Address already in use; "
        "set MEETBOT_HEALTH_HOST and MEETBOT_HEALTH_PORT to an address of this machine with a free port\n"
    )
