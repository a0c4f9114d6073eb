"""An older store becomes one of today, with all that is in it, after a copy of it was made, and whatever is killed."""

from __future__ import annotations

import json
import re
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, insert, inspect, text
from sqlalchemy.schema import MetaData

from meetbot.errors import UserError
from meetbot.store import engine, migrations, seal
from tests import postgres
from tests.store import builders

OLD = ["0001", "0002"]


def lay_down(address: str, schema: str) -> None:
    """A database as the program of that schema left it, with a row of each kind."""
    made = create_engine(address)
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with made.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, schema)
    metadata = MetaData()
    metadata.reflect(made)
    with made.begin() as connection:
        for table, values in ROWS:
            for row in values:
                connection.execute(insert(metadata.tables[table]).values(**row))
    made.dispose()


def _message(number: int, state: str) -> dict[str, Any]:
    return {
        "id": number,
        "message_id": f"<{number}@network.example>",
        "dedupe": f"link:launch:1:{number}",
        "kind": "link",
        "facts": {"meeting": "Launch ລາວ ខ្មែរ"},
        "language": "en",
        "zone": "Asia/Phnom_Penh",
        "to_name": "Sok Dara",
        "to_address": "dara@npic.example",
        "meeting": "launch",
        "registrant": 1,
        "needs_link": True,
        "revision": 1,
        "state": state,
        "reason": "250 2.0.0 OK" if state == "sent" else "",
        "created_at": 1636527600000000,
        "accepted_at": 1636527601000000 if state == "sent" else None,
    }


ROWS: list[tuple[str, list[dict[str, Any]]]] = [
    ("programme", [{"id": 1, "name": "p.yaml", "text": "key: network", "applied_at": 1, "applied_by": "me"}]),
    (
        "meeting",
        [{"key": "launch", "revision": 2, "sequence": 1, "ref": "r1", "uid": "u1", "state": "created", "reason": ""}],
    ),
    (
        "registrant",
        [
            {
                "id": 1,
                "meeting": "launch",
                "address": "dara@npic.example",
                "name": "Sok Dara",
                "name_folded": "sok dara",
                "organisation_written": "NPIC",
                "position": "",
                "country": "",
                "source": "import",
                "language": "en",
                "zone": "Asia/Phnom_Penh",
                "status": "approved",
                "reason": "invited",
                "created_at": 1,
                "sealed_link": b"\x00sealed\xff",
            }
        ],
    ),
    ("message", [_message(number, state) for number, state in enumerate(("sent", "failed", "queued", "unknown"), 1)]),
    ("node", [{"name": "desk", "fencing": 7, "lease_until": 1}]),
    ("audit", [{"id": 1, "at": 1, "who": "me", "what": "programme.applied", "subject": "network", "detail": ""}]),
]


def content(address: str) -> dict[str, Any]:
    """Every table with its columns and all of its rows."""
    made = create_engine(address)
    with made.connect() as connection:
        found = {
            table: (
                sorted(column["name"] for column in inspect(connection).get_columns(table)),
                sorted(repr(dict(row)) for row in connection.execute(text(f"SELECT * FROM {table}")).mappings()),  # noqa: S608
            )
            for table in sorted(inspect(connection).get_table_names())
        }
    made.dispose()
    return found


async def upgraded(folder: Path) -> None:
    """The program of today opens the store, as any command does."""
    links = seal.from_settings("", folder)
    store = await engine.open_store(builders.address(folder), links, copies=folder / "backups")
    await store.aclose()


@pytest.mark.parametrize("schema", OLD)
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_P42_what_an_older_program_wrote_is_kept(tmp_path: Path, schema: str, kind: str) -> None:
    """Every row with every value; a letter that was *sent* is *accepted* now, one that *failed* is *refused*."""
    if kind == "postgres":
        address = postgres.shared().address(f"upgrade{schema}")
    else:
        address = f"sqlite:///{tmp_path / 'meetbot.db'}"
    lay_down(address, schema)
    made = create_engine(address)

    migrations.upgrade(made, schema)

    with made.connect() as connection:
        found = connection.execute(text("SELECT id, state, copies FROM message ORDER BY id"))
        letters = [tuple(row) for row in found]
        person = connection.execute(text("SELECT name, sealed_link FROM registrant")).one()
        facts = connection.execute(text("SELECT CAST(facts AS text) FROM message WHERE id = 1")).scalar_one()
        (version,) = connection.execute(text("SELECT version_num FROM alembic_version")).scalars()
    made.dispose()
    assert letters == [(1, "accepted", 1), (2, "refused", 0), (3, "queued", 0), (4, "unknown", 0)]
    assert (person.name, bytes(person.sealed_link)) == ("Sok Dara", b"\x00sealed\xff")
    assert json.loads(facts) == {"meeting": "Launch ລາວ ខ្មែរ"}
    assert version == engine.SCHEMA


