"""One file holds everything, opens only for its owner, and an empty machine goes on from it, held."""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
from pyrage import x25519

from meetbot.rehearsal import mailbox
from meetbot.store import engine
from tests import postgres
from tests.cli.desk import Answer, Desk

WORDS = "four words of mine"
IDENTITY = x25519.Identity.generate()
KEY = ("--key-file", "key.txt")
FILES = ["data.key", "manifest.json", "meetbot.db", "sent.journal"]
AT = b"AGE-SECRET-KEY-"


@pytest.fixture
def office(office: Desk) -> Desk:
    """With one registrant who has a link, one who waits, and a key file."""
    office.write(
        "forms.csv", "Name,E-mail,Organisation\nSok Dara,dara@npic.example,NPIC\nMa Ria,ria@else.example,Else\n"
    )
    office.run("import", "forms.csv", "--yes")
    office.serve()
    office.write("key.txt", f"# created: today\n# public key: {IDENTITY.to_public()}\n{IDENTITY}\n")
    return office


@pytest.fixture
def backup(office: Desk) -> Path:
    """Made with the key file."""
    answer = office.run("backup", "b.age", *KEY)
    assert answer.code == 0, answer.err
    return office.folder / "b.age"


def empty_machine(office: Desk) -> Path:
    """The data folder is gone; what remains of it stands elsewhere."""
    lost = office.folder / "lost"
    (office.folder / "data").rename(lost)
    return lost


def rows(database: Path, *tables: str) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables}  # noqa: S608


def print_of(folder: Path) -> dict[str, str]:
    """Every file in the folder, however deep, with a digest. An empty log of SQLite and its index are no content."""
    logs = {path for path in folder.rglob("*-wal") if not path.stat().st_size}
    files = [path for path in folder.rglob("*") if path.is_file() and path not in logs and path.suffix != ".db-shm"]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


KEPT = ("programme", "meeting", "registrant", "message", "due", "audit", "node")


@pytest.mark.usefixtures("backup")
def test_P25_an_empty_machine_goes_on_from_it(office: Desk) -> None:
    """One command brings back every row, the key that opens the links, and the journal; then all of it is held."""
    lost = empty_machine(office)

    answer = office.run("restore", "b.age", *KEY, "--yes")

    here = office.folder / "data"
    before, after = rows(lost / "meetbot.db", *KEPT), rows(here / "meetbot.db", *KEPT, "hold", "restored")
    assert answer.code == 0, answer.err
    assert answer.out.splitlines()[1:] == [
        "Restored.",
        f"{here}/erased.journal is missing: if anybody was erased after this backup was made, they are back. "
        "Erase them again before you give `meetbot resume`.",
        "Mail, Zoom and cues are on hold. Start the service: it goes on reading Zoom, and sends nothing.",
        "  meetbot status    what it has",
        "  meetbot resume    what went out since the backup and would go again; then lets it go on",
    ]
    assert [after[table] for table in ("programme", "registrant", "message", "due")] == [
        before[table] for table in ("programme", "registrant", "message", "due")
    ]
    assert after["audit"][: len(before["audit"])] == before["audit"]
    assert [row[2] for row in after["audit"][len(before["audit"]) :]] == ["restore"]
    assert sorted(row[0] for row in after["hold"]) == ["cues", "mail", "zoom"]
    assert len(after["restored"]) == 1
    assert (here / "data.key").read_bytes() == (lost / "data.key").read_bytes()
    assert stat.S_IMODE(here.stat().st_mode) == 0o700
    assert {name: stat.S_IMODE((here / name).stat().st_mode) for name in ("meetbot.db", "data.key")} == {
        "meetbot.db": 0o600,
        "data.key": 0o600,
    }
    assert office.run("registrants", "list").code == 0


