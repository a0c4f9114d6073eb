"""A PostgreSQL server of the tests' own, on a Unix socket: nothing to set up, nothing left behind."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, make_url

from meetbot.store import migrations

MISSING = "PostgreSQL is not installed here (initdb and postgres are looked for in PATH and /usr/lib/postgresql)"
_USER = "meetbot"
_OTHER_USER = "nobody"
_numbers = count(1)
_shared = ExitStack()

#: Tests lose nothing that matters in a power cut. What was committed before a kill of the server is still there.
_SWIFT = ["fsync=off", "full_page_writes=off", "shared_buffers=64MB", "max_connections=300", "jit=off"]


@dataclass
class Server:
    """A running server whose folder belongs to it alone."""

    folder: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def address(self, name: str, *, like: str = "template1") -> str:
        """SQLAlchemy's address of that database, made where it is not there yet."""
        if not self.say(f"SELECT FROM pg_database WHERE datname = '{name}'"):
            self.say(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
        return f"postgresql+psycopg://{_USER}@/{name}?host={self.folder}"

    def say(self, statement: str, name: str = "postgres") -> list[tuple[object, ...]]:
        """Run one statement in a database; the rows it answers with."""
        with psycopg.connect(host=str(self.folder), user=_USER, dbname=name, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def start(self) -> None:
        options = [argument for option in (*_SWIFT, "listen_addresses=") for argument in ("-c", option)]
        self._process = _begun(self.folder, "postgres", "-D", "data", "-k", str(self.folder), *options)
        deadline = time.monotonic() + 30
        while not self._answers():
            assert self._process.poll() is None and time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT breaks off what is connected, SIGTERM waits for it, SIGQUIT is a crash of the server."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None

    def restart(self, how: signal.Signals = signal.SIGINT) -> None:
        self.stop(how)
        self.start()

    @contextmanager
    def standby(self) -> Iterator[Server]:
        """Another server that has all that this one has committed, before it says so."""
        with _folder() as folder:
            made = Server(folder)
            source = ("-h", str(self.folder), "-U", _USER, "--write-recovery-conf", "--checkpoint=fast", "--no-sync")
            copied = _begun(folder, "pg_basebackup", "-D", "data", *source).wait()
            assert copied == 0, (folder / "log").read_text()
            made.start()
            self.say("ALTER SYSTEM SET synchronous_standby_names = '*'")
            self.say("SELECT pg_reload_conf()")
            try:
                yield made
            finally:
                made.stop()

    def promote(self) -> None:
        """A standby becomes the one that is written to."""
        self.say("SELECT pg_promote()")

    def _answers(self) -> bool:
        try:
            self.say("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def server() -> Iterator[Server]:
    """A server in a new folder, gone at the end. Skips the test where PostgreSQL is not installed."""
    if _program("postgres") is None or _program("initdb") is None:
        pytest.skip(MISSING)
    with _folder() as folder:
        made = Server(folder)
        options = ("-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        assert _begun(folder, "initdb", "-D", "data", *options).wait() == 0, (folder / "log").read_text()
        try:
            made.start()
            yield made
        finally:
            made.stop()


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="meetbot-pg-"))  # short: the socket's path has 107 characters at most
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, _OTHER_USER)
        yield folder
    finally:
        shutil.rmtree(folder)


def fresh_database() -> str:
    """The address of an empty, migrated database that nobody else has, on a server that all tests here share."""
    return shared().address(f"fresh{next(_numbers)}", like="migrated")


def drop(address: str) -> None:
    """The database goes, and whoever is connected to it is cut off."""
    shared().say(f'DROP DATABASE IF EXISTS "{make_url(address).database}" WITH (FORCE)')


@cache
def shared() -> Server:
    """The one server of this process, started when it is first needed and stopped by `stop`."""
    made = _shared.enter_context(server())
    bare = create_engine(made.address("migrated"))
    migrations.upgrade(bare, None)
    bare.dispose()
    return made


def stop() -> None:
    """End the shared server, if there is one."""
    _shared.close()


atexit.register(stop)


@cache
def _program(name: str) -> str | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    wheels = Path(sysconfig.get_path("purelib")).glob("*/bin")
    places = [os.environ.get("PATH", ""), *map(str, folders), *map(str, wheels)]
    return shutil.which(name, path=os.pathsep.join(places))


def _begun(folder: Path, name: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A program of PostgreSQL in its folder; as somebody else when we are root, since it refuses to run as root."""
    program, root = _program(name), os.geteuid() == 0
    assert program is not None
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [program, *arguments],
            cwd=folder,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl+C is for the tests
            user=_OTHER_USER if root else None,
            group=pwd.getpwnam(_OTHER_USER).pw_gid if root else None,
            extra_groups=() if root else None,
        )
