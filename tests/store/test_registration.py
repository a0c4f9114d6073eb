"""A join link is sealed at rest, and only ever handed out for somebody approved."""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from meetbot.core.model import JoinLink, Status
from meetbot.errors import UserError
from meetbot.store import registration, seal
from meetbot.store.engine import Store
from tests.store import builders
from tests.store.builders import LINK, NOW, admitted, registrant

pytestmark = pytest.mark.every_database

WRONG_KEY = (
    "A stored join link does not open with this key: put back the data.key (or MEETBOT_DATA_KEY) "
    "that was in use when the store was written."
)


async def test_P01_an_approved_registrant_has_their_own_link(store: Store) -> None:
    """Each gets their own back, exactly as Zoom gave it."""
    async with store.transaction() as tx:
        dara = await admitted(tx, store)
        lin = await admitted(tx, store, LINK + "2", address="lin@cvt.example")

        assert await registration.join_link(tx, dara.id, store.links) == JoinLink(LINK)
        assert await registration.join_link(tx, lin.id, store.links) == JoinLink(LINK + "2")


@pytest.mark.parametrize("status", [Status.PENDING, Status.DENIED, Status.CANCELLED])
async def test_P01_nobody_else_has_one(store: Store, status: Status) -> None:
    """A stored link is out of reach from the moment the approval is taken back."""
    async with store.transaction() as tx:
        dara = await admitted(tx, store)
        await registration.decide(tx, dara.id, was=Status.APPROVED, status=status, reason="x", now=NOW, by="test")

        assert await registration.join_link(tx, dara.id, store.links) is None


@pytest.mark.parametrize("status", [Status.PENDING, Status.DENIED, Status.CANCELLED])
async def test_P01_a_link_is_kept_for_nobody_else(store: Store, status: Status) -> None:
    """Zoom's answer came after the decision had changed: the link is not even stored."""
    async with store.transaction() as tx:
        dara = await registrant(tx, status=status)

        kept = await registration.admit(tx, dara.id, zoom_id="z1", link=JoinLink(LINK), links=store.links, now=NOW)

        assert kept is False
        assert await tx.scalar(text("SELECT sealed_link FROM registrant")) is None


async def test_P32_the_files_of_the_store_hold_no_link(tmp_path: Path) -> None:
    """Whoever steals the database, its log included, finds the name of the person but no way in."""
    store = await builders.opened(tmp_path)
    async with store.transaction() as tx:
        await builders.meeting(tx)
        await admitted(tx, store)

    stolen = b"".join((tmp_path / name).read_bytes() for name in ("meetbot.db", "meetbot.db-wal"))
    await store.aclose()
    secrets = (LINK, "tk=", "pwd=", "CanaryTokenOfDara", "CanaryPasscode", "/w/85011112222")

    assert b"dara@npic.example" in stolen
    assert [secret for secret in secrets if secret.encode() in stolen] == []


async def test_a_link_does_not_open_with_another_key(store: Store) -> None:
    """A store that was moved without its key says what to put back."""
    other = seal.Seal(os.urandom(32))
    async with store.transaction() as tx:
        dara = await admitted(tx, store)

        with pytest.raises(UserError) as refused:
            await registration.join_link(tx, dara.id, other)

    assert refused.value.problems == (WRONG_KEY,)


async def test_P32_a_link_does_not_open_in_another_row(store: Store) -> None:
    """Somebody who can write to the database cannot give themselves another's link."""
    async with store.transaction() as tx:
        dara = await admitted(tx, store)
        thief = await admitted(tx, store, address="thief@npic.example")
        stolen = text("UPDATE registrant SET sealed_link = (SELECT sealed_link FROM registrant WHERE id = :dara)")
        await tx.execute(stolen, {"dara": dara.id})

        with pytest.raises(UserError):
            await registration.join_link(tx, thief.id, store.links)


async def test_the_same_link_is_never_sealed_alike(store: Store) -> None:
    """Nobody can tell from the bytes that two rows hold the same."""
    assert store.links.close(LINK, "registrant:1") != store.links.close(LINK, "registrant:1")


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    """Made on first use, mode 600, and the same at every later start."""
    sealed = seal.from_settings("", tmp_path / "data").close(LINK, "row")

    path = tmp_path / "data" / "data.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert seal.from_settings("", tmp_path / "data").open(sealed, "row") == LINK


def test_a_given_key_is_used_and_none_is_written(tmp_path: Path) -> None:
    """MEETBOT_DATA_KEY goes before the file."""
    given = base64.b64encode(bytes(range(32))).decode()

    sealed = seal.from_settings(given + "\n", tmp_path).close(LINK, "row")

    assert seal.Seal(bytes(range(32))).open(sealed, "row") == LINK
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", ["c2hvcnQ=", "not base64 at all!", base64.b64encode(bytes(33)).decode()])
def test_a_key_that_is_none_is_refused_without_being_shown(tmp_path: Path, wrong: str) -> None:
    """Too short, too long, not Base64: the place and the remedy, never the value; likewise for a damaged file."""
    with pytest.raises(UserError) as given:
        seal.from_settings(wrong, tmp_path)
    (tmp_path / "data.key").write_text(wrong)
    with pytest.raises(UserError) as stored:
        seal.from_settings("", tmp_path)

    assert given.value.problems == ("MEETBOT_DATA_KEY: not a key; make one with: openssl rand -base64 32",)
    assert stored.value.problems == (f"{tmp_path / 'data.key'}: not a key; make one with: openssl rand -base64 32",)


async def test_F46_the_first_decision_wins(store: Store) -> None:
    """Two people decide on what they saw as pending: the second touches no row."""
    async with store.transaction() as tx:
        dara = await registrant(tx, status=Status.PENDING)

        first = await registration.decide(
            tx, dara.id, was=Status.PENDING, status=Status.DENIED, reason="full", now=NOW, by="Lin"
        )
        second = await registration.decide(
            tx, dara.id, was=Status.PENDING, status=Status.APPROVED, reason="welcome", now=NOW, by="Ma"
        )

        found = await registration.get(tx, dara.id)
    assert (first, second) == (True, False)
    assert found is not None and (found.status, found.reason) == (Status.DENIED, "full")


async def test_a_store_of_another_key_is_refused(store: Store) -> None:
    """A link that does not open with our key is told before anything is done; a store without links has no key yet."""
    other = seal.Seal(b"k" * 32)
    async with store.transaction() as tx:
        one = await registrant(tx)
        await registration.refuse_other_key(tx, other)
        await registration.admit(tx, one.id, zoom_id="z", link=JoinLink("https://zoom.us/w/1"), links=other, now=NOW)

        await registration.refuse_other_key(tx, other)
        with pytest.raises(UserError, match="does not open with this key"):
            await registration.refuse_other_key(tx, store.links)
