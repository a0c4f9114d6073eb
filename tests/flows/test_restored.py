"""A store that was put back from an early backup sends nothing, and then nothing that has gone out already."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyrage import x25519
from sqlalchemy import text

from meetbot.core.model import Contact, JoinLink, Letter, LetterKind, Message
from meetbot.errors import UserError
from meetbot.flows import backup, restored
from meetbot.store import audit, engine, holds, outbox, seal
from meetbot.store.backup.archive import KeyFile
from meetbot.store.backup.home import Home
from meetbot.store.backup.workplace import workplace
from meetbot.store.due import Scope
from tests.flows.stage import PROGRAMME, Stage, form

IDENTITY = x25519.Identity.generate()
KEY = KeyFile([IDENTITY.to_public()], [IDENTITY])
BY_THE_JOURNAL = "sent before the restore, by the journal"
_numbers = itertools.count(1)


def home(stage: Stage) -> Home:
    return Home(stage.app.settings.database, stage.app.settings.data_dir, "")


def make(stage: Stage) -> Path:
    """A backup, now."""
    file = stage.app.settings.data_dir / f"{next(_numbers)}.age"
    backup.make(file, KEY, home(stage), now=stage.now, progress=lambda _: None)
    return file


async def put_back(stage: Stage, file: Path) -> None:
    """Restored, and the daemon begins anew on it."""
    await stage.app.store.aclose()
    with workplace(stage.app.settings.data_dir) as folder:
        # The lease of the former life is by the clock of this machine, and lapsed long before.
        real = datetime.now(UTC) + timedelta(minutes=1)
        opened = backup.look_into(file, KEY, home(stage), folder, now=real, progress=lambda _: None)
        await backup.put_back(opened, now=stage.now, progress=lambda _: None)
    await reopen(stage)


async def reopen(stage: Stage) -> None:
    """Once the lease of the former life has lapsed."""
    stage.sandbox.leap(stage.now + timedelta(minutes=1))
    store = await engine.open_store(home(stage).address, seal.from_settings("", stage.app.settings.data_dir))
    stage.app = replace(stage.app, store=store)
    await stage.restart()


async def compare(stage: Stage) -> str:
    app = stage.app
    compared = await restored.compare(app.store, await app.programme(), app.zoom, app.journal, now=stage.now)
    return compared.text("Asia/Bangkok")


async def resume(stage: Stage, *, send_again: bool = False) -> int:
    app = stage.app
    ended = await restored.resume(app.store, app.journal, send_again=send_again, now=stage.now, by="test")
    async with app.store.transaction() as tx:
        await holds.lift(tx, list(await holds.all_(tx)))
    return ended


async def later(stage: Stage, **duration: float) -> None:
    stage.sandbox.leap(stage.now + timedelta(**duration))
    await stage.run_due()


def told(stage: Stage) -> list[tuple[str, str]]:
    """Who was written what, in the order of the alphabet, each copy by itself."""
    return sorted((mail.to.partition("@")[0], mail.subject.partition(":")[0]) for mail in stage.mails())


async def letters(stage: Stage) -> list[tuple[str, str]]:
    async with stage.app.store.reading() as tx:
        return sorted((str(one.state), one.reason) for one in await outbox.listing(tx))


PEOPLE = [form(f"{name}@npic.example", f"{name.title()} Sok") for name in ("dara", "bona", "lin", "rith")]
QUOTA = PROGRAMME.replace("quota: 2", "quota: 100")


@pytest.fixture
async def early(stage: Stage) -> Path:
    """A backup in which the letters of four people wait; they have left since."""
    await stage.apply(QUOTA)
    await stage.register(*PEOPLE[:2])
    await stage.run_due()
    await hold_mail(stage)
    await stage.register(*PEOPLE[2:])
    await stage.run_due()
    file = make(stage)
    await lift(stage)
    await later(stage, hours=2)
    return file


@pytest.fixture(autouse=True)
async def _closed(stage: Stage) -> AsyncIterator[None]:
    """The store that was opened anew, too."""
    yield
    await stage.app.store.aclose()


async def hold_mail(stage: Stage) -> None:
    async with stage.app.store.transaction() as tx:
        await holds.put(tx, [Scope.MAIL], now=stage.now, who="test", reason="so that letters wait")


async def lift(stage: Stage) -> None:
    async with stage.app.store.transaction() as tx:
        await holds.lift(tx, [Scope.MAIL])


async def test_P26_F56_after_a_restore_nothing_leaves_until_somebody_resumes(stage: Stage, early: Path) -> None:
    """The daemon runs for a day: no letter goes, nothing is written at Zoom, and it says why."""
    mails, writes = told(stage), stage.writes()
    await put_back(stage, early)

    await later(stage, days=1)

    async with stage.app.store.reading() as tx:
        held = {scope: (one.who, one.reason) for scope, one in (await holds.all_(tx)).items()}
    assert (told(stage), stage.writes()) == (mails, writes)
    reason = "restored from a backup made at 2021-11-03 02:00 UTC; see meetbot resume"
    assert held == dict.fromkeys(Scope, ("restore", reason))


async def test_P26_F56_it_shows_first_what_would_go_out_again(stage: Stage, early: Path) -> None:
    """By the journal: letters that wait in the store and have gone. What is at Zoom as the store has it is said too."""
    await put_back(stage, early)

    said = await compare(stage)
    again = await compare(stage)

    assert said == again
    assert said.splitlines() == [
        "This store was put back from a backup made on Wed 3 Nov 2021 09:00 Bangkok (UTC+7).",
        "2 letters would go out again: 2 link.",
        "The meetings at Zoom are as planned here.",
    ]


async def test_P26_who_was_approved_after_the_backup_is_counted(stage: Stage) -> None:
    """Pending in the store and approved at Zoom: nothing decides that by itself, so the person who resumes hears it."""
    await stage.register(form("maria@elsewhere.example", "Maria Strange", organisation="A College Elsewhere"))
    await later(stage, minutes=5)
    file = make(stage)
    await stage.decide("maria@elsewhere.example", "approve")
    await later(stage, minutes=5)
    await put_back(stage, file)

    said = (await compare(stage)).splitlines()

    assert said[-1] == (
        "1 registrant approved at Zoom and pending in this store: what was decided after the backup is not in it. "
        "Decide again (meetbot registrants list --status pending)."
    )


async def test_P26_P02_resumed_nobody_gets_a_second_copy(stage: Stage, early: Path) -> None:
    """The letters end as accepted at the time of then, with the reason; those that had not gone go."""
    before = told(stage)
    await put_back(stage, early)

    ended = await resume(stage)
    await stage.register(form("maly@npic.example", "Maly Sok"))
    await later(stage, hours=1)

    assert ended == 2
    assert told(stage) == sorted([*before, ("maly", "Your link")])
    reasons = [reason for state, reason in await letters(stage) if state == "accepted"]
    assert reasons.count(BY_THE_JOURNAL) == 2
    async with stage.app.store.reading() as tx:
        notes = [(row.who, row.what, row.detail) for row in await audit.listing(tx) if row.what.startswith("store.")]
        assert await restored.waiting(tx) is None
    assert notes == [
        ("restore", "store.restored", "restored from a backup made at 2021-11-03 02:00 UTC"),
        ("test", "store.resumed", "2 letters had gone by the journal"),
    ]


async def test_P26_they_go_again_when_a_person_says_so(stage: Stage, early: Path) -> None:
    """Under the Message-ID that they had; what else is decided anew goes as well."""
    ids = {mail.message_id for mail in stage.mails("lin@npic.example")}
    for mail in stage.mails():
        mail.path.unlink()  # the folder knows messages by their Message-ID: a mailbox elsewhere would get it twice
    await put_back(stage, early)

    ended = await resume(stage, send_again=True)
    await later(stage, hours=1)

    assert ended == 0
    assert told(stage) == [("lin", "Your link"), ("rith", "Your link")]
    assert {mail.message_id for mail in stage.mails("lin@npic.example")} == ids


async def test_P26_what_is_decided_anew_and_went_before_does_not_go_again(stage: Stage, early: Path) -> None:
    """People who came after the backup are imported again: they have their link, and get no second letter."""
    await stage.register(form("maly@npic.example", "Maly Sok"), form("sovan@npic.example", "Sovan Sok"))
    await later(stage, minutes=5)
    before, ids = told(stage), {mail.message_id for mail in stage.mails("maly@npic.example")}
    await put_back(stage, early)
    said = await compare(stage)
    await resume(stage)

    await stage.register(form("sovan@npic.example", "Sovan Sok"), form("maly@npic.example", "Maly Sok"))
    await later(stage, hours=1)

    async with stage.app.store.reading() as tx:
        theirs = {one.message.to.address: one for one in await outbox.listing(tx)}
    assert "2 registrants at Zoom not in this store: reading Zoom's page brings them back." in said.splitlines()
    assert "2 letters went out after the backup that this store knows nothing of, the last on" in said
    assert told(stage) == before
    assert theirs["maly@npic.example"].reason == BY_THE_JOURNAL
    assert theirs["maly@npic.example"].message_id in ids


async def test_P26_another_person_under_the_same_number_is_written_to(stage: Stage, early: Path) -> None:
    """Rows are numbered anew after a restore: a letter to somebody else with the number of then is not that letter."""
    await stage.register(form("maly@npic.example", "Maly Sok"))
    await later(stage, minutes=5)
    await put_back(stage, early)
    await resume(stage)

    await stage.register(form("vuthy@npic.example", "Vuthy Sok"))
    await later(stage, hours=1)

    assert [one for one in told(stage) if one[0] == "vuthy"] == [("vuthy", "Your link")]


async def test_P26_a_letter_that_went_once_before_may_go_once_later(stage: Stage, early: Path) -> None:
    """Approved, cancelled and approved again after the restore: the line of the journal stands for the first letter."""
    await stage.register(form("maly@npic.example", "Maly Sok"))
    await later(stage, minutes=5)
    await put_back(stage, early)
    await resume(stage)
    await stage.register(form("maly@npic.example", "Maly Sok"))
    await later(stage, minutes=30)

    await stage.decide("maly@npic.example", "cancel")
    await later(stage, minutes=30)
    await stage.decide("maly@npic.example", "approve")
    await later(stage, minutes=30)

    assert [subject for who, subject in told(stage) if who == "maly"].count("Your link") == 2


async def test_a_lost_journal_is_told(stage: Stage, early: Path) -> None:
    """A new machine has only the journal of the backup: what went since nobody knows, and that is said."""
    stage.app.settings.journal.unlink()
    await put_back(stage, early)

    said = await compare(stage)

    assert "If it was lost with the old machine, letters that wait may have gone already" in said


async def test_lines_of_another_data_key_are_told(stage: Stage, early: Path) -> None:
    """Their marks fit nothing; a letter that waits is known by its Message-ID all the same."""
    lines = [line.split(" ") for line in stage.app.settings.journal.read_text().splitlines()]
    stage.app.settings.journal.write_text("".join(f"{at} {'f' * 32} {id_} {n}\n" for at, _, id_, n in lines))
    await put_back(stage, early)

    said = await compare(stage)

    assert "2 letters would go out again: 2 link." in said
    assert "2 lines of the journal were written with another data.key" in said


async def older(stage: Stage) -> bool:
    return await restored.hold_if_older(stage.app.store, stage.app.journal, now=stage.now)


async def test_P26_an_old_copy_that_was_put_in_place_by_hand_is_held_too(stage: Stage) -> None:
    """The journal knows of letters that this store never sent: it asks like after a restore, once."""
    await stage.register(PEOPLE[0])
    await stage.run_due()
    await stage.app.store.aclose()
    database = stage.app.settings.data_dir / "meetbot.db"
    copy = database.read_bytes()
    await reopen(stage)
    await later(stage, hours=1)
    await stage.register(PEOPLE[1])
    await later(stage, hours=1)
    mails, in_order = told(stage), await older(stage)
    await stage.app.store.aclose()
    database.write_bytes(copy)
    await reopen(stage)

    held = [await older(stage), await older(stage)]
    await stage.register(PEOPLE[1])
    await later(stage, hours=1)
    while_held = told(stage)
    await resume(stage)
    await later(stage, hours=1)

    assert (in_order, held) == (False, [True, False])
    assert while_held == told(stage) == mails


async def test_P17_a_crash_between_the_acceptance_and_its_note_is_no_old_copy(stage: Stage) -> None:
    """The letter is being sent by the store and has gone by the journal: that is settled as ever, and nothing held."""
    await stage.register(PEOPLE[0])
    await stage.run_due()
    async with stage.app.store.transaction() as tx:
        await tx.execute(text("UPDATE message SET state = 'sending', accepted_at = NULL"))
        await tx.execute(text("UPDATE due SET done_at = NULL, begun_at = NULL"))

    assert await older(stage) is False


async def test_without_a_restore_there_is_nothing_to_compare(stage: Stage) -> None:
    with pytest.raises(UserError) as refused:
        await compare(stage)

    assert refused.value.problems == ("No restored backup waits to be resumed.",)


Change = Callable[[Message], Message]


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, to=Contact("Dara", "bona@npic.example")),
        lambda one: replace(one, letter=replace(one.letter, kind=LetterKind.REMINDER)),
        lambda one: replace(one, letter=replace(one.letter, facts={"starts_at": "15:00"})),
        lambda one: replace(one, meeting="closing"),
    ],
)
async def test_a_mark_is_of_what_is_said_to_whom(stage: Stage, change: Change) -> None:
    """Another reader, kind, time, meeting or link is another letter; another row number or revision is not."""
    links = stage.app.store.links
    letter = Letter(LetterKind.LINK, {"starts_at": "14:00"}, "en", "Asia/Bangkok")
    one = Message(letter, Contact("Dara", "Dara@npic.example"), "link:launch:1:1", meeting="launch", registrant=1)
    same = replace(one, dedupe="link:launch:7:3", registrant=7, revision=3, to=Contact("D", "dara@npic.example"))

    marks = [restored.mark(links, which, None) for which in (one, same, change(one))]

    assert (marks[0] == marks[1], marks[0] == marks[2]) == (True, False)
    assert restored.mark(links, one, JoinLink("https://zoom.us/w/1?tk=a")) != marks[0]
    assert len(marks[0]) == 32