@pytest.mark.usefixtures("backup")
def test_P33_who_was_erased_since_is_erased_again_and_named_to_whoever_restores(office: Desk) -> None:
    """Before the restored store has its place; the receipt of then stands in it, and says what Zoom has to do."""
    office.run("erase", "dara@npic.example", "--yes")

    answer = office.run("restore", "b.age", *KEY, "--yes")
    document = office.run("restore", "b.age", *KEY, "--yes", "--json").document
    receipts = office.run("person", "receipts", "--json").document

    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert answer.code == 0, answer.err
    assert answer.out.splitlines()[3] == (
        f"Erased again: dara@npic.example (Sok Dara), erased on {today}; see `meetbot person receipts`"
    )
    ((again,), unknown) = (document["erased_again"], document["erased_unknown"])
    assert (again["address"], again["names"], unknown) == ("dara@npic.example", ["Sok Dara"], "")
    assert [(one["by"], one["at"]) for one in receipts] == [("restore", again["erased_at"])]
    assert b"dara@npic.example" not in (office.folder / "data/meetbot.db").read_bytes()
    assert office.run("person", "export", "dara@npic.example").err.startswith(f"dara@npic.example: erased on {today};")


def test_it_opens_without_this_program(backup: Path) -> None:
    """An age file with a compressed tar file in it, of exactly four files, for its owner's eyes."""
    opened = pyrage.decrypt(backup.read_bytes(), [IDENTITY])

    with tarfile.open(fileobj=io.BytesIO(opened)) as tar:
        assert sorted(tar.getnames()) == FILES
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert b"dara@npic.example" not in backup.read_bytes()


@pytest.mark.usefixtures("backup")
def test_P31_nothing_in_clear_is_left_behind(office: Desk) -> None:
    """The data folder is as before but for what the store itself changes, also after a failure half-way."""
    before = names(office.folder / "data")

    failed = office.run("backup", "no/such/folder/b.age", *KEY)

    assert failed.code == 1
    assert names(office.folder / "data") == before
    assert "backup-in-progress" not in before
    assert names(office.folder) == {"data", "b.age", "key.txt", "forms.csv", "network.yaml"}


def test_what_a_killed_backup_left_in_clear_goes_with_the_next(office: Desk) -> None:
    """kill -9 leaves a folder that only its owner can read; the next backup empties it first."""
    left = office.folder / "data" / "backup-in-progress" / "inside"
    left.mkdir(parents=True)
    (left / "meetbot.db").write_text("half a store")

    answer = office.run("backup", "b.age", *KEY)

    assert answer.code == 0, answer.err
    assert not left.parent.exists()


def test_two_at_once_do_not_mix(office: Desk) -> None:
    """The second one says so and writes nothing."""
    folder = office.folder / "data" / "backup-in-progress"
    folder.mkdir()
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)

    answer = office.run("backup", "b.age", *KEY)
    os.close(descriptor)

    assert (answer.code, answer.err) == (
        1,
        f"{office.folder}/data: another backup or restore is under way; wait until it has ended\n",
    )
    assert not (office.folder / "b.age").exists()


def test_an_existing_file_is_never_overwritten(office: Desk, backup: Path) -> None:
    """Not even by a newer backup; that is said before anybody types a passphrase."""
    before = backup.read_bytes()

    answer = office.run("backup", "b.age", typed="")

    assert (answer.code, answer.err) == (1, "b.age: is there already; choose another name\n")
    assert backup.read_bytes() == before


def test_a_folder_that_is_not_there_is_told_before_the_passphrase_is_asked_for(office: Desk) -> None:
    """A stick that is not mounted, most of the time."""
    answer = office.run("backup", "stick/b.age", typed="")

    assert (answer.code, answer.err) == (1, "stick/b.age: its folder is not there, or cannot be written to\n")


def test_a_small_backup_is_told_in_kilobytes(office: Desk) -> None:
    """Nobody believes in 0.0 MB."""
    answer = office.run("backup", "b.age", *KEY)

    size = (office.folder / "b.age").stat().st_size
    assert answer.out.endswith(f" rows, {size / 1000:.0f} kB, tried out.\n")


