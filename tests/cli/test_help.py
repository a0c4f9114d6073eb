"""The command line explains itself, and forgives a slip of the fingers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from meetbot.cli import root
from tests.cli.desk import Desk


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    """Every command and group below, by the words that name it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        yield (*path, name)
        if isinstance(found, click.Group):
            yield from commands(found, *path, name)


@pytest.mark.parametrize("words", list(commands(root.root)), ids=" ".join)
def test_every_command_shows_an_example_of_itself(desk: Desk, words: tuple[str, ...]) -> None:
    """Under --help, with the words that one types."""
    answer = desk.run(*words, "--help")

    example = answer.out.partition("Example:")[2]
    assert (answer.code, answer.err) == (0, "")
    assert f"meetbot {' '.join(words)}" in example


def test_help_names_every_command_with_its_line(desk: Desk) -> None:
    """Without a word typed as with --help; only that typing nothing is wrong usage."""
    asked, unasked = desk.run("--help"), desk.run()

    assert (asked.code, unasked.code) == (0, 2)
    assert asked.out.strip() == unasked.err.strip()
    assert [name for name in root.COMMANDS if f"\n  {name} " not in asked.out] == []


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (("aply", "x.yaml"), "No such command 'aply'. Did you mean 'apply'?"),
        (("registrant", "list"), "No such command 'registrant'. Did you mean 'registrants'?"),
        (("frobnicate",), "No such command 'frobnicate'."),
        (("--hlep",), "No such option '--hlep'. Did you mean '--help'?"),
        (("registrants", "aprove", "1"), "No such command 'aprove'. Did you mean 'approve'?"),
        (("check", "--jsn", "x.yaml"), "No such option '--jsn'. Did you mean '--json'?"),
    ],
)
def test_X01_what_does_not_exist_is_answered_with_what_was_meant(
    desk: Desk, typed: tuple[str, ...], answer: str
) -> None:
    """Wrong usage, exit code 2, nothing on standard output."""
    found = desk.run(*typed)

    assert (found.code, found.out) == (2, "")
    assert found.err.endswith(f"Error: {answer}\n")


def test_help_imports_no_command() -> None:
    """`meetbot --help` answers before anybody notices: neither the store nor Zoom nor mail is loaded for it."""
    asked = (
        "import sys; sys.argv = ['meetbot', '--help']\n"
        "from meetbot.cli import root\n"
        "try: root.main()\n"
        "finally: print(sorted({name.partition('.')[0] for name in sys.modules} & "
        "{'sqlalchemy', 'httpx', 'pydantic', 'rich', 'asyncio', 'jinja2', 'structlog'}), file=sys.stderr)"
    )

    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert done.stderr == "[]\n"
