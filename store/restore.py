"""Putting a backup in the place of a SQLite database, which is kept beside it."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from store.backup import check_backup
from store.database import Database
from store.faults import StoreError, cannot_open
from store.migrate import migrate

#: The bytes of a database file that SQLite locks, with a shared lock as long as anybody has the database open.
_SHARED_FIRST, _SHARED_SIZE = 0x40000002, 510
#: The files that SQLite keeps beside a database.
_BESIDE = ("-wal", "-shm", "-journal")


async def restore(backup: Path, database: Path, now: datetime) -> Path | None:
    """Put ``backup``, brought up to date, in the place of ``database``; returns under which name the old one is kept.

    ``database`` is a path without symbolic links.
    Raises StoreError, with nothing changed, where the backup cannot be used or a process has the database open.
    """
    check_backup(backup)
    staged = database.with_name(f"{database.name}.restoring")
    try:
        await _stage(backup, staged)
        with _unused(database):
            return _swap(staged, database, now)
    except OSError as error:
        raise StoreError(f"database {database} {cannot_open(database)} ({error.strerror})") from None
    finally:
        for leftover in (staged, *_beside(staged)):
            with suppress(OSError):
                leftover.unlink()


async def _stage(backup: Path, staged: Path) -> None:
    """A copy of the backup of this version's shape, beside the database."""
    for leftover in (staged, *_beside(staged)):
        leftover.unlink(missing_ok=True)
    os.close(os.open(staged, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    shutil.copyfile(backup, staged)
    copy = Database(f"sqlite+aiosqlite:///{staged}")
    await migrate(copy)
    await copy.close()
    with closing(sqlite3.connect(staged)) as connection:
        # The mark of a backup would tell that it holds no conversations; from now on it will.
        connection.execute("PRAGMA application_id=0")
        connection.execute("PRAGMA journal_mode=DELETE")


def _swap(staged: Path, database: Path, now: datetime) -> Path | None:
    """Keep what is there under a dated name, then put ``staged`` in its place."""
    kept = None
    if database.exists():
        kept = database.with_name(f"{database.name}.before-{now:%Y-%m-%dT%H%M%S}")
        if kept.exists():
            raise StoreError(f"file {kept} is there already: try again in a second")
        before = database.stat()
        os.link(database, kept)
        for beside in _beside(database):
            with suppress(FileNotFoundError):
                beside.rename(kept.with_name(kept.name + beside.name.removeprefix(database.name)))
        with suppress(PermissionError):
            os.chown(staged, before.st_uid, before.st_gid)
        staged.chmod(before.st_mode & 0o777)
    staged.replace(database)
    return kept


@contextmanager
def _unused(database: Path) -> Iterator[None]:
    """Keep everybody else out of ``database``. Raises StoreError where somebody is in it."""
    if not database.exists():
        yield
        return
    _finish_log(database)
    with database.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, _SHARED_SIZE, _SHARED_FIRST)
        except OSError:
            raise StoreError(f"database {database} is in use: stop the bot first") from None
        yield


def _finish_log(database: Path) -> None:
    """Have SQLite take up what a crash left in its log; a damaged database keeps its log beside it."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(database, timeout=0)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _beside(database: Path) -> list[Path]:
    return [database.with_name(database.name + suffix) for suffix in _BESIDE]
