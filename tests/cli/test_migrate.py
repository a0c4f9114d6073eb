"""A programme that runs on one machine's file moves to PostgreSQL by one command."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

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
    """With --dry-run the target stays empty; a second real one finds everything there."""
    look = office.run("migrate-store", "--from", source(office), "--to", target, "--dry-run", "--json")

    assert look.document["copied"] is False
    assert postgres.shared().say("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", "moved") == [(0,)]
    first = office.run("migrate-store", "--from", source(office), "--to", target, "--json")
    second = office.run("migrate-store", "--from", source(office), "--to", target, "--json")
    assert first.document == second.document == {**look.document, "copied": True}


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
