"""`meetbot migrate-store`: a running programme moves to another database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from meetbot.cli import shell
from meetbot.errors import UserError

if TYPE_CHECKING:
    from meetbot.store.copying import Copied, Plan


@click.command("migrate-store")
@click.option("--from", "source", required=True, help="Address of the store as it is, which stays as it is.")
@click.option("--to", "target", required=True, help="Address of an empty database.")
@shell.dry_run
@shell.as_json
def migrate_store(source: str, target: str, dry_run: bool, json_: bool) -> None:
    """Copy the whole store to another database: SQLite to PostgreSQL, or back.

    Stop `meetbot serve` first, on every machine. What was broken off is finished by the same command.

    \b
    Example:  meetbot migrate-store --from sqlite:////var/lib/meetbot/meetbot.db --to postgresql+psycopg:///meetbot
    """
    from meetbot import log, settings
    from meetbot.store import copying

    log.configure(level="WARNING")
    configuration = settings.read()
    _refuse_while_used(source, configuration.data_dir)
    if dry_run:
        _show(copying.plan(source, target), json_=json_)
        return
    copied = copying.copy(source, target, shell.say)
    _refuse_while_used(source, configuration.data_dir)  # it may have been started in the meantime
    if json_:
        shell.answer({"copied": True, **_document(copied)})
    else:
        key = "what MEETBOT_DATA_KEY says" if configuration.data_key.get_secret_value() else "the file data.key"
        click.echo(_NEXT.format(rows=copied.rows, tables=len(copied.tables), key=key))


_NEXT = """\
{rows} rows in {tables} tables were copied and compared: all of them arrived as they were.
Before you start `meetbot serve` again:
  1. Set MEETBOT_DATABASE_URL to the new address, on every machine.
  2. Give every machine the same key: {key}. Without it no join link can be read.
  3. Keep the old store until the new one has done its work for some days; never start both."""


_WOULD = {
    "empty": "{target} can be reached and is empty: {content} would be copied.",
    "broken off": "{target} holds a copy that was broken off: it would be finished, so that it holds {content}.",
    "whole": "{target} holds all of it already ({content}): nothing would be copied.",
}


def _show(plan: Plan, *, json_: bool) -> None:
    if json_:
        shell.answer({"copied": False, "target": str(plan.found), **_document(plan.content)})
        return
    content = f"{plan.content.rows} rows in {len(plan.content.tables)} tables of version {plan.content.schema}"
    click.echo(f"{_WOULD[plan.found].format(target=plan.target, content=content)}\nNothing was written.")


def _document(copied: Copied) -> dict[str, Any]:
    tables = {name: {"rows": one.rows, "digest": one.digest} for name, one in copied.tables.items()}
    return {"schema": copied.schema, "rows": copied.rows, "tables": tables}


def _refuse_while_used(address: str, data_dir: Path) -> None:
    from meetbot import clock
    from meetbot.store.backup.home import Home

    node = Home(address, data_dir, "").living(now=clock.RealClock().now())
    if node:
        raise UserError(f"`meetbot serve` works on the old store (node {node}). Stop it, and give the command again")
