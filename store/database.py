"""The connection to the database: SQLite in a file by default, PostgreSQL where an address says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from store.faults import StoreError

#: How long a writer waits for another process before it gives up, in milliseconds.
BUSY_TIMEOUT = 10_000
#: How long emptying the log waits for readers, in milliseconds; writers wait meanwhile.
SHORT_TIMEOUT = 100


class Database:
    """Hands out transactions. ``write`` takes SQLite's write lock at once, so that two writers queue up instead of
    one failing half way; ``read`` takes none."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self.address: URL = self.engine.url
        # SQLite lets one writer in at a time and makes the others try again; in line they wait no longer than needed,
        # and share one connection, for taking one from the pool and giving it back costs as much as a statement.
        self._line = asyncio.Lock() if self.single else None
        self._writer: AsyncConnection | None = None

    @property
    def single(self) -> bool:
        """Whether only one process works on this database."""
        return make_url(self.url).get_backend_name() == "sqlite"

    @property
    def file(self) -> Path | None:
        """The file it is kept in; none on a server or in memory."""
        return file_of(self.url)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write; committed at the end, rolled back on any exception."""
        if self._line is None:
            async with self.engine.begin() as connection:
                yield connection
            return
        async with self._line:
            connection = self._writer or await self._connected()
            self._writer = None  # Kept only if the transaction comes to a good end.
            try:
                async with connection.begin():
                    yield connection
            except BaseException:
                await asyncio.shield(connection.close())
                raise
            self._writer = connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads."""
        async with self.engine.connect() as connection, connection.begin():
            yield connection

    async def empty_log(self) -> None:
        """Move what SQLite's log holds into the database and empty the log, so that nothing erased stays in it.

        Put off to the next time where somebody reads just then.
        """
        if self._line is None:
            return
        async with self._line, self.engine.connect() as connection:
            autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await autocommit.exec_driver_sql(f"PRAGMA busy_timeout={SHORT_TIMEOUT}")
            try:
                await autocommit.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                await autocommit.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")

    async def _connected(self) -> AsyncConnection:
        connection = await self.engine.connect()
        return await connection.execution_options(writer=True)

    async def close(self) -> None:
        """Give back every connection."""
        if self._writer is not None:
            await self._writer.close()
            self._writer = None
        await self.engine.dispose()


def file_of(url: str) -> Path | None:
    """The file that a database's address names; none on a server or in memory."""
    address = make_url(url)
    name = address.database if address.get_backend_name() == "sqlite" else None
    return Path(name) if name and name != ":memory:" else None


def upsert(tx: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT into ``table`` that can say what to do where the row is there already."""
    return postgresql.insert(table) if tx.dialect.name == "postgresql" else sqlite.insert(table)


def _engine(url: str) -> AsyncEngine:
    # Parameters hold what people wrote: no error may print them.
    try:
        engine = create_async_engine(url, hide_parameters=True)
    except ArgumentError:
        raise StoreError("setting DATABASE_URL: not an address such as sqlite+aiosqlite:///chungtay.db") from None
    except ModuleNotFoundError as missing:
        raise StoreError(f"setting DATABASE_URL: needs the package {missing.name}; install it") from None
    if make_url(url).get_backend_name() == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver would otherwise open transactions by itself, too late and without the write lock.
    connection.isolation_level = None
    try:
        _set_pragmas(connection)
    except Exception:
        connection.close()
        raise


def _set_pragmas(connection: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"busy_timeout={BUSY_TIMEOUT}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writer = connection.get_execution_options().get("writer", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")