def test_P24_a_writer_beside_it_neither_waits_nor_is_half_in_it(office: Desk) -> None:
    """While another process is in the middle of a transaction, the backup has all that was committed before."""
    with closing(sqlite3.connect(office.folder / "data/meetbot.db", isolation_level=None)) as writer:
        writer.execute("INSERT INTO audit (at, who, what, subject, detail) VALUES (1, 'a', 'before', '', '')")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO audit (at, who, what, subject, detail) VALUES (2, 'a', 'half', '', '')")

        answer = office.run("backup", "b.age", *KEY)

        writer.execute("COMMIT")
    assert answer.code == 0, answer.err
    empty_machine(office)
    office.run("restore", "b.age", *KEY, "--yes")
    whats = [row[3] for row in rows(office.folder / "data/meetbot.db", "audit")["audit"]]
    assert ("before" in whats, "half" in whats) == (True, False)


def test_a_passphrase_is_asked_for_twice_and_opens_it(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too short a one is refused; it is shown nowhere."""
    # Without a real terminal behind it, getpass would complain that it cannot hide what is typed.
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _prompt: sys.stdin.readline().rstrip("\n"))
    short = office.run("backup", "b.age", typed="short\nshort\n")
    made = office.run("backup", "b.age", typed=f"{WORDS}\n{WORDS}\n")
    empty_machine(office)
    wrong = office.run("restore", "b.age", "--yes", typed="four words of yours\n")
    restored = office.run("restore", "b.age", "--yes", typed=f"{WORDS}\n")

    assert (short.code, made.code, wrong.code, restored.code) == (1, 0, 1, 0)
    assert "must have at least 12 characters" in short.err
    assert wrong.err.endswith("b.age: the passphrase does not open it\n")
    assert WORDS not in short.out + short.err + made.out + made.err + restored.out + restored.err


def test_without_a_terminal_it_says_how_the_passphrase_comes(office: Desk) -> None:
    """A timer's backup fails in words, not in a traceback."""
    answer = office.run("backup", "b.age")

    assert answer.code == 2
    assert "set MEETBOT_BACKUP_PASSPHRASE or add --key-file" in answer.err


def test_public_keys_are_enough_to_make_it_and_not_to_open_it(office: Desk) -> None:
    """The machine that makes backups need not be able to read them."""
    office.write("public.txt", f"{IDENTITY.to_public()}\n")

    made = office.run("backup", "b.age", "--key-file", "public.txt")
    refused = office.run("restore", "b.age", "--key-file", "public.txt", "--yes")
    opened = office.run("restore", "b.age", *KEY, "--dry-run")

    assert (made.code, refused.code, opened.code) == (0, 1, 0), made.err + opened.err
    assert refused.err.endswith("b.age: the key file has no secret key that could open it\n")


def cut(at: int) -> Callable[[bytes], bytes]:
    return lambda content: content[:at]


def flipped(at: int) -> Callable[[bytes], bytes]:
    return lambda content: content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :]


DAMAGED = "is damaged: cut off or changed since it was made. Use another copy"
NONE = "is not a backup of meetbot"


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut(0), NONE),
        (cut(10), NONE),
        (cut(60), DAMAGED),
        (cut(1000), DAMAGED),
        (cut(-1), DAMAGED),
        (flipped(3), NONE),
        (flipped(300), DAMAGED),
        (flipped(2000), DAMAGED),
        (flipped(-1), DAMAGED),
        (lambda content: content + b"x", DAMAGED),
        (lambda _: b"Dear colleagues", NONE),
        (lambda _: pyrage.encrypt(b"Dear colleagues", [IDENTITY.to_public()]), NONE),
        (lambda _: pyrage.encrypt(b"", [x25519.Identity.generate().to_public()]), "the key file does not open it"),
    ],
)
def test_X14_a_file_that_is_not_whole_is_refused_and_nothing_is_written(
    office: Desk, backup: Path, damage: Callable[[bytes], bytes], said: str
) -> None:
    """Cut off, changed in one bit, somebody else's or no backup at all: each is told in words."""
    backup.write_bytes(damage(backup.read_bytes()))
    before = print_of(office.folder / "data")

    answer = office.run("restore", "b.age", *KEY, "--yes")

    assert (answer.code, answer.err) == (1, f"opening the backup\nb.age: {said}\n")
    assert print_of(office.folder / "data") == before


