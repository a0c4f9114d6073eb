"""Copies a whole store from one database to another, SQLite or PostgreSQL each. Knows no table by name: an older schema
is copied as it is.

Theory of operation. The source is read in one transaction that sees one moment, and is never written. The target gets
the same schema and, until it is whole, a version that no program opens. Each table arrives in a transaction of its own
and is read back before that ends; so a copy that was broken off goes on after the last table that had arrived.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from sqlalchemy import (
    JSON,
    Connection,
    Engine,
    MetaData,
    NullPool,
    Select,
    Table,
    Text,
    cast,
    column,
    create_engine,
    delete,
    exc,
    func,
    insert,
    inspect,
    make_url,
    select,
    table,
    update,
)

from meetbot.errors import UserError
from meetbot.store import migrations, postgres, snapshot

#: Told how far the work has come.
Progress = Callable[[str], None]

_BATCH = 1000
_VERSION = table("alembic_version", column("version_num"))


@dataclass(frozen=True)
class Content:
    """What is in a table."""

    rows: int
    digest: str  #: the same for the same rows, in whatever order and on whatever database


@dataclass(frozen=True)
class Copied:
    schema: str
    tables: Mapping[str, Content]

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.tables.values())


class Found(StrEnum):
    """What a target may hold; whatever else is refused."""

    EMPTY = "empty"
    BROKEN_OFF = "broken off"  #: a copy that the same command finishes
    WHOLE = "whole"  #: all of it, as it is in the source


@dataclass(frozen=True)
class Plan:
    """What a copy would do."""

    content: Copied
    target: str  #: its address, without the password
    found: Found


def _silent(said: str) -> None: ...


def copy(source: str, target: str, progress: Progress = _silent) -> Copied:
    """Copy the store at one SQLAlchemy address into the empty database at the other.

    A copy that was broken off is finished. UserError, and the target as it was, when the source is no store or the
    target holds something else.
    """
    with _reading(source) as here, _writing(target) as there:
        schema, tables = _needed_schema(here, source), _tables(here)
        _make_ready(there, schema, here, tables, shown=_shown(target))
        with there.connect() as seen:
            kept = {one.name: _content(here, one) for one in takewhile(lambda one: _same(here, seen, one), tables)}
        missing = tables[len(kept) :]
        with there.begin() as tx:
            for one in reversed(missing):
                tx.execute(delete(one))
        copied = dict(kept)
        for one in missing:
            copied[one.name] = _copy_table(here, there, one)
            progress(f"{one.name}: {copied[one.name].rows} rows")
        with there.begin() as tx:
            _set_counters(tx, tables)
            tx.execute(update(_VERSION).values(version_num=schema))
    return Copied(schema, copied)


def look(source: str) -> Copied:
    """What would be copied; writes nothing. UserError when the source is no store."""
    with _reading(source) as here:
        return Copied(_needed_schema(here, source), {one.name: _content(here, one) for one in _tables(here)})


def plan(source: str, target: str) -> Plan:
    """What would be copied, and where to; writes nothing. UserError for whatever `copy` would refuse at its start."""
    with _reading(source) as here:
        schema, tables = _needed_schema(here, source), _tables(here)
        content = Copied(schema, {one.name: _content(here, one) for one in tables})
        return Plan(content, _shown(target), _look_at(target, schema, here, tables))


def _look_at(target: str, schema: str, here: Connection, tables: Sequence[Table]) -> Found:
    with telling(target):
        file = snapshot.file_of(target)
    if file is not None and not file.exists():
        if not os.access(file.absolute().parent, os.W_OK):
            raise UserError(f"{file}: its folder is not there, or cannot be written to")
        return Found.EMPTY
    with _reading(target) as there:
        if file is None and not there.scalar(select(func.has_schema_privilege(func.current_schema(), "CREATE"))):
            raise UserError(f"{_shown(target)}: its user may not make tables there; let the user own the database")
        return _found(there, schema, here, tables, shown=_shown(target))


def compare(source: str, target: str) -> Mapping[str, tuple[Content, Content]]:
    """The tables of the source that differ in the target, with what is in each."""
    with _reading(source) as here, _reading(target) as there:
        found = {one.name: (_content(here, one), _content(there, one)) for one in _tables(here)}
    return {name: pair for name, pair in found.items() if pair[0] != pair[1]}


@contextmanager
def _reading(address: str) -> Iterator[Connection]:
    """One moment of that database, which is not written."""
    with telling(address):
        file = snapshot.file_of(address)
        if file is None:
            engine = create_engine(address, isolation_level="REPEATABLE READ", poolclass=NullPool)
        elif file.is_file():
            engine = create_engine("sqlite://", creator=lambda: snapshot.only_read(file), poolclass=NullPool)
        else:
            raise UserError(f"{file}: there is no store here")
        with engine.connect() as connection:
            if file is None:
                connection = connection.execution_options(postgresql_readonly=True)
            else:
                connection.exec_driver_sql("BEGIN")  # by itself sqlite3 lets each SELECT see a moment of its own
            yield connection


@contextmanager
def _writing(address: str) -> Iterator[Engine]:
    """That database, which nobody opens as a store in the meantime."""
    with telling(address):
        url = make_url(address)
        engine = create_engine(
            url.set(drivername="sqlite") if url.get_backend_name() == "sqlite" else url, poolclass=NullPool
        )
        with postgres.one_at_a_time(engine) if engine.dialect.name == "postgresql" else nullcontext():
            yield engine


@contextmanager
def telling(address: str) -> Iterator[None]:
    """Name what the database says without its statement, which may quote what is secret."""
    try:
        yield
    except exc.ArgumentError:
        raise UserError("that is no address of a database, such as sqlite:////var/lib/meetbot/meetbot.db") from None
    except ModuleNotFoundError as error:
        raise UserError(f"{_shown(address)}: {postgres.no_driver(error.name)}") from None
    except exc.DBAPIError as error:
        raise UserError(f"{_shown(address)}: {str(error.orig).strip().partition(chr(10))[0]}") from None


def _shown(address: str) -> str:
    return make_url(address).render_as_string(hide_password=True)


def _schema(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSION.name):
        return None
    found: str | None = connection.scalar(select(_VERSION.c.version_num))
    return found


def _needed_schema(here: Connection, source: str) -> str:
    found = _schema(here)
    if found is None or found == migrations.UNFINISHED:
        why = "a copy into it was broken off" if found else "there is no store here"
        raise UserError(f"{_shown(source)}: {why}")
    return found


def _tables(connection: Connection) -> Sequence[Table]:
    """Those of the store, each after those that it refers to."""
    found = MetaData()
    found.reflect(connection)
    return [one for one in found.sorted_tables if one.name != _VERSION.name]


def _make_ready(there: Engine, schema: str, here: Connection, tables: Sequence[Table], *, shown: str) -> None:
    """Give the target the source's schema and the version of what is unfinished."""
    with there.connect() as connection:
        if _found(connection, schema, here, tables, shown=shown) is Found.WHOLE:
            return
        is_new = _schema(connection) is None
    if is_new:
        migrations.upgrade(there, None, to=schema)
    with there.begin() as tx:
        tx.execute(update(_VERSION).values(version_num=migrations.UNFINISHED))


