"""Forgetting what its time is over: conversations, answered updates, old questions."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import structlog

from bot.faults import described
from bot.waiting import first_of
from handlers.context import VIETNAM
from store import inbox, questions, sessions
from store.database import Database

#: How often, in seconds.
EVERY = 600.0
#: How long the number of an update is kept so that it is not answered twice, and questions so that gaps can be seen.
UPDATES_KEPT = timedelta(days=7)
QUESTIONS_KEPT = timedelta(days=90)
_log = structlog.get_logger(__name__)


async def keep_house(database: Database, stop: asyncio.Event) -> None:
    """Forget at once and then every so often, until told to stop."""
    while not stop.is_set():
        try:
            await forget(database, datetime.now(UTC))
        except Exception as error:
            _log.error("housekeeping.failed", **described(error))
        await first_of([stop], EVERY)


async def forget(database: Database, now: datetime) -> None:
    """Forget everything whose time is over at ``now``."""
    async with database.write() as tx:
        await sessions.erase_expired(tx, now)
        await inbox.purge(tx, now - UPDATES_KEPT)
        await questions.purge(tx, now.astimezone(VIETNAM).date() - QUESTIONS_KEPT)
