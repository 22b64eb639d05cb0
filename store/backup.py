"""Backups of a SQLite database: a file without conversations and messages, and a database made from such a file.

The backup is written anew, table by table, from one snapshot of the database while the bot goes on. What is left out
was never in the file, so nothing of it can be found in its unused parts either.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from store.database import BUSY_TIMEOUT
from store.faults import StoreError, cannot_open
from store.migrate import revisions
from store.schema import inbox, outbox, sessions

#: Tables whose rows no backup holds: conversations, what came in, what is to be sent.
LEFT_OUT = frozenset(table.name for table in (sessions, inbox, outbox))
#: What marks a file as a backup of this bot: "CTay", in SQLite's header field for such marks.
MARK = int.from_bytes(b"CTay", "big")


def back_up(database: Path, target: Path) -> dict[str, int]:
    """Write a backup of ``database`` to the new file ``target``; returns how many rows of each table it holds.

    Raises StoreError where ``target`` is there already or one of them cannot be used.
    """
    if not database.is_file():
        raise StoreError(f"database {database} is not there: start the bot once, or set DATABASE_URL")
    if target.exists():
        raise StoreError(f"file {target} is there already: name another; nothing is overwritten")
    with _whole_or_not(target) as part, _told(database, target), closing(_opened(part)) as copy:
        copy.execute("PRAGMA journal_mode=MEMORY")
        copy.execute("PRAGMA synchronous=FULL")
        copy.execute(f"PRAGMA application_id={MARK}")
        copy.execute("ATTACH ? AS source", (f"{database.resolve().as_uri()}?mode=rw",))
        copy.execute("BEGIN")
        _known_revision(copy, "source", f"database {database}")
        held = _copied(copy)
        copy.execute("COMMIT")
        _undamaged(copy, f"database {database}")
    return held


def check_backup(file: Path) -> None:
    """Raises StoreError where ``file`` is no backup of this bot, is damaged, or comes from a newer version."""
    if not file.is_file():
        raise StoreError(f"file {file} is not there: name a backup")
    with _told(file), closing(_opened(file, "mode=ro&immutable=1")) as backup:
        if backup.execute("PRAGMA application_id").fetchone()[0] != MARK:
            raise StoreError(f"file {file} is no backup made by `python -m bot backup`: name one")
        _undamaged(backup, f"file {file}")
        _known_revision(backup, "main", f"file {file}")


def _copied(copy: sqlite3.Connection) -> dict[str, int]:
    """Make every table of ``source`` again, with its rows but those left out, then the indexes."""
    made = copy.execute(
        "SELECT type, name, sql FROM source.sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
        "ORDER BY type = 'index'"
    ).fetchall()
    held = {}
    for kind, name, sql in made:
        copy.execute(sql)
        if kind == "table" and name not in LEFT_OUT:
            held[name] = copy.execute(f'INSERT INTO main."{name}" SELECT * FROM source."{name}"').rowcount  # noqa: S608
    return held


def _opened(path: Path, options: str = "mode=rw") -> sqlite3.Connection:
    """A connection that begins no transaction by itself."""
    return sqlite3.connect(
        f"{path.resolve().as_uri()}?{options}", uri=True, isolation_level=None, timeout=BUSY_TIMEOUT / 1000
    )


@contextmanager
def _whole_or_not(target: Path) -> Iterator[Path]:
    """A new file that only its owner may read; it gets the name ``target`` once the block has ended well."""
    part = target.with_name(f"{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError:
        raise StoreError(f"file {target} {cannot_open(target)}") from None
    try:
        yield part
        os.link(part, target)
    except FileExistsError:
        raise StoreError(f"file {target} is there already: name another; nothing is overwritten") from None
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _told(read: Path, written: Path | None = None) -> Iterator[None]:
    """Tell in one line what SQLite finds wrong with a file that is read or one that is written."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorname", "") or type(error).__name__
        if written is not None and code.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
            raise StoreError(f"file {written} cannot be written, for the disk is full or fails: make room") from None
        raise StoreError(f"file {read} {_saying(code, read)}") from None


def _saying(code: str, path: Path) -> str:
    if code == "SQLITE_NOTADB":
        return "is no SQLite database: name another"
    if code.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_IOERR")):
        return cannot_open(path)
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "is held by another process: try again"
    return f"is damaged ({code}): take a backup that is sound"


def _known_revision(connection: sqlite3.Connection, schema: str, what: str) -> None:
    try:
        found = connection.execute(f"SELECT version_num FROM {schema}.alembic_version").fetchone()  # noqa: S608
    except sqlite3.OperationalError:
        found = None
    if found is None:
        raise StoreError(f"{what} is no database of this bot: name one")
    if found[0] not in revisions():
        raise StoreError(f"{what} comes from a newer version of the bot: install that version")


def _undamaged(connection: sqlite3.Connection, what: str) -> None:
    if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
        raise StoreError(f"{what} is damaged: take a backup that is sound")
