"""Bringing a database to the shape this version needs."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from store.database import Database

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
    """Apply every migration that the database lacks, in one transaction."""
    async with database.write() as connection:
        await connection.run_sync(_upgrade)


async def up_to_date(tx: AsyncConnection) -> bool:
    """Whether the database lacks no migration."""
    return await tx.run_sync(_revision) == ScriptDirectory.from_config(_config()).get_current_head()
