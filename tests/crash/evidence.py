"""What can be seen of a run from outside: mails, meetings at Zoom, files, the log."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from meetbot.sandbox import Sandbox
from meetbot.sandbox.smtp.mails import Mail
from tests.crash import oracle, scenario


def seen(
    sandbox: Sandbox, folder: Path, ends: dict[str, Any], *, kills: Sequence[oracle.Kill], broken: Sequence[str]
) -> oracle.Seen:
    """Everything that a run is judged by; `ends` is what an operator would be shown of it."""
    standing = [one for one in sandbox.account.meetings.values() if not one.deleted]
    effects = [entry["effect"] for entry in sandbox.ledger.entries if entry["effect"]]
    registrants: dict[tuple[str, str], list[str]] = {}
    for meeting in standing:
        for one in meeting.registrants.values():
            registrants.setdefault((meeting.topic, one.email.lower()), []).append(str(one.status))
    return oracle.Seen(
        mails=[_noun(one) for one in mails(sandbox, folder)],
        meetings=Counter(one.topic for one in standing),
        registrants=registrants,
        recordings=[one["kind"] for one in effects if one["kind"].startswith("recording")],
        cues=ends["cues"],
        messages=ends["messages"],
        kills=kills,
        files=_files(folder),
        damage=_damage(folder / "data" / "meetbot.db"),
        broken=[*broken, *_complaints(folder / "log")],
    )


def mails(sandbox: Sandbox, folder: Path) -> Sequence[Mail]:
    """What came, at the mail server or in the folder, in that order."""
    laid = (folder / "data" / "outbox" / "new").glob("*")
    by_age = sorted(laid, key=lambda path: path.stat().st_mtime_ns)
    return [*sandbox.mail.mails, *(_read(number, path.read_bytes()) for number, path in enumerate(by_age, 1))]


def _noun(one: Mail) -> oracle.Mail:
    entry = next(iter(one.calendar), None)
    subject = re.sub(r"\s+", " ", str(one.message["Subject"]))
    sequence, method = (entry["sequence"], entry["method"]) if entry else (-1, "")
    return oracle.Mail(oracle.Letter(one.recipients[0], subject, sequence, method), str(one.message_id))


def _read(number: int, content: bytes) -> Mail:
    to = parseaddr(message_from_bytes(content)["To"])[1]
    return Mail(number, 0, scenario.BEGINS, "", (to,), content, encrypted=False, authenticated=False)


def _files(folder: Path) -> Sequence[str]:
    """Whatever is named by chance or holds the database is left out."""
    found = {path.relative_to(folder).parts for path in folder.rglob("*") if path.is_file()}
    # Where a killed backup was put together, the next one clears away.
    known = ("points", "log", "line", "meetbot.db", "new", "backup-in-progress")
    return sorted("/".join(one) for one in found if not any(part.startswith(known) for part in one))


def _damage(database: Path) -> str:
    if not database.exists():
        return ""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchone()[0]
    return "" if found == "ok" else str(found)


def _complaints(path: Path) -> list[str]:
    """The passes that ended in an error nobody foresaw, as the log has it."""
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    return [line[:2000] for line in lines if '"serve.pass_broke"' in line or "Traceback" in line]
