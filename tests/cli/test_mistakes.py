"""A mistake of a person ends with its remedy and an exit code, never with a traceback; machines get one document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.desk import PROGRAMME, Desk


@dataclass(frozen=True)
class Mistake:
    """What went wrong, which command stumbles over it, and what it says."""

    make: Callable[[Desk, pytest.MonkeyPatch], object]
    command: tuple[str, ...]
    code: int
    says: str


def nothing(_desk: Desk, _patch: pytest.MonkeyPatch) -> None: ...


def a_file_where_the_data_should_be(desk: Desk, patch: pytest.MonkeyPatch) -> None:
    desk.write("data-file", "")
    patch.setenv("MEETBOT_DATA_DIR", str(desk.folder / "data-file"))


def a_damaged_store(desk: Desk, _patch: pytest.MonkeyPatch) -> None:
    (desk.folder / "data").mkdir()
    (desk.folder / "data" / "meetbot.db").write_bytes(b"no database" * 100)


def zoom_is_away(desk: Desk, patch: pytest.MonkeyPatch) -> None:
    desk.write("network.yaml", PROGRAMME)
    for name in ("API_URL", "TOKEN_URL"):
        patch.setenv(f"MEETBOT_ZOOM_{name}", "http://127.0.0.1:9/v2")


def a_wrong_secret(desk: Desk, patch: pytest.MonkeyPatch) -> None:
    desk.write("network.yaml", PROGRAMME)
    patch.setenv("MEETBOT_ZOOM_CLIENT_SECRET", "S3cr3t-Canary")


def no_account(desk: Desk, patch: pytest.MonkeyPatch) -> None:
    desk.write("network.yaml", PROGRAMME)
    patch.delenv("MEETBOT_ZOOM_ACCOUNT_ID")


MISTAKES = {
    "C-01 no such file": Mistake(nothing, ("plan", "nix.yaml"), 3, "nix.yaml: there is no such file"),
    "C-01 a folder": Mistake(
        lambda desk, _: (desk.folder / "lists").mkdir(), ("apply", "lists"), 3, "lists: this is a folder"
    ),
    "C-01 empty": Mistake(lambda desk, _: desk.write("empty.yaml", ""), ("plan", "empty.yaml"), 3, "empty.yaml"),
    "C-04 setting": Mistake(
        lambda _, patch: patch.setenv("MEETBOT_SMTP_PROT", "S3cr3t-Canary"),
        ("status",),
        3,
        "the environment: MEETBOT_SMTP_PROT is not a setting of meetbot; did you mean MEETBOT_SMTP_PORT?",
    ),
    "C-15 database": Mistake(
        lambda _, patch: patch.setenv("MEETBOT_DATABASE_URL", "postgres//me:S3cr3t-Canary@db/x"),
        ("status",),
        1,
        "MEETBOT_DATABASE_URL: is no address of a database",
    ),
    "F-49 data folder": Mistake(a_file_where_the_data_should_be, ("status",), 1, "data-file"),
    "F-51 damaged": Mistake(a_damaged_store, ("status",), 1, "the database is damaged"),
    "nothing applied": Mistake(nothing, ("registrants", "list"), 1, "No programme has been applied yet."),
    "Zoom away": Mistake(zoom_is_away, ("plan", "network.yaml"), 4, "Zoom"),
    "wrong secret": Mistake(a_wrong_secret, ("plan", "network.yaml"), 4, "Zoom"),
    "no account": Mistake(
        no_account,
        ("apply", "network.yaml"),
        3,
        "No Zoom account is set",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=list(MISTAKES))
def test_P40_a_mistake_is_answered_in_words(desk: Desk, monkeypatch: pytest.MonkeyPatch, mistake: Mistake) -> None:
    """On standard error, with its exit code; no value of a secret, no traceback, nothing on standard output."""
    mistake.make(desk, monkeypatch)

    answer = desk.run(*mistake.command)

    assert (answer.code, answer.out) == (mistake.code, "")
    assert mistake.says in answer.err
    assert [word for word in ("Traceback", "Canary", "Error:") if word in answer.err] == []
    assert desk.writes_at_zoom() == []


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=list(MISTAKES))
def test_X13_a_mistake_is_one_document_for_machines(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, mistake: Mistake
) -> None:
    """The same exit code and the same words."""
    mistake.make(desk, monkeypatch)

    answer = desk.run(*mistake.command, "--json")

    assert answer.code == mistake.code
    assert "\n".join(answer.document["errors"]) + "\n" == answer.err


def test_X07_a_rehearsal_overwrites_nothing(desk: Desk) -> None:
    """A folder in which something lies is refused; what lies there stays."""
    desk.write("network.yaml", PROGRAMME)

    answer = desk.run("rehearse", "network.yaml", "--folder", ".")

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.endswith("Error: . is not empty; a rehearsal begins with an empty folder.\n")
    assert [path.name for path in desk.folder.iterdir()] == ["network.yaml"]


def test_X03_stopped_at_the_question_nothing_is_done(desk: Desk) -> None:
    """Ctrl+D at the question is 130, and says that nothing further was done."""
    answer = desk.run("apply", desk.write("network.yaml", PROGRAMME), typed="")

    assert (answer.code, answer.err.strip()) == (130, "Stopped; nothing further was done.")
    assert desk.writes_at_zoom() == []


def test_P31_no_command_leaves_a_secret_in_its_log(office: Desk) -> None:
    """Commands that go well write nothing to standard error at all."""
    answers = [office.run(*words) for words in (("status",), ("doctor",), ("outbox", "list"), ("rundown", "show"))]

    assert [answer.err for answer in answers] == [""] * 4
    assert not list(Path(office.folder).glob("*.log"))
