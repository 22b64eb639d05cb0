"""Bringing databases of other versions up to date, and telling those that cannot be used."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from bot.app import App
from handlers.actions import Go
from handlers.context import Context
from handlers.types import Incoming, IncomingKind
from store import sessions
from store.database import Database
from store.migrate import migrate, revisions, up_to_date
from store.schema import metadata
from store.sessions import Speaker, Stored
from tests.operations.program import PATIENCE, command, environment

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
SPEAKERS = [Speaker("web", f"visitor-{number}", f"visitor-{number}") for number in range(50)]
#: A database as the first version made it.
FIRST = """
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
INSERT INTO alembic_version VALUES ('0001');
CREATE TABLE sessions (channel VARCHAR(16) NOT NULL, chat VARCHAR(64) NOT NULL, person VARCHAR(64) NOT NULL,
    content JSON NOT NULL, expires DATETIME NOT NULL, PRIMARY KEY (channel, chat, person));
CREATE INDEX ix_sessions_expires ON sessions (expires);
"""


def at(path: Path) -> Database:
    return Database(f"sqlite+aiosqlite:///{path}")


@pytest.fixture
async def first(tmp_path: Path) -> Path:
    """A database of the first version with conversations in it."""
    path = tmp_path / "bot.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FIRST)
    database = at(path)
    async with database.write() as tx:
        stored = {speaker: Stored({"asked": speaker.chat}, NOW + timedelta(days=1)) for speaker in SPEAKERS}
        await sessions.save(tx, stored)
    await database.close()
    return path


async def test_nothing_of_the_first_version_is_lost(first: Path) -> None:
    database = at(first)
    await migrate(database)
    async with database.read() as tx:
        assert await up_to_date(tx)
        assert await sessions.load(tx, SPEAKERS, NOW) == {speaker: {"asked": speaker.chat} for speaker in SPEAKERS}
    await database.close()


async def test_the_bot_goes_on_with_a_database_of_the_first_version(first: Path, context: Context) -> None:
    bot = App(context, at(first))
    await bot.start()
    replies = await bot.converse(Incoming("web", "a", "a", IncomingKind.TEXT, NOW, "", Go("start")))
    await bot.close()
    assert replies


async def test_migrations_make_what_the_program_expects(tmp_path: Path) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    database = at(tmp_path / "bot.db")
    await migrate(database)
    async with database.read() as tx:
        assert await tx.run_sync(differences) == []
    await database.close()


def test_two_processes_may_start_at_once(first: Path) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "bot", "migrate"], env=environment(first.parent), stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    assert [(bot.communicate(timeout=PATIENCE)[1], bot.returncode) for bot in started] == [("", 0)] * 2
    with closing(sqlite3.connect(first)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(revisions()[0],)]
        assert connection.execute("SELECT count(*) FROM sessions").fetchone() == (len(SPEAKERS),)


async def test_a_migration_that_fails_changes_nothing(first: Path) -> None:
    with closing(sqlite3.connect(first)) as connection:
        connection.execute("CREATE TABLE votes (in_the_way)")
    before = schema_of(first)
    database = at(first)
    with pytest.raises(Exception, match=str(first)):
        await migrate(database)
    await database.close()
    assert schema_of(first) == before


def schema_of(path: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


class TestTold:
    """What cannot be used is told in one line that names it, with exit code 2."""

    def run(self, folder: Path, saying: str, name: str = "migrate", **settings: str) -> None:
        ended = command(folder, name, **settings)
        assert ended.returncode == 2, ended.stderr
        assert ended.stdout == ""
        assert ended.stderr.startswith("error: ")
        assert saying in ended.stderr
        assert ended.stderr.count("\n") == 1

    @pytest.mark.parametrize("name", ["migrate", "run"])
    def test_a_newer_version(self, first: Path, name: str) -> None:
        with closing(sqlite3.connect(first)) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        saying = f"database {first} was written by a newer version of the bot: install that version"
        self.run(first.parent, saying, name)

    def test_a_folder(self, tmp_path: Path) -> None:
        self.run(tmp_path, f"{tmp_path} is a folder", DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path}")

    def test_a_folder_that_is_missing(self, tmp_path: Path) -> None:
        missing = f"sqlite+aiosqlite:///{tmp_path}/nowhere/bot.db"
        self.run(tmp_path, f"there is no folder {tmp_path}/nowhere: make it", DATABASE_URL=missing)

    def test_another_kind_of_file(self, first: Path) -> None:
        first.write_text("nothing of SQLite's" * 100)
        self.run(first.parent, f"database {first} is no SQLite database")

    def test_no_address(self, tmp_path: Path) -> None:
        self.run(tmp_path, "setting DATABASE_URL", DATABASE_URL="sqlite+aiosqlite://bot.db")

    @pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
    def test_a_folder_that_may_not_be_written_to(self, first: Path) -> None:
        first.chmod(0o400)
        first.parent.chmod(0o500)
        self.run(Path.cwd(), "right to", DATABASE_URL=f"sqlite+aiosqlite:///{first}")

    async def test_a_disk_that_is_full(self, first: Path) -> None:
        """A limit on the size of files stands in for the disk."""
        size = first.stat().st_size

        def limited() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

        full = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "migrate", env=environment(first.parent), preexec_fn=limited,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, said = await full.communicate()
        assert full.returncode == 2
        assert b"full" in said
        assert said.count(b"\n") == 1
        with closing(sqlite3.connect(first)) as connection:
            assert connection.execute("SELECT count(*) FROM sessions").fetchone() == (len(SPEAKERS),)
