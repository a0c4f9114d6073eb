"""The command line's root: command modules are imported only when their command runs, so that help is quick."""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import sys
from typing import Any

import click

from meetbot import __version__

#: Command -> where it lives and one line on what it does, so that help needs no import.
COMMANDS = {
    "rehearse": ("meetbot.cli.rehearse:rehearse", "Play a whole programme against the Zoom sandbox, faster than life."),
    "check": ("meetbot.cli.programme:check", "Look for mistakes in a programme file; needs no network."),
    "plan": ("meetbot.cli.programme:plan", "Show what applying a programme file would do; changes nothing."),
    "apply": ("meetbot.cli.programme:apply", "Do what `plan` shows, after one question."),
    "import": ("meetbot.cli.people:import_", "Take in an Excel or CSV list of registration forms."),
    "registrants": ("meetbot.cli.people:registrants", "List, approve, deny and add registrants."),
    "create-bilaterals": ("meetbot.cli.bilaterals.create:create", "Find times for pairs, confirm and create them."),
    "bilaterals": ("meetbot.cli.bilaterals.board:bilaterals", "Every pair: where it stands and what comes next."),
    "drift": ("meetbot.cli.drift:drift", "What somebody changed on Zoom's own pages: adopt or overwrite it."),
    "swap": ("meetbot.cli.swap:swap", "Let others hold the meetings of a host who has dropped out."),
    "rundown": ("meetbot.cli.rundown:rundown", "Run the day: start, next, hold, slip."),
    "erase": ("meetbot.cli.personal:erase", "Erase people here and at Zoom; figures stay, and there is a receipt."),
    "person": ("meetbot.cli.personal:person", "What is held of one person; receipts of erasures."),
    "confirmation": ("meetbot.cli.confirmation:confirmation", "Send somebody a confirmation that they attended."),
    "attendance": ("meetbot.cli.attendance.lines:attendance", "Who attended, and the lines that prove nobody."),
    "report": (
        "meetbot.cli.report:report",
        "An attendance report as Excel, CSV, PDF or text, for the office or a donor.",
    ),
    "outbox": ("meetbot.cli.outbox:outbox", "Read what would go or went by mail."),
    "hold": ("meetbot.cli.hold:hold", "Stop mail, changes at Zoom or cues at once."),
    "resume": ("meetbot.cli.hold:resume", "Let what is held go on, after a look at what waits."),
    "status": ("meetbot.cli.status:status", "What waits, what failed and why, and what is due next."),
    "backup": ("meetbot.cli.backup:backup", "Write everything into one encrypted file, and try it out."),
    "restore": ("meetbot.cli.backup:restore", "Put a backup back, all of it held."),
    "migrate-store": ("meetbot.cli.migrate:migrate_store", "Move the store to another database, as to PostgreSQL."),
    "doctor": ("meetbot.cli.doctor:doctor", "Check credentials, hosts, mail, clock and data folder."),
    "serve": ("meetbot.cli.serve:serve", "Run as a service until stopped."),
    "sandbox": ("meetbot.cli.sandbox:sandbox", "Run a stand-in for Zoom on this machine."),
}


class LateGroup(click.Group):
    """A group whose commands are imported when they run (Click's manual, Lazily loading subcommands)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(error.command_name, possibilities=COMMANDS, ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=LateGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="meetbot")
def root() -> None:
    """Runs a virtual meeting programme on Zoom, from the programme file to the attendance report in the inbox.

    \b
    See it work, without any account:   meetbot rehearse config/launch.yaml
    Begin for real:                     meetbot check, plan, apply, then serve

    Nothing is sent and nothing is created before `apply`. Settings come from MEETBOT_… variables; see .env.example.
    """


def main() -> Any:
    """Run the command line; mistakes of a person end with their remedy and an exit code, never with a traceback."""
    # Importing makes very many objects that stay: collecting in between only costs time.
    gc.set_threshold(50_000, 20, 20)
    # They go with the process: the interpreter need not search all of them for cycles on its way out.
    atexit.register(gc.freeze)
    # Plug-ins of pydantic are not used here, and looking for them reads the metadata of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        sys.exit(root.main(standalone_mode=False))
    except click.ClickException as error:
        from meetbot.cli import shell

        error.show()
        shell.answer_refusal([error.format_message()])
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped; nothing further was done.", err=True)
        sys.exit(130)
    except Exception as error:
        from meetbot.cli import shell

        sys.exit(shell.explain(error))
