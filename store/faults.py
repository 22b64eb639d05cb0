"""A database that cannot be used, told to whoever runs the bot in one line with its mend."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command line needs StoreError at once and these libraries late
    from sqlalchemy.engine import URL

#: What SQLite's codes mean for whoever runs the bot, by how the code's name begins.
_SAYINGS = (
    ("SQLITE_READONLY", "cannot be written to: give the bot's user the right to write to the file and its folder"),
    ("SQLITE_PERM", "cannot be written to: give the bot's user the right to write to the file and its folder"),
    ("SQLITE_FULL", "cannot grow, for the disk is full: make room"),
    ("SQLITE_IOERR", "cannot be read or written, for the disk fails or is full: check the disk"),
    ("SQLITE_NOTADB", "is no SQLite database: move it away, or set DATABASE_URL to another file"),
    ("SQLITE_CORRUPT", "is damaged: put a backup in its place with `python -m bot restore FILE`"),
    ("SQLITE_BUSY", "is held by another process: stop that one, or try again"),
    ("SQLITE_LOCKED", "is held by another process: stop that one, or try again"),
)


class StoreError(Exception):
    """A database, or a file of one, that cannot be used; the text is one line that names it and the mend."""


def plainly(url: URL, error: Exception) -> StoreError:
    """``error``, which came from opening or upgrading the database at ``url``, as one line."""
    what = url.database or "" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    return StoreError(f"database {what} {_saying(url, error)}")


def _saying(url: URL, error: Exception) -> str:
    from alembic.util import CommandError
    from sqlalchemy.exc import DBAPIError

    if isinstance(error, CommandError):
        return "was written by a newer version of the bot: install that version, or restore a backup of this one"
    orig = error.orig if isinstance(error, DBAPIError) else error
    if url.get_backend_name() != "sqlite":
        return f"does not answer ({type(orig).__name__}): check DATABASE_URL and that the server runs"
    code = getattr(orig, "sqlite_errorname", "")
    if code.startswith("SQLITE_CANTOPEN") and url.database:
        return cannot_open(Path(url.database))
    known = (saying for name, saying in _SAYINGS if code.startswith(name))
    return next(known, f"cannot be used ({code or type(orig).__name__}): restore a backup, or move it away")


def cannot_open(path: Path) -> str:
    """Why a file cannot be opened for writing, or made, as far as can be seen from outside."""
    return obstacle(path) or "cannot be opened: check the file, its folder and the disk"


def obstacle(path: Path) -> str | None:
    """What is seen from outside to keep a file from being opened for writing, or made; none where nothing is."""
    if path.is_dir():
        return "is a folder: name a file"
    if not path.parent.is_dir():
        return f"cannot be made, for there is no folder {path.parent}: make it"
    if not os.access(path if path.exists() else path.parent, os.R_OK | os.W_OK):
        return "cannot be opened: give the bot's user the right to read and write the file and its folder"
    return None
