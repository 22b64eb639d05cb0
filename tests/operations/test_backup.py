"""Backing up while the bot runs, and putting a backup back."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store import schema
from store.backup import LEFT_OUT, back_up
from store.faults import StoreError
from store.restore import restore
from tests.operations.program import ROOT, command, running
from tests.operations.stock import PRIVATE, rows, stocked

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEPT = {"questions": 50, "residents": 1, "subscriptions": 2, "votes": 1}
#: Adds to two tables at once, for ever.
WRITER = """
import sqlite3, sys
bot = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
while True:
    bot.execute("BEGIN IMMEDIATE")
    bot.execute("INSERT INTO questions (day, channel, text, decision) VALUES ('2026-11-22', 'web', 'a', 'answer')")
    bot.execute("INSERT INTO votes (day, entry, up) VALUES ('2026-11-22', 'a', 1)")
    bot.execute("COMMIT")
    print(flush=True)
"""


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    return await stocked(tmp_path / "bot.db")


@contextmanager
def writing(database: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that writes all the time."""
    with subprocess.Popen([sys.executable, "-c", WRITER, database], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        try:
            yield writer
        finally:
            writer.kill()


def test_every_table_is_kept_or_left_out_on_purpose() -> None:
    """Whoever adds a table decides: does a backup hold its rows, or is it named in LEFT_OUT?"""
    assert set(schema.metadata.tables) == {*LEFT_OUT, *KEPT}


async def test_a_backup_holds_what_lasts_and_nothing_of_conversations(database: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    assert PRIVATE.encode() in database.read_bytes()
    held = back_up(database, target)
    assert {table: count for table, count in held.items() if table != "alembic_version"} == KEPT
    assert PRIVATE.encode() not in target.read_bytes()
    assert await rows(target) == {**KEPT, **dict.fromkeys(LEFT_OUT, 0)}
    assert target.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "bot.db"]


def test_a_backup_is_of_one_moment_although_the_bot_writes(database: Path, tmp_path: Path) -> None:
    counts = []
    with writing(database) as writer:
        for number in range(5):
            held = back_up(database, tmp_path / f"backup-{number}")
            assert held["questions"] - KEPT["questions"] == held["votes"] - KEPT["votes"]
            counts.append(held["votes"])
            assert writer.stdout is not None
            writer.stdout.readline()
    assert counts == sorted(counts)
    assert counts[0] > KEPT["votes"]
    for number in range(5):
        with closing(sqlite3.connect(tmp_path / f"backup-{number}")) as backup:
            assert backup.execute("PRAGMA integrity_check").fetchone() == ("ok",)


class TestBackupRefuses:
    def test_to_overwrite(self, database: Path, tmp_path: Path) -> None:
        target = tmp_path / "backup"
        target.write_text("dear to somebody")
        with pytest.raises(StoreError, match="is there already"):
            back_up(database, target)
        assert target.read_text() == "dear to somebody"

    @pytest.mark.parametrize(
        ("spoil", "saying"),
        [
            (lambda database: database.unlink(), "is not there"),
            (lambda database: database.write_text("junk" * 500), "is no SQLite database"),
            (lambda database: execute(database, "DROP TABLE alembic_version"), "is no database of this bot"),
            (lambda database: execute(database, "UPDATE alembic_version SET version_num='9'"), "newer version"),
            (lambda database: overwrite(database, 9000), "damaged"),
        ],
    )
    def test_a_database_that_is_none(
        self, database: Path, tmp_path: Path, spoil: Callable[[Path], object], saying: str
    ) -> None:
        spoil(database)
        with pytest.raises(StoreError, match=saying) as refusal:
            back_up(database, tmp_path / "backup")
        assert str(database) in str(refusal.value)
        assert not list(tmp_path.glob("backup*"))

    def test_a_place_that_is_none(self, database: Path, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="there is no folder"):
            back_up(database, tmp_path / "nowhere" / "backup")

    def test_a_server(self, tmp_path: Path) -> None:
        ended = command(tmp_path, "backup", "x", DATABASE_URL="postgresql+asyncpg://bot:secret@localhost/bot")
        assert ended.returncode == 2
        assert "pg_dump" in ended.stderr
        assert "inbox, outbox, sessions" in ended.stderr
        assert "secret" not in ended.stderr
        assert ended.stderr.count("\n") == 1


class TestRestore:
    async def test_what_lasts_is_back_and_what_was_there_is_kept(self, database: Path, tmp_path: Path) -> None:
        backup = tmp_path / "backup"
        back_up(database, backup)
        execute(database, "DELETE FROM residents")
        database.chmod(0o640)
        kept = await restore(backup, database, NOW)
        assert kept == tmp_path / "bot.db.before-2026-11-22T120000"
        assert await rows(database) == {**KEPT, **dict.fromkeys(LEFT_OUT, 0)}
        assert (await rows(kept))["residents"] == 0
        assert (await rows(kept))["outbox"] == 21
        assert database.stat().st_mode & 0o777 == 0o640
        assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "bot.db", kept.name]

    async def test_where_nothing_was(self, database: Path, tmp_path: Path) -> None:
        back_up(database, tmp_path / "backup")
        (tmp_path / "new").mkdir()
        assert await restore(tmp_path / "backup", tmp_path / "new" / "bot.db", NOW) is None
        assert (await rows(tmp_path / "new" / "bot.db"))["questions"] == 50

    async def test_a_backup_of_the_first_version_is_brought_up_to_date(self, database: Path, tmp_path: Path) -> None:
        old = tmp_path / "old.db"
        execute(old, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        execute(old, "INSERT INTO alembic_version VALUES ('0001')")
        execute(
            old,
            "CREATE TABLE sessions (channel VARCHAR(16) NOT NULL, chat VARCHAR(64) NOT NULL, "
            "person VARCHAR(64) NOT NULL, content JSON NOT NULL, expires DATETIME NOT NULL, "
            "PRIMARY KEY (channel, chat, person))",
        )
        execute(old, "CREATE INDEX ix_sessions_expires ON sessions (expires)")
        back_up(old, tmp_path / "backup")
        await restore(tmp_path / "backup", database, NOW)
        assert set((await rows(database)).values()) == {0}

    async def test_what_a_crash_left_in_the_log_is_kept(self, database: Path, tmp_path: Path) -> None:
        back_up(database, tmp_path / "backup")
        with writing(database) as writer:
            assert writer.stdout is not None
            for _ in range(20):
                writer.stdout.readline()
        assert database.with_name("bot.db-wal").exists()
        kept = await restore(tmp_path / "backup", database, NOW)
        assert kept is not None
        assert (await rows(kept))["votes"] >= KEPT["votes"] + 20
        assert (await rows(database))["votes"] == KEPT["votes"]

    async def test_a_damaged_database_is_replaced_and_kept(self, database: Path, tmp_path: Path) -> None:
        back_up(database, tmp_path / "backup")
        overwrite(database, 0)
        damaged = database.read_bytes()
        kept = await restore(tmp_path / "backup", database, NOW)
        assert kept is not None
        assert kept.read_bytes() == damaged
        assert (await rows(database))["votes"] == KEPT["votes"]

    @pytest.mark.parametrize(
        ("spoil", "saying"),
        [
            (lambda backup: backup.unlink(), "is not there"),
            (lambda backup: backup.write_text("junk" * 500), "is no SQLite database"),
            (lambda backup: backup.write_bytes(b""), "is no backup"),
            (lambda backup: backup.write_bytes(backup.read_bytes()[:9000]), "damaged"),
            (lambda backup: overwrite(backup, 9000), "damaged"),
            (lambda backup: execute(backup, "PRAGMA application_id=0"), "is no backup"),
            (lambda backup: execute(backup, "UPDATE alembic_version SET version_num='9'"), "newer version"),
        ],
    )
    async def test_a_file_that_is_no_backup_changes_nothing(
        self, database: Path, tmp_path: Path, spoil: Callable[[Path], object], saying: str
    ) -> None:
        backup = tmp_path / "backup"
        back_up(database, backup)
        spoil(backup)
        before = database.read_bytes()
        with pytest.raises(StoreError, match=saying) as refusal:
            await restore(backup, database, NOW)
        assert str(backup) in str(refusal.value)
        assert "\n" not in str(refusal.value)
        assert database.read_bytes() == before
        assert not list(tmp_path.glob("*.before-*")) + list(tmp_path.glob("*.restoring*"))


async def test_both_beside_a_bot_that_runs(tmp_path: Path) -> None:
    async with running(tmp_path) as bot:
        written = command(tmp_path, "backup", "first")
        assert (written.returncode, written.stderr) == (0, "")
        refused = command(tmp_path, "restore", "first")
        assert refused.returncode == 2
        assert refused.stderr == f"error: database {tmp_path / 'bot.db'} is in use: stop the bot first\n"
        assert await bot.stop() == 0
    again = command(tmp_path, "backup", "first")
    assert again.returncode == 2
    assert again.stderr == "error: file first is there already: name another; nothing is overwritten\n"
    put_back = command(tmp_path, "restore", "first")
    assert (put_back.returncode, put_back.stderr) == (0, "")
    async with running(tmp_path) as bot:
        assert await bot.stop() == 0


def execute(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def overwrite(path: Path, position: int) -> None:
    """Damage a file in the middle of its pages."""
    assert ROOT not in path.parents
    with path.open("r+b") as file:
        file.seek(position)
        file.write(b"\xff" * 40_000)
