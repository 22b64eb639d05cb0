"""A database with something of everything in it, some of which no backup may hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import func, select

from store import inbox, outbox, questions, residents, schema, sessions, subscriptions, votes
from store.database import Database
from store.inbox import Arrival, State
from store.migrate import migrate
from store.outbox import Message
from store.questions import Asked
from store.residents import Resident
from store.sessions import Speaker, Stored

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
#: Stands in everything that no backup may hold, in letters that every encoding writes alike.
PRIVATE = "PRIVATE-0912345678"
WHO = Speaker("telegram", "4711", "4711")


def at(path: Path) -> Database:
    return Database(f"sqlite+aiosqlite:///{path}")


async def stocked(path: Path) -> Path:
    """A database with rows in every table."""
    database = at(path)
    await migrate(database)
    async with database.write() as tx:
        await sessions.save(tx, {WHO: Stored({"facts": PRIVATE}, NOW)})
        updates = [Arrival("telegram", f"{PRIVATE}-{n}", "1", PRIVATE, {"text": PRIVATE * 20}) for n in range(60)]
        await inbox.accept(tx, updates, NOW)
        await inbox.finish(tx, range(1, 20), State.ANSWERED)
        await inbox.set_aside(tx, 20, "KeyError answering.py:7")
        await outbox.add(tx, [Message("telegram", PRIVATE, {"text": PRIVATE * 20}, NOW)] * 40, NOW)
        await residents.save(tx, WHO, Resident("05509", "1", NOW))
        await subscriptions.add(tx, WHO, ["viec-lam", "bhyt"], "05509", NOW)
        await questions.add(tx, [Asked(date(2026, 11, 22), "web", f"vay vốn {n}", "answer", "vay") for n in range(50)])
        await votes.add(tx, date(2026, 11, 22), "vay-ho-ngheo", up=True)
    async with database.write() as tx:
        await outbox.remove(tx, range(1, 20))
    await database.close()
    return path


async def rows(path: Path) -> dict[str, int]:
    """How many rows each table has."""
    database = at(path)
    try:
        async with database.read() as tx:
            return {
                table.name: (await tx.execute(select(func.count()).select_from(table))).scalar_one()
                for table in schema.metadata.sorted_tables
            }
    finally:
        await database.close()
