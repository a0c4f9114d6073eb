"""The documentation says what is there: links lead somewhere; commands, settings, keys and tests are as listed."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from meetbot.cli import root
from meetbot.sandbox import grammar
from meetbot.settings import Settings
from meetbot.zoom import wire

HOME = Path(__file__).parent.parent
DOCS = HOME / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *HOME.glob("*.md")])

_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"(?:^|/bin/)(meetbot .+)$")
_FIRST_COLUMN = re.compile(r"^\s*\| `([^`]+)`", re.MULTILINE)
_TEST = re.compile(r"`(test_\w+)` \| \[[^\]]+\]\(\.\./\.\./(tests/[\w/]+\.py)\)")
_NAMED = re.compile(r"^(?:async )?def (test_((?:[A-Z][0-9]{2}_)+)\w+)", re.MULTILINE)


def name(page: Path) -> str:
    return str(page.relative_to(HOME))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """Every link that does not leave the project names a file that is there."""
    targets = [target.partition("#")[0] for target in _LINK.findall(page.read_text()) if "://" not in target]

    assert [target for target in targets if target and not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_in_the_pages_exist(page: Path) -> None:
    """Every command that a page shows exists, with the subcommand and the options that it is given."""
    assert [wrong for line in commands(page) if (wrong := unknown(line))] == []


def commands(page: Path) -> Iterator[str]:
    """Commands as typed: after the prompt in console blocks, whole lines in shell blocks, and in code within text."""
    text = page.read_text()
    for _, language, block in _FENCE.findall(text):
        lines = [line.strip() for line in block.splitlines()]
        typed = [line.removeprefix("$ ") for line in lines if line.startswith("$ ") or language == "sh"]
        yield from (found[1] for line in typed if (found := _COMMAND.search(line)))
    yield from re.findall(r"`(meetbot [^`\n]+)`", _FENCE.sub("", text))


def unknown(line: str) -> str | None:
    """What in the line no command knows; None when all of it is known."""
    words = shlex.split(line)[1:]
    command: click.Command | None = root.root
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        command = command.get_command(click.Context(command), words.pop(0))
    if command is None:
        return f"{line}: there is no such command"
    known = {"--help", "-h", "--version"} | {option for one in command.params for option in one.opts}
    strange = [word for word in words if word.startswith("--") and word.partition("=")[0] not in known]
    return f"{line}: there is no {strange[0]}" if strange else None


def test_every_command_has_its_section() -> None:
    """The reference of the commands has a heading for each of them and for no other."""
    headings = re.findall(r"^## `meetbot ([a-z-]+)", (DOCS / "reference/commands.md").read_text(), re.MULTILINE)

    assert headings == list(root.COMMANDS)


def test_settings_are_those_of_the_program() -> None:
    """The reference names exactly the settings that there are, each once and in their order."""
    named = re.findall(r"^\| `(MEETBOT_\w+)`", (DOCS / "reference/settings.md").read_text(), re.MULTILINE)

    assert named == [f"MEETBOT_{field.upper()}" for field in Settings.model_fields]


def test_keys_of_the_programme_file_are_those_of_the_program() -> None:
    """The reference has one row for each key of each group of the programme file."""
    schema = json.loads((HOME / "config/programme.schema.json").read_text())
    shapes = [schema, *schema["$defs"].values()]

    described = _FIRST_COLUMN.findall((DOCS / "reference/programme-file.md").read_text())

    assert sorted(described) == sorted(key for shape in shapes for key in shape["properties"])


def test_scopes_of_the_zoom_app_are_those_that_the_client_needs() -> None:
    """Whoever makes the app by the page has every scope and none too many."""
    assert set(_FIRST_COLUMN.findall((DOCS / "how-to/zoom-app.md").read_text())) == wire.SCOPES


def test_verbs_of_fault_scripts_are_those_of_the_sandbox() -> None:
    """The table of verbs is whole; `headers` and `json` stand with `status`, to which they belong."""
    _, _, verbs = (DOCS / "reference/sandbox.md").read_text().partition("| verb in `do`")

    assert set(_FIRST_COLUMN.findall(verbs.partition("\n\n")[0])) | {"headers", "json"} == set(grammar.VERBS)


def test_promises_are_proved_by_the_tests_that_are_listed() -> None:
    """The page lists every test that bears a promise's or a fault's number, and no test that is not there."""
    listed = set(_TEST.findall((DOCS / "reference/promises.md").read_text()))
    there = {
        (found[0], name(path))
        for path in (HOME / "tests").rglob("test_*.py")
        for found in _NAMED.findall(path.read_text())
    }

    assert {"not listed": there - listed, "not there": listed - there} == {"not listed": set(), "not there": set()}