def repacked(office: Desk, backup: Path, change: Callable[[Path], None]) -> None:
    """The backup, changed inside by somebody who has the key."""
    inside = office.folder / "inside"
    inside.mkdir()
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(backup.read_bytes(), [IDENTITY]))) as tar:
        tar.extractall(inside, filter="data")
    change(inside)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for path in sorted(inside.iterdir()):
            tar.add(path, arcname=path.name)
    backup.write_bytes(pyrage.encrypt(packed.getvalue(), [IDENTITY.to_public()]))
    shutil.rmtree(inside)


def without_the_key(inside: Path) -> None:
    (inside / "data.key").unlink()


def with_another_key(inside: Path) -> None:
    (inside / "data.key").write_text("A" * 43 + "=")


def with_a_row_less(inside: Path) -> None:
    with closing(sqlite3.connect(inside / "meetbot.db")) as connection:
        connection.execute("DELETE FROM audit WHERE id = 1")
        connection.commit()


def of_a_newer_program(inside: Path) -> None:
    with closing(sqlite3.connect(inside / "meetbot.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0042'")
        connection.commit()
    from meetbot.store.backup import contents

    contents.describe(inside, made_at=datetime.now(UTC))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without_the_key, "b.age: is not a backup of meetbot; it has no data.key"),
        (
            with_another_key,
            "A stored join link does not open with this key: put back the data.key (or MEETBOT_DATA_KEY) that was in "
            "use when the store was written.",
        ),
        (with_a_row_less, "b.age: its database is damaged (audit: rows differ)"),
        (
            of_a_newer_program,
            f"b.age: holds a database at version 0042, made by meetbot 0.1.0; this program knows {engine.SCHEMA}. "
            "Install that meetbot, or a newer one",
        ),
    ],
)
def test_F55_what_is_in_it_is_checked_before_anything_is_written(
    office: Desk, backup: Path, change: Callable[[Path], None], said: str
) -> None:
    """A part that is missing, does not fit, or is of a newer program."""
    repacked(office, backup, change)
    before = print_of(office.folder / "data")

    answer = office.run("restore", "b.age", *KEY, "--yes")

    assert (answer.code, answer.err.splitlines()[-1]) == (1, said)
    assert print_of(office.folder / "data") == before


@pytest.mark.usefixtures("backup")
def test_X14_a_store_on_which_the_service_works_is_not_replaced(office: Desk) -> None:
    """While a node's lease is valid nothing is touched."""
    lease = int((datetime.now(UTC) + timedelta(minutes=1)).timestamp() * 1e6)
    with closing(sqlite3.connect(office.folder / "data/meetbot.db")) as connection:
        connection.execute("INSERT INTO node (name, fencing, lease_until) VALUES ('desk', 1, ?)", [lease])
        connection.commit()
    before = print_of(office.folder / "data")

    answer = office.run("restore", "b.age", *KEY, "--yes")

    assert answer.code == 1
    assert answer.err.splitlines()[-1] == "`meetbot serve` works on this store (node desk). Stop it first"
    assert print_of(office.folder / "data") == before


