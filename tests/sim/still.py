"""An event loop in which nothing moves by itself: the same run goes the same way again.

SQLite is called directly instead of through aiosqlite's thread, what would go to a thread is done at once, and the
loop can tell when everybody in it waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Coroutine, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Self, TypeVar

import aiosqlite

_Result = TypeVar("_Result")


class Loop(asyncio.SelectorEventLoop):
    """Knows whether anybody could go on."""

    def __init__(self) -> None:
        super().__init__()
        self.set_default_executor(_AtOnce(max_workers=1))

    @property
    def at_rest(self) -> bool:
        return not self._ready  # type: ignore[attr-defined]

    async def come_to_rest(self) -> None:
        """Let everybody go on until each waits for somebody outside."""
        while True:
            await asyncio.sleep(0)
            if self.at_rest:
                return


class _AtOnce(ThreadPoolExecutor):
    """Does at once what is asked of it, in the thread of the caller."""

    def submit(self, do: Callable[..., _Result], /, *args: Any, **named: Any) -> Future[_Result]:
        done: Future[_Result] = Future()
        try:
            done.set_result(do(*args, **named))
        except Exception as error:
            done.set_exception(error)
        return done


def run(main: Callable[[Loop], Coroutine[Any, Any, _Result]]) -> _Result:
    """The result of the coroutine in a loop of its own."""
    loop = Loop()
    try:
        return loop.run_until_complete(main(loop))
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(loop.come_to_rest())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


@contextlib.contextmanager
def sqlite(now: Callable[[], datetime]) -> Iterator[None]:
    """Let SQLAlchemy's aiosqlite dialect find our connections meanwhile; `now` is the database's own clock."""
    real = aiosqlite.connect

    def connect(path: str, **options: Any) -> Any:
        return _Connection(path, now, options)

    aiosqlite.connect = connect  # type: ignore[assignment]
    try:
        yield
    finally:
        aiosqlite.connect = real


class _Connection:
    """sqlite3's connection with aiosqlite's names: what SQLAlchemy's dialect asks of one."""

    def __init__(self, path: str, now: Callable[[], datetime], options: dict[str, Any]) -> None:
        self._conn = sqlite3.connect(path, **{**options, "check_same_thread": False})
        self._conn.create_function("strftime", 2, lambda form, _: now().strftime(form.replace("%f", "%S.%f")[:-3]))
        self._connection: sqlite3.Connection | None = self._conn
        self._thread = SimpleNamespace(daemon=True)
        self._tx = self

    def __await__(self) -> Generator[None, None, Self]:
        return self
        yield

    def put_nowait(self, asked: tuple[asyncio.Future[Any], Callable[[], Any]]) -> None:
        future, function = asked
        future.set_result(function())

    def cursor(self) -> _Cursor:
        return _Cursor(self._conn.cursor())

    async def create_function(self, *args: Any, **named: Any) -> None:
        self._conn.create_function(*args, **named)

    async def commit(self) -> None:
        self._conn.commit()

    async def rollback(self) -> None:
        self._conn.rollback()

    async def close(self) -> None:
        self._connection = None
        self._conn.close()

    def stop(self) -> None:
        self._connection = None
        self._conn.close()


class _Cursor:
    def __init__(self, real: sqlite3.Cursor) -> None:
        self._real = real

    async def __aenter__(self) -> Self:
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def execute(self, statement: str, values: Sequence[Any] = ()) -> Self:
        self._real.execute(statement, values)
        return self

    async def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> Self:
        self._real.executemany(statement, rows)
        return self

    async def fetchall(self) -> list[Any]:
        return self._real.fetchall()

    async def close(self) -> None:
        self._real.close()
