"""Commands for whoever looks after a bot: backups, and updates that could not be handled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from bot.settings import SettingsError, read_settings
from store.faults import StoreError

if TYPE_CHECKING:  # the command line starts without these
    from store.database import Database
    from store.inbox import Dead

T = TypeVar("T")
BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The file of the backup.")]


def backup(file: BackupFile) -> None:
    """Write a backup to a new file while the bot runs: no conversations, no messages."""
    from store.backup import back_up

    held = back_up(_database_file("pg_dump"), file)
    rows = ", ".join(f"{count} {table}" for table, count in sorted(held.items()) if table != "alembic_version")
    typer.echo(f"{file}: {rows}")


def restore(file: BackupFile) -> None:
    """Put a backup in the place of the database, which is kept beside it; the bot must be stopped."""
    from handlers.context import VIETNAM
    from store.restore import restore as put_back

    database = _database_file("pg_restore")
    kept = asyncio.run(put_back(file, database, datetime.now(VIETNAM)))
    typer.echo(f"{database} is now what {file} holds" + (f"; what was there is kept as {kept}" if kept else ""))


def dead(
    retry: Annotated[bool, typer.Option("--retry", help="Take all of them up again.")] = False,
) -> None:
    """List updates that could not be handled, without what they say."""
    from handlers.context import VIETNAM
    from store import inbox

    async def found(database: Database) -> tuple[list[Dead], int]:
        async with database.write() as tx:
            listed = await inbox.dead(tx)
            return listed, await inbox.revive(tx, datetime.now(UTC)) if retry else 0

    listed, revived = asyncio.run(_with_database(found))
    for row in listed:
        came = row.received_at.astimezone(VIETNAM)
        typer.echo(f"{row.id}  {row.channel}  {came:%Y-%m-%d %H:%M:%S}  {row.error or ''}".rstrip())
    taken_up = f"; {revived} taken up again" if retry else ""
    typer.echo(f"{len(listed)} set aside{taken_up}")


async def _with_database(work: Callable[[Database], Awaitable[T]]) -> T:
    """What ``work`` finds in the database. Raises StoreError where there is none of this version's shape."""
    from store.database import Database

    database = Database(read_settings().database_url)
    file = database.file
    if file is not None and not file.is_file():
        raise StoreError(f"database {file} is not there: start the bot once, or set DATABASE_URL")
    try:
        await _require_shape(database)
        return await work(database)
    finally:
        await database.close()


async def _require_shape(database: Database) -> None:
    from sqlalchemy.exc import SQLAlchemyError

    from store.faults import plainly
    from store.migrate import up_to_date

    try:
        async with database.read() as tx:
            ready = await up_to_date(tx)
    except (SQLAlchemyError, OSError) as error:
        raise plainly(database.address, error) from None
    if not ready:
        raise StoreError(
            f"database {database.address.database} has another version's shape: run `python -m bot migrate`"
        )


def _database_file(instead: str) -> Path:
    """The file the settings name. Raises SettingsError where the database is kept elsewhere."""
    from store.backup import LEFT_OUT
    from store.database import file_of

    file = file_of(read_settings().database_url)
    if file is None:
        tables = ", ".join(sorted(LEFT_OUT))
        raise SettingsError(
            f"setting DATABASE_URL: names no SQLite file; for PostgreSQL use {instead} and leave out the rows of the "
            f"tables {tables} (docs/backup.md)"
        )
    return file.resolve()