@pytest.mark.usefixtures("backup")
def test_X14_a_store_that_another_program_has_open_is_not_replaced(office: Desk) -> None:
    """It would go on writing into the file that was moved away."""
    with closing(sqlite3.connect(office.folder / "data/meetbot.db")) as other:
        other.execute("SELECT * FROM audit").fetchall()
        other.execute("BEGIN")
        other.execute("SELECT * FROM audit").fetchall()

        answer = office.run("restore", "b.age", *KEY, "--yes")

    assert answer.code == 1
    store = office.folder / "data/meetbot.db"
    assert answer.err.splitlines()[-1] == f"{store}: another program has it open. Stop that first"
    assert rows(office.folder / "data/meetbot.db", "hold")["hold"] == []


@pytest.mark.usefixtures("backup")
def test_P17_a_restore_that_is_killed_leaves_the_store_of_before_or_the_restored_one(office: Desk) -> None:
    """At whatever step: never none, never half a one, and given once more it comes to its end."""
    sweep = [sys.executable, "-m", "tests.cli.restore_sweep", str(office.folder), "b.age", "key.txt"]
    done = subprocess.run(sweep, capture_output=True, text=True, check=False)
    again = office.run("restore", "b.age", *KEY, "--yes")

    assert (done.returncode, again.code) == (0, 0), done.stderr + again.err
    outcomes = json.loads(done.stdout)
    assert {tuple(one) for one in outcomes} == {(2, 0), (2, 3)}
    assert len(outcomes) > 5


@pytest.mark.usefixtures("backup")
def test_the_present_store_is_kept_aside(office: Desk) -> None:
    """Whole and under a name that says when; what came after the backup is in it and not in the restored one."""
    office.write("more.csv", "Name,E-mail,Organisation\nKeo Bona,bona@npic.example,NPIC\n")
    office.run("import", "more.csv", "--yes")

    answer = office.run("restore", "b.age", *KEY, "--yes", "--json")

    (kept,) = answer.document["kept"]
    assert kept.startswith(f"{office.folder}/data/meetbot.db.before-restore-20")
    addresses = [
        {row[2] for row in rows(path, "registrant")["registrant"]}
        for path in (Path(kept), office.folder / "data/meetbot.db")
    ]
    assert addresses == [
        {"dara@npic.example", "ria@else.example", "bona@npic.example"},
        {"dara@npic.example", "ria@else.example"},
    ]


@pytest.mark.usefixtures("backup")
def test_another_key_is_kept_aside_too(office: Desk) -> None:
    """A machine on which something else has begun gets the key of the backup."""
    lost = empty_machine(office)
    assert office.run("status").code == 0
    fresh = (office.folder / "data/data.key").read_bytes()

    answer = office.run("restore", "b.age", *KEY, "--yes", "--json")

    kept = sorted(Path(path).name.partition(".before-restore-")[0] for path in answer.document["kept"])
    (key,) = (office.folder / "data").glob("data.key.before-restore-*")
    assert kept == ["data.key", "meetbot.db"]
    assert key.read_bytes() == fresh
    assert (office.folder / "data/data.key").read_bytes() == (lost / "data.key").read_bytes()


