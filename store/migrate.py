"""Bringing a database to the shape this version needs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from store.database import Database
from store.faults import StoreError, obstacle, plainly

MIGRATIONS = Path(__file__).parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


async def migrate(database: Database) -> None:
    """Apply every migration that the database lacks, in one transaction. Raises StoreError where that cannot be."""
    file = database.file
    # The driver's thread may outlive a failed opening, so what cannot succeed is not tried.
    if file is not None and (why := obstacle(file)):
        raise StoreError(f"database {file} {why}")
    try:
        async with database.write() as connection:
            await connection.run_sync(_upgrade)
    except (SQLAlchemyError, CommandError, OSError) as error:
        await database.close()
        raise plainly(database.address, error) from None


async def up_to_date(tx: AsyncConnection) -> bool:
    """Whether the database lacks no migration."""
    return await tx.run_sync(_revision) == revisions()[0]


@cache
def revisions() -> tuple[str, ...]:
    """The shapes of a database that this version knows, newest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())
