"""A programme that runs on one machine's file moves to PostgreSQL by one command."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import make_url

from tests import postgres
from tests.cli.desk import FORMS, Desk


@pytest.fixture
def target() -> Iterator[str]:
    """The address of a database that does not hold anything."""
    address = postgres.shared().address("moved")
    yield address
    postgres.drop(address)


def source(desk: Desk) -> str:
    return f"sqlite:///{desk.folder / 'data/meetbot.db'}"


def test_P34_a_programme_goes_on_in_another_database(
    office: Desk, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody and everything is there; the answer says that the key has to come along."""
    office.run("import", office.write("forms.csv", FORMS), "--yes")
    before = office.run("registrants", "list", "--json").document

    moved = office.run("migrate-store", "--from", source(office), "--to", target)

    assert moved.code == 0, moved.err
    assert "all of them arrived as they were" in moved.out
    assert "the file data.key" in moved.out
    assert "registrant: 2 rows" in moved.err
    monkeypatch.setenv("MEETBOT_DATABASE_URL", target)
    (office.folder / "data/meetbot.db").unlink()
    assert office.run("registrants", "list", "--json").document == before


def test_P28_counted_only(office: Desk, target: str) -> None:
    """With --dry-run the target stays empty; a second real one finds everything there, and says so before."""
    command = ("migrate-store", "--from", source(office), "--to", target)
    look = office.run(*command, "--dry-run", "--json").document
    said = office.run(*command, "--dry-run").out

    size = f"{look['rows']} rows in {len(look['tables'])} tables of version {look['schema']}"
    assert said == f"{shown(target)} can be reached and is empty: {size} would be copied.\nNothing was written.\n"
    assert (look.pop("copied"), look.pop("target")) == (False, "empty")
    assert postgres.shared().say("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", "moved") == [(0,)]
    first, second = office.run(*command, "--json"), office.run(*command, "--json")
    assert first.document == second.document == {**look, "copied": True}
    assert office.run(*command, "--dry-run").out == (
        f"{shown(target)} holds all of it already ({size}): nothing would be copied.\nNothing was written.\n"
    )


def shown(address: str) -> str:
    return make_url(address).render_as_string(hide_password=True)


@pytest.mark.parametrize(
    ("target_", "said"),
    [
        ("postgresql+psycopg://me:S3cret@127.0.0.1:1/x", "connection failed"),
        ("sqlite:////nowhere/at/all.db", "/nowhere/at/all.db: its folder is not there, or cannot be written to"),
        ("sqlite:///of-another.db", "holds tables of another program (songs); give an empty database"),
    ],
)
def test_P40_a_target_that_will_not_do_is_told_without_writing(office: Desk, target_: str, said: str) -> None:
    """The dry run looks at it too: whether it can be reached, and whether it is empty."""
    with closing(sqlite3.connect(office.folder / "of-another.db")) as other, other:
        other.execute("CREATE TABLE songs (title TEXT)")

    refused = office.run("migrate-store", "--from", source(office), "--to", target_, "--dry-run")

    assert refused.code == 1
    assert said in refused.err
    assert "S3cret" not in refused.err


def test_P40_a_user_who_may_not_make_tables_is_told(office: Desk, target: str) -> None:
    """Since version 15 of PostgreSQL that is so for everybody who does not own the database."""
    url = make_url(target)
    postgres.shared().say("CREATE ROLE guest LOGIN", "moved")
    postgres.shared().say("REVOKE CREATE ON SCHEMA public FROM PUBLIC", "moved")
    try:
        guest = url.set(username="guest").render_as_string(hide_password=False)
        refused = office.run("migrate-store", "--from", source(office), "--to", guest, "--dry-run")
    finally:
        postgres.shared().say("DROP ROLE guest", "moved")

    assert (refused.code, "its user may not make tables there" in refused.err) == (1, True)


def test_a_store_that_a_service_works_on_is_not_moved(office: Desk, target: str) -> None:
    """What the service wrote after the copy would be lost: the answer names it, and nothing is copied."""
    with closing(sqlite3.connect(office.folder / "data/meetbot.db")) as store, store:
        store.execute(
            "INSERT INTO node (name, fencing, lease_until) VALUES ('office', 1, (unixepoch() + 60) * 1000000)"
        )

    refused = office.run("migrate-store", "--from", source(office), "--to", target)

    assert refused.code == 1
    assert "`meetbot serve` works on the old store (node office). Stop it" in refused.err
    assert postgres.shared().say("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", "moved") == [(0,)]


def test_P40_an_address_that_is_none(office: Desk) -> None:
    """The answer shows one that is."""
    refused = office.run("migrate-store", "--from", "meetbot.db", "--to", "sqlite:///other.db")

    assert (refused.code, "sqlite:////var/lib/meetbot/meetbot.db" in refused.err) == (1, True)