@pytest.mark.usefixtures("backup")
def test_a_key_in_the_settings_must_be_that_of_the_backup(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise nobody could be sent their link any more."""
    empty_machine(office)
    monkeypatch.setenv("MEETBOT_DATA_KEY", "A" * 43 + "=")

    answer = office.run("restore", "b.age", *KEY, "--yes")

    assert answer.code == 1
    assert answer.err.splitlines()[-1] == (
        "MEETBOT_DATA_KEY: is not the key of this backup. Leave it unset, or set the one of then"
    )
    assert not (office.folder / "data/meetbot.db").exists()


@pytest.mark.usefixtures("backup")
def test_a_dry_run_looks_and_writes_nothing(office: Desk) -> None:
    """The backup is opened and checked; the document says what is in it."""
    before = print_of(office.folder / "data")

    answer = office.run("restore", "b.age", *KEY, "--dry-run", "--json")

    assert print_of(office.folder / "data") == before
    assert (answer.code, answer.document["restored"], answer.document["tables"]["registrant"]["rows"]) == (0, False, 2)


def test_nothing_to_back_up_is_said(desk: Desk) -> None:
    """Before the first command there is no store."""
    desk.write("key.txt", f"{IDENTITY}\n")

    answer: Answer = desk.run("backup", "b.age", *KEY)

    assert (answer.code, answer.err.splitlines()[-1]) == (1, f"{desk.folder}/data/meetbot.db: there is no store here")
    assert names(desk.folder / "data") == set()


def mails(office: Desk) -> list[str]:
    """To whom a link has gone, each copy by itself."""
    return sorted(mail.to for mail in mailbox.mails(office.folder / "data/outbox") if mail.links)


def test_P26_after_a_restore_no_letter_goes_a_second_time(office: Desk) -> None:
    """From the outside: held through a whole round of the service, shown by `resume`, and then sent to nobody again."""
    office.run("hold", "--mail")
    office.write("more.csv", "Name,E-mail,Organisation\nKeo Bona,bona@npic.example,NPIC\n")
    office.run("import", "more.csv", "--yes")
    office.serve()
    made = office.run("backup", "early.age", *KEY)
    office.run("resume", "--yes")
    office.serve()
    before = mails(office)
    for mail in mailbox.mails(office.folder / "data/outbox"):
        mail.path.unlink()  # the folder knows messages by their Message-ID, and would hide a second copy

    restored = office.run("restore", "early.age", *KEY, "--yes")
    office.serve()
    while_held = mails(office)
    shown = office.run("resume", "--dry-run").out.splitlines()
    document = office.run("resume", "--yes", "--json").document
    office.serve()

    assert (made.code, restored.code) == (0, 0), made.err + restored.err
    assert before == ["bona@npic.example", "dara@npic.example"]
    assert (while_held, mails(office)) == ([], [])
    assert "1 letter would go out again: 1 link." in shown
    assert document["restored"]["letters_again"] == {"link": 1}
    assert [one["state"] for one in office.run("outbox", "list", "--json").document if one["kind"] == "link"] == [
        "accepted",
        "accepted",
    ]


def test_P26_send_again_sends_them_again(office: Desk) -> None:
    """Only when a person says so, and only what waited in the backup."""
    office.run("hold", "--mail")
    office.write("more.csv", "Name,E-mail,Organisation\nKeo Bona,bona@npic.example,NPIC\n")
    office.run("import", "more.csv", "--yes")
    office.serve()
    office.run("backup", "early.age", *KEY)
    office.run("resume", "--yes")
    office.serve()
    for mail in mailbox.mails(office.folder / "data/outbox"):
        mail.path.unlink()
    office.run("restore", "early.age", *KEY, "--yes")

    office.run("resume", "--send-again", "--yes")
    office.serve()

    assert mails(office) == ["bona@npic.example"]


@pytest.mark.usefixtures("backup")
def test_P25_a_store_on_postgresql_goes_into_the_same_file_and_comes_back(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Restored to an empty database, backed up from there, restored over it: the same rows, the present kept aside."""
    address = postgres.fresh_database()
    monkeypatch.setenv("MEETBOT_DATABASE_URL", address)

    first = office.run("restore", "b.age", *KEY, "--yes")
    made = office.run("backup", "c.age", *KEY, "--json")
    over = office.run("restore", "c.age", *KEY, "--yes", "--json")
    people = office.run("registrants", "list", "--json")

    assert [first.code, made.code, over.code, people.code] == [0, 0, 0, 0], first.err + made.err + over.err
    (kept,) = over.document["kept"]
    assert len(rows(Path(kept), "registrant")["registrant"]) == 2
    assert [one["address"] for one in people.document] == ["dara@npic.example", "ria@else.example"]
    assert made.document["tables"]["restored"]["rows"] == 1
    postgres.drop(address)