def _found(there: Connection, schema: str, here: Connection, tables: Sequence[Table], *, shown: str) -> Found:
    """UserError when a copy would meet with what is not the source's."""
    version = _schema(there)
    if version is None and (strangers := inspect(there).get_table_names()):
        raise UserError(f"{shown}: holds tables of another program ({strangers[0]}); give an empty database")
    if version not in (None, schema, migrations.UNFINISHED):
        raise UserError(f"{shown}: holds a store at version {version}; give an empty database")
    if version == migrations.UNFINISHED:
        return Found.BROKEN_OFF
    full = [one.name for one in tables if version and _content(there, one).rows]
    if not full:
        return Found.EMPTY
    if not all(_same(here, there, one) for one in tables):
        raise UserError(f"{shown}: holds another store ({full[0]} has rows); give an empty database")
    return Found.WHOLE


def _copy_table(here: Connection, there: Engine, one: Table) -> Content:
    digest = _Digest()
    bare = table(one.name, *(column(each.name) for each in one.columns))
    with there.begin() as tx:
        for rows in _rows(here, one):
            digest.add(rows)
            tx.execute(insert(bare), [dict(zip(one.columns.keys(), row, strict=True)) for row in rows])
        copied = digest.content()
        if _content(tx, one) != copied:
            raise UserError(f"{one.name}: did not arrive as it was; nothing of it was kept")
    return copied


def _same(here: Connection, there: Connection, one: Table) -> bool:
    return _content(there, one) == _content(here, one)


def _content(connection: Connection, one: Table) -> Content:
    digest = _Digest()
    for rows in _rows(connection, one):
        digest.add(rows)
    return digest.content()


def _rows(connection: Connection, one: Table) -> Iterator[Sequence[tuple[object, ...]]]:
    found = connection.execution_options(yield_per=_BATCH).execute(_as_kept(one))
    for rows in found.partitions():
        yield [tuple(row) for row in rows]


def _as_kept(one: Table) -> Select[tuple[object, ...]]:
    """The rows; JSON as the text that it is kept as, or NULL and JSON's own null would become one."""
    return select(*(cast(each, Text) if isinstance(each.type, JSON) else each for each in one.columns))


class _Digest:
    """A sum over rows, so that their order does not matter: databases have their own."""

    def __init__(self) -> None:
        self._rows, self._sum = 0, 0

    def add(self, rows: Sequence[tuple[object, ...]]) -> None:
        self._rows += len(rows)
        for row in rows:
            self._sum += int.from_bytes(hashlib.sha256(repr(row).encode()).digest(), "big")

    def content(self) -> Content:
        return Content(self._rows, f"{self._sum % 2**256:064x}")


def _set_counters(tx: Connection, tables: Sequence[Table]) -> None:
    """PostgreSQL's numbers for new rows go on after those that came."""
    if tx.dialect.name != "postgresql":
        return
    for one in tables:
        for each in one.primary_key.columns:
            counter = func.pg_get_serial_sequence(f'"{one.name}"', each.name)
            if tx.scalar(select(counter)) and (last := tx.scalar(select(func.max(each)))):
                tx.execute(select(func.setval(counter, last)))
