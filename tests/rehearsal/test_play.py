"""A whole small rehearsal, as an organiser runs it: one command, no account, and every promise holds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from meetbot.rehearsal import mailbox
from tests.flows import stage

#: Twenty minutes instead of an hour.
PROGRAMME = (
    stage.PROGRAMME.replace(
        "registration:", "  - {name: Donor, address: donor@bank.example, version: donor}\nregistration:", 1
    )
    .replace("opens: 13:30", "opens: 13:50")
    .replace("end: 15:00", "end: 14:20")
    .replace("14:30", "14:10")
)


def test_a_small_programme_is_played_and_every_promise_holds(tmp_path: Path) -> None:
    """Nine people, a late speaker, an overrun, a hall of twelve: nothing broken, and everything laid out to be read."""
    (tmp_path / "network.yaml").write_text(PROGRAMME)
    command = [sys.executable, "-m", "meetbot", "rehearse", "network.yaml", "--folder", "played", "--json"]

    done = subprocess.run([*command, "--speed", "500"], cwd=tmp_path, capture_output=True, text=True, timeout=120)

    document = json.loads(done.stdout)
    assert document["violations"] == []
    assert done.returncode == 0
    assert [(one["topic"], one["start"]) for one in document["meetings"]] == [
        ("Launching Ceremony", "2021-11-10T07:00:00Z")
    ]
    assert document["registrants"] == {"approved": 5, "pending": 3, "denied": 1}
    counts = {"registered": 9, "approved": 5, "attended": 16, "proven": 4, "declared": 12, "open": 2}
    assert document["attendance"] == {**counts, "confirmations": 1, "erased": 1}
    assert len(list(mailbox.mails(tmp_path / document["outbox"]))) == sum(document["letters"].values())
    # On a machine that is very busy a cue may be found too late at this speed: then it is missed, and told.
    cues = document["cues"]
    assert (cues["fired"] + cues["missed"], document["letters"].pop("cue") > 0) == (8, True)
    assert document["letters"] == {
        "received": 5,
        "link": 5,
        "denied": 1,
        "reminder": 10,
        "report": 7,
        "confirmation": 1,
    }
    assert [Path(path).suffix for path in document["reports"]] == [".eml", ".xlsx", ".csv"] * 2
    assert all((tmp_path / path).stat().st_size > 0 for path in (*document["reports"], document["ledger"]))
    assert [secret for secret in ("tk=", "pwd=", "Bearer") if secret in done.stdout + done.stderr] == []
