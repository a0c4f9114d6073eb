"""What all commands share: the open deployment, answers for people and for machines, questions, and exit codes."""

from __future__ import annotations

import errno
import functools
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from meetbot import errors
from meetbot.redaction import strike

if TYPE_CHECKING:
    from rich.console import Console

    from meetbot.bootstrap import App

P = ParamSpec("P")
R = TypeVar("R")

#: Exit codes: 0 done, 1 failed, 2 wrong usage, 3 programme or settings wrong, 4 Zoom or mail, 5 partly done.
PARTLY = 5
AT_ZOOM_OR_MAIL = 4

as_json = click.option("--json", "json_", is_flag=True, help="Print one JSON document for machines.")
yes = click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
dry_run = click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")


def in_loop(command: Callable[P, Awaitable[R]]) -> Callable[P, R]:
    """Let an `async def` be a Click command."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        import asyncio  # 20 ms that commands without I/O need not spend

        return asyncio.run(_awaited(command(*args, **kwargs)))

    return run


async def _awaited(result: Awaitable[R]) -> R:
    return await result


@asynccontextmanager
async def app(*, service: bool = False) -> AsyncIterator[App]:
    """The deployment that the settings describe, with the real clock; only a `service` logs what goes well."""
    from meetbot import bootstrap, clock, log, settings

    configuration = settings.read()
    log.configure(level=configuration.log_level if service else "WARNING", waits=not service)
    try:
        async with bootstrap.opened(configuration, clock.RealClock()) as opened:
            yield opened
    finally:
        log.settle()


def person() -> str:
    """Who gives the command, for the audit log."""
    import getpass

    return f"{getpass.getuser()} (command line)"


def answer(document: Any) -> None:
    """Print the one JSON document of a command."""
    import json

    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def say(text: str) -> None:
    """A note on the way; goes to standard error, so that results can be piped."""
    click.echo(inert(text), err=True)


def inert(text: str) -> str:
    """The text without what could steer a terminal or be a secret; line breaks stay."""
    return "\n".join(strike(line) for line in text.split("\n"))


def console() -> Console:
    """Rich's console on standard output; plain and wide where that is not a terminal."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 140, highlight=False, soft_wrap=False)


def agreed(question: str, *, already: bool) -> bool:
    """Ask once, on a terminal only; elsewhere `--yes` has to say it."""
    if already:
        return True
    if not sys.stdin.isatty():
        raise click.UsageError(f"{question} There is no terminal to ask on; add --yes.")
    # In a loop Ctrl+C only asks the loop to stop, which waits for the answer: while asking it ends the question.
    in_loop_handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return click.confirm(question)
    finally:
        signal.signal(signal.SIGINT, in_loop_handler)


def explain(error: Exception) -> int:
    """Show an error as a person, or with --json a machine, can use it; returns the exit code."""
    match error:
        case errors.UserError():
            problems, code = error.problems, error.exit_code
        case errors.StoreAway():
            problems, code = [away(str(error))], 1
        case errors.ZoomError() | errors.MailError() | errors.MailUnknownOutcome():
            problems, code = [str(error)], AT_ZOOM_OR_MAIL
        case BrokenPipeError():
            return 141
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            problems, code = [away("disk is full")], 1
        case OSError(filename=filename) if filename is not None:
            problems, code = [f"{filename}: {error.strerror}"], 1
        case _:
            raise error
    for problem in problems:
        say(problem)
    answer_refusal(problems)
    return code


def away(said: str) -> str:
    """What it means for whoever gave a command that the database did not take it."""
    if "disk is full" in said or "No space left" in said:
        return "The disk is full: this was not saved. Make room, then give the command again."
    if "is not known" in said:
        return f"{said}. Look with `meetbot status` before you give the command again."
    return f"{said}: this was not saved. Once that is put right, give the command again."


def answer_refusal(problems: Sequence[str]) -> None:
    """The one document of a command that was asked for JSON and could not do what it was asked."""
    if "--json" in sys.argv:
        answer({"errors": [inert(problem) for problem in problems]})