@pytest.mark.parametrize("schema", OLD)
async def test_P42_a_copy_of_before_is_laid_down_first(tmp_path: Path, schema: str) -> None:
    """The older program can go on from it: it is whole, as it was, and for its owner alone."""
    address = f"sqlite:///{tmp_path / 'meetbot.db'}"
    lay_down(address, schema)
    before = content(address)

    await upgraded(tmp_path)
    await upgraded(tmp_path)

    (copy,) = (tmp_path / "backups").iterdir()
    assert re.fullmatch(rf"before-{engine.SCHEMA}-\d{{8}}T\d{{6}}\.\d{{3}}Z\.db", copy.name)
    assert content(f"sqlite:///{copy}") == before
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700


async def test_P42_the_newest_five_copies_are_kept(tmp_path: Path) -> None:
    """Upgrades over years do not fill the disk."""
    backups = tmp_path / "backups"
    backups.mkdir()
    for year in range(2010, 2020):
        (backups / f"before-0002-{year}0101T000000.000Z.db").touch()
    (backups / "mine.db").touch()
    lay_down(f"sqlite:///{tmp_path / 'meetbot.db'}", "0002")

    await upgraded(tmp_path)

    kept = sorted(path.name for path in backups.glob("before-*"))
    assert kept[:4] == [f"before-0002-{year}0101T000000.000Z.db" for year in range(2016, 2020)]
    assert kept[4].startswith(f"before-{engine.SCHEMA}-")
    assert (len(kept), (backups / "mine.db").exists()) == (5, True)


async def test_F54_where_no_copy_can_be_made_nothing_is_upgraded(tmp_path: Path) -> None:
    """A file where the folder should be: the store stays as it is, for the program of before."""
    address = f"sqlite:///{tmp_path / 'meetbot.db'}"
    lay_down(address, "0002")
    before = content(address)
    (tmp_path / "backups").touch()

    with pytest.raises(FileExistsError):
        await upgraded(tmp_path)

    assert content(address) == before


async def test_F55_a_newer_store_is_refused_with_both_versions_and_the_way_back(tmp_path: Path) -> None:
    """An old program does not guess what a newer one wrote; where there is a copy of its own time it is named."""
    await upgraded(tmp_path)
    with closing(sqlite3.connect(tmp_path / "meetbot.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0042'")
        connection.commit()
    copy = tmp_path / "backups" / "before-0042-20270101T000000.000Z.db"
    said: list[str] = []

    for there in (False, True):
        if there:
            copy.parent.mkdir()
            copy.touch()
        with pytest.raises(UserError) as refused:
            await upgraded(tmp_path)
        said += refused.value.problems

    known = f"The database is at version 0042, this program knows {engine.SCHEMA}: install a newer meetbot"
    assert said == [f"{known}.", f"{known}, or put back {copy}, which was made before the upgrade."]


@pytest.mark.parametrize("schema", OLD)
@pytest.mark.parametrize(("kind", "every"), [("sqlite", 1), ("postgres", 9)])
def test_F54_killed_at_any_step_the_next_start_goes_on(tmp_path: Path, schema: str, kind: str, every: int) -> None:
    """kill -9 at each statement of each migration and of the copy before: one more start, and all is as undisturbed."""
    if kind == "postgres":
        address = postgres.shared().address(f"sweep{schema}")
    else:
        address = f"sqlite:///{tmp_path / 'meetbot.db'}"
    lay_down(address, schema)

    sweep = [sys.executable, "-m", "tests.store.upgrade_sweep", address, str(every), str(tmp_path)]
    done = subprocess.run(sweep, capture_output=True, text=True, check=False)

    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert found["kills"] > 9 / every
