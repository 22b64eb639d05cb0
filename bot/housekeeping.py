"""Forgetting what its time is over: conversations, updates, messages that were never taken, old questions."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import structlog

from bot.faults import described
from bot.waiting import first_of
from handlers.context import VIETNAM
from store import inbox, outbox, questions, sessions
from store.database import Database

#: How often, in seconds.
EVERY = 600.0
#: How long the number of an update is kept so that it is not answered twice, and what could not be handled so that it
#: can be taken up again. What waited this long, its channel having been switched off, is forgotten too.
UPDATES_KEPT = timedelta(days=7)
#: How long questions are kept, so that gaps can be seen.
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
    """Forget everything whose time is over at ``now``, down to SQLite's log."""
    async with database.write() as tx:
        await sessions.erase_expired(tx, now)
        unanswered = await inbox.purge(tx, now - UPDATES_KEPT)
        unsent = await outbox.purge(tx, now - UPDATES_KEPT)
        await questions.purge(tx, now.astimezone(VIETNAM).date() - QUESTIONS_KEPT)
    if unanswered or unsent:
        _log.warning("housekeeping.given_up", unanswered=unanswered, unsent=unsent)
    await database.empty_log()
