"""Forgetting what its time is over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.housekeeping import forget, keep_house
from handlers.actions import Go
from handlers.types import Incoming, IncomingKind
from store import inbox, outbox, questions, schema
from store.database import Database
from store.inbox import Arrival, State
from store.migrate import migrate
from store.outbox import Message
from store.questions import Asked

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
SAID = "con trai cụ Lò Thị Sáu"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    made = Database(f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}")
    await migrate(made)
    yield made
    await made.close()


async def count(tx: AsyncConnection, table: str) -> int:
    return int((await tx.execute(select(func.count()).select_from(schema.metadata.tables[table]))).scalar_one())


async def left(database: Database, table: str) -> int:
    async with database.read() as tx:
        return await count(tx, table)


async def test_a_conversation_is_forgotten_after_24_hours_without_a_word(app) -> None:  # type: ignore[no-untyped-def]
    def hello() -> Incoming:
        return Incoming("web", "a", "a", IncomingKind.TEXT, datetime.now(UTC), "xin chào", Go("start"))

    with time_machine.travel(NOON, tick=False) as clock:
        await app.converse(hello())
        clock.shift(timedelta(hours=23))
        await app.converse(hello())
        clock.shift(timedelta(hours=23, minutes=59))
        await forget(app.database, datetime.now(UTC))
        assert await left(app.database, "sessions") == 1
        clock.shift(timedelta(minutes=1))
        await forget(app.database, datetime.now(UTC))
        assert await left(app.database, "sessions") == 0


@pytest.mark.parametrize("state", State)
async def test_an_update_is_forgotten_after_7_days_whatever_became_of_it(database: Database, state: State) -> None:
    async with database.write() as tx:
        await inbox.accept(tx, [Arrival("telegram", "1", "1", "1", {"text": SAID})], NOON)
        if state is State.DEAD:
            await inbox.set_aside(tx, 1, "KeyError")
        elif state is not State.WAITING:
            await inbox.finish(tx, [1], state)
    await forget(database, NOON + timedelta(days=7))
    assert await left(database, "inbox") == 1
    await forget(database, NOON + timedelta(days=7, seconds=1))
    assert await left(database, "inbox") == 0


async def test_a_message_that_no_channel_took_is_forgotten_after_7_days(database: Database) -> None:
    async with database.write() as tx:
        await outbox.add(tx, [Message("telegram", "1", {"text": SAID}, NOON)], NOON)
    await forget(database, NOON + timedelta(days=7))
    assert await left(database, "outbox") == 1
    await forget(database, NOON + timedelta(days=8))
    assert await left(database, "outbox") == 0


async def test_a_question_is_forgotten_after_90_days_of_vietnam(database: Database) -> None:
    async with database.write() as tx:
        await questions.add(tx, [Asked(date(2026, 11, 22), "web", SAID, "fallback", None)])
    evening = datetime(2027, 2, 20, 16, 59, tzinfo=UTC)
    await forget(database, evening)
    assert await left(database, "questions") == 1
    await forget(database, evening + timedelta(minutes=1))
    assert await left(database, "questions") == 0


async def test_of_what_was_forgotten_no_byte_is_left(database: Database) -> None:
    async with database.write() as tx:
        updates = [Arrival("telegram", str(n), str(n), "1", {"text": f"{SAID} {n}" * 50}) for n in range(300)]
        await inbox.accept(tx, updates, NOON)
        await outbox.add(tx, [Message("telegram", "1", {"text": SAID * 50}, NOON)] * 300, NOON)
    assert database.file is not None
    assert holds(database.file, "con trai")
    async with database.write() as tx:
        await inbox.finish(tx, range(1, 151), State.ANSWERED)
        await outbox.remove(tx, range(1, 151))
    await forget(database, NOON + timedelta(days=8))
    assert not holds(database.file, "con trai")


async def test_it_goes_on_until_told_to_stop_whatever_happens(database: Database, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("bot.housekeeping.EVERY", 0.01)
    stop, tried = asyncio.Event(), 0

    async def fails_first(_database: Database, _now: datetime) -> None:
        nonlocal tried
        tried += 1
        if tried == 1:
            raise RuntimeError(SAID)
        stop.set()

    monkeypatch.setattr("bot.housekeeping.forget", fails_first)
    async with asyncio.timeout(10):
        await keep_house(database, stop)
    assert tried == 2


def holds(file: Path, said: str) -> bool:
    """Whether the database or its log holds these plain letters."""
    files = [file, *file.parent.glob(f"{file.name}-wal")]
    return any(said.encode() in part.read_bytes() for part in files)
