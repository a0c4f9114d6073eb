"""Messages laid down in a folder."""

from __future__ import annotations

import mailbox
import stat
from pathlib import Path

import pytest

from meetbot import errors
from meetbot.mail.transports import Maildir

SENDER, RECIPIENT = "launch@project.example.org", "kyaw@cvt.example.org"


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


async def test_P02_the_same_message_twice_is_one_file(tmp_path: Path) -> None:
    """A repeat after a crash overwrites its twin."""
    folder = Maildir(tmp_path)

    first = await folder.deliver("<m1@x.org>", SENDER, RECIPIENT, b"Subject: one\r\n\r\nbody\r\n")
    second = await folder.deliver("<m1@x.org>", SENDER, RECIPIENT, b"Subject: one\r\n\r\nbody\r\n")

    assert first == second == f"written to {files(tmp_path)[0]}"
    assert len(files(tmp_path)) == 1


async def test_P02_a_message_already_read_is_not_laid_down_again(tmp_path: Path) -> None:
    """A mail program moves what was read to `cur` and marks it; the repeat finds it there."""
    folder = Maildir(tmp_path)
    await folder.deliver("<m1@x.org>", SENDER, RECIPIENT, b"Subject: one\r\n\r\n")
    laid = files(tmp_path)[0]
    laid.rename(tmp_path / "cur" / f"{laid.name}:2,S")

    await folder.deliver("<m1@x.org>", SENDER, RECIPIENT, b"Subject: one\r\n\r\n")

    assert files(tmp_path) == [tmp_path / "cur" / f"{laid.name}:2,S"]


async def test_two_messages_are_two_files(tmp_path: Path) -> None:
    """Any mail program reads the folder, and each file names its reader."""
    folder = Maildir(tmp_path)
    await folder.deliver("<m1@x.org>", SENDER, RECIPIENT, b"Subject: one\r\n\r\n")
    await folder.deliver("<m2@x.org>", SENDER, RECIPIENT, b"Subject: two\r\n\r\n")

    assert sorted(one["subject"] for one in mailbox.Maildir(tmp_path, create=False)) == ["one", "two"]
    assert [path.name.partition("-")[2] for path in files(tmp_path)] == ["kyaw_cvt.example.org.eml"] * 2


async def test_P31_only_the_owner_reads(tmp_path: Path) -> None:
    """A message may hold a join link: file and folder are closed to other accounts of the machine."""
    await Maildir(tmp_path / "outbox").deliver("<m1@x.org>", SENDER, RECIPIENT, b"Subject: one\r\n\r\n")

    laid = files(tmp_path)[0]
    assert [stat.S_IMODE(path.stat().st_mode) for path in (laid, laid.parent)] == [0o600, 0o700]


async def test_a_folder_that_cannot_be_written_is_a_refusal_for_now(tmp_path: Path) -> None:
    """A full disk or a wrong path keeps the message waiting, with the place in the reason."""
    (tmp_path / "outbox").write_text("a file where the folder should be")

    with pytest.raises(errors.MailError, match=r"cannot write to .*outbox: Not a directory") as refusal:
        await Maildir(tmp_path / "outbox").deliver("<m1@x.org>", SENDER, RECIPIENT, b"")

    assert not refusal.value.permanent


async def test_E08_a_bad_recipient_is_refused(tmp_path: Path) -> None:
    """The folder is as strict as a mail server, so that a rehearsal shows what would fail."""
    with pytest.raises(errors.MailError) as refusal:
        await Maildir(tmp_path).deliver("<m1@x.org>", SENDER, "a@b.org\r\nBcc: v@x.org", b"")

    assert refusal.value.permanent
    assert files(tmp_path) == []
