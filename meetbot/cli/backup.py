"""`meetbot backup` and `meetbot restore`: everything into one encrypted file, and out of it again."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from meetbot.cli import shell
from meetbot.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from meetbot.flows.backup import PutBack
    from meetbot.settings import Settings
    from meetbot.store.backup.archive import Key
    from meetbot.store.backup.contents import Manifest
    from meetbot.store.backup.home import Home

file = click.argument("file", type=click.Path(path_type=Path))
key_file = click.option(
    "--key-file", type=click.Path(path_type=Path), help="Keys of age (age-keygen -o FILE) instead of a passphrase."
)
#: Shorter ones can be tried through.
_SHORTEST = 12


@click.command()
@file
@key_file
@shell.as_json
def backup(file: Path, key_file: Path | None, json_: bool) -> None:
    """Write an encrypted backup of everything to FILE, also while `serve` runs, and try it out.

    The passphrase is asked for twice, or is MEETBOT_BACKUP_PASSPHRASE. FILE is never overwritten.

    \b
    Example:  meetbot backup /media/usb/meetbot-2021-11-10.age
    """
    from meetbot import clock
    from meetbot.flows import backup as flow

    # A timer that stops it must not leave half a store in clear.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    configuration = _settings()
    _refuse_place(file)
    key = _key(configuration, key_file, fresh=True)
    manifest = flow.make(file, key, _home(configuration), now=clock.RealClock().now(), progress=shell.say)
    if json_:
        shell.answer({"file": str(file), "bytes": file.stat().st_size, **manifest.document()})
    else:
        click.echo(f"{file}: {manifest.rows} rows, {_size(file.stat().st_size)}, tried out.")


def _refuse_place(file: Path) -> None:
    """Before anybody types a passphrase, and before the work."""
    if file.exists():
        raise UserError(f"{file}: is there already; choose another name")
    if not os.access(file.absolute().parent, os.W_OK):
        raise UserError(f"{file}: its folder is not there, or cannot be written to")


def _size(octets: int) -> str:
    return f"{octets / 1e6:.1f} MB" if octets >= 1e6 else f"{octets / 1e3:.0f} kB"


@click.command()
@file
@key_file
@shell.yes
@shell.dry_run
@shell.as_json
@shell.in_loop
async def restore(file: Path, key_file: Path | None, yes: bool, dry_run: bool, json_: bool) -> None:
    """Put a backup back, on an empty machine or in the place of the present store, which is kept aside.

    Nothing leaves afterwards until `meetbot resume`.

    \b
    Example:  meetbot restore /media/usb/meetbot-2021-11-10.age
    """
    from meetbot import clock
    from meetbot.flows import backup as flow
    from meetbot.store.backup.workplace import workplace

    configuration, now = _settings(), clock.RealClock().now()
    key, home = _key(configuration, key_file, fresh=False), _home(configuration)
    with workplace(home.data_dir) as folder:
        opened = flow.look_into(file, key, home, folder, now=now, progress=shell.say)
        if not json_:
            click.echo(_described(file, opened.manifest))
        going_on = not dry_run and shell.agreed("Put it back?", already=yes)
        done = await flow.put_back(opened, now=now, progress=shell.say) if going_on else flow.PutBack()
    if json_:
        shell.answer({"restored": going_on, **_document(done), **opened.manifest.document()})
    elif going_on:
        click.echo(shell.inert("\n".join(["Restored.", *_in_words(done), _NEXT])))


def _document(done: PutBack) -> dict[str, object]:
    return {
        "kept": [str(path) for path in done.kept],
        "erased_again": [one.document() for one in done.erased_again],
        "erased_unknown": done.erased_unknown,
    }


def _in_words(done: PutBack) -> Iterator[str]:
    yield from (f"What was there is now {path}" for path in done.kept)
    yield from (f"Erased again: {one}; see `meetbot person receipts`" for one in done.erased_again)
    if done.erased_unknown:
        yield (
            f"{done.erased_unknown}: if anybody was erased after this backup was made, they are back. Erase them again "
            "before you give `meetbot resume`."
        )


_NEXT = """\
Mail, Zoom and cues are on hold. Start the service: it goes on reading Zoom, and sends nothing.
  meetbot status    what it has
  meetbot resume    what went out since the backup and would go again; then lets it go on"""


def _described(file: Path, manifest: Manifest) -> str:
    people = manifest.tables["registrant"].rows
    return f"{file}: made on {manifest.made_at:%Y-%m-%d %H:%M} UTC by meetbot {manifest.version}; {people} registrants"


def _settings() -> Settings:
    from meetbot import log, settings

    log.configure(level="WARNING")
    return settings.read()


def _home(configuration: Settings) -> Home:
    from meetbot.store.backup.home import Home

    return Home(configuration.database, configuration.data_dir, configuration.data_key.get_secret_value())


def _key(configuration: Settings, key_file: Path | None, *, fresh: bool) -> Key:
    """The key file, or the passphrase from the settings, or from whoever sits there: twice where it is a new one."""
    from meetbot.store.backup import archive

    if key_file is not None:
        return archive.key_file(key_file)
    words = configuration.backup_passphrase.get_secret_value()
    if not words:
        if not sys.stdin.isatty():
            raise click.UsageError("There is no terminal to ask on; set MEETBOT_BACKUP_PASSPHRASE or add --key-file.")
        words = click.prompt("Passphrase", hide_input=True, confirmation_prompt=fresh, err=True)
    if fresh and len(words) < _SHORTEST:
        raise UserError(f"The passphrase must have at least {_SHORTEST} characters; several words are easy to keep.")
    return archive.Passphrase(words)
