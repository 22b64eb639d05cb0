"""Where updates come in: kept before they are acknowledged, then the worker is woken."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from bot.grouping import Grouped
from store import inbox
from store.database import Database
from store.inbox import Arrival


class Intake:
    """Keeps updates in the inbox. What ``accept`` has returned from is safe."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._grouped = Grouped(self._keep)
        #: Set when something may wait for the worker.
        self.arrived = asyncio.Event()

    async def accept(self, arrivals: Sequence[Arrival]) -> None:
        """Keep ``arrivals``; one kept before is not answered again."""
        if arrivals:
            await self._grouped.add(arrivals)
            self.arrived.set()

    async def _keep(self, arrivals: Sequence[Arrival]) -> None:
        async with self._database.write() as tx:
            await inbox.accept(tx, arrivals, datetime.now(UTC))
