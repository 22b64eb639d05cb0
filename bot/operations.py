"""What whoever runs the bot asks it: whether it lives, whether it can answer, and its figures."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any, TypeVar

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.app import App
from bot.faults import described
from bot.metrics import Room, Waiting
from store import inbox, outbox
from store.migrate import up_to_date

#: How long the database may take to answer, in seconds.
PATIENCE = 2.0
T = TypeVar("T")
_log = structlog.get_logger(__name__)


class Operations:
    """``/healthz``, ``/readyz`` and ``/metrics``."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._asked: set[asyncio.Task[Any]] = set()

    @property
    def routes(self) -> list[Route]:
        """Where each is."""
        return [
            Route("/healthz", self.health, methods=["GET"]),
            Route("/readyz", self.readiness, methods=["GET"]),
            Route("/metrics", self.metrics, methods=["GET"]),
        ]

    async def health(self, request: Request) -> Response:
        """The process answers at all."""
        return PlainTextResponse("ok\n")

    async def readiness(self, request: Request) -> Response:
        """The database answers and has the shape this version needs."""
        ready = await self._in_time(self._ready())
        if ready is None:
            return PlainTextResponse("database does not answer\n", 503)
        return PlainTextResponse("ready\n") if ready else PlainTextResponse("database needs migrating\n", 503)

    async def metrics(self, request: Request) -> Response:
        """The figures, as Prometheus reads them."""
        page = self._app.metrics.page(await self._in_time(self._waiting()), self._room(), datetime.now(UTC))
        return Response(page, media_type="text/plain; version=0.0.4; charset=utf-8")

    async def _ready(self) -> bool:
        async with self._app.database.read() as tx:
            return await up_to_date(tx)

    async def _waiting(self) -> Waiting:
        async with self._app.database.read() as tx:
            return Waiting(await inbox.depth(tx), await outbox.depth(tx))

    async def _in_time(self, asking: Coroutine[Any, Any, T]) -> T | None:
        """What the database answers; none where it cannot or takes too long.

        A question that takes too long is not broken off, which takes as long, but left to itself.
        """
        task = asyncio.create_task(asking)
        self._asked.add(task)
        task.add_done_callback(self._forget)
        await asyncio.wait({task}, timeout=PATIENCE)
        return task.result() if task.done() and task.exception() is None else None

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._asked.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.warning("operations.no_answer", **described(error))

    def _room(self) -> Room | None:
        """How much room the database takes and has; none where it is on a server, which tells that itself."""
        file = self._app.database.file
        if file is None:
            return None
        log = file.with_name(f"{file.name}-wal")
        try:
            taken = file.stat().st_size + (log.stat().st_size if log.exists() else 0)
            return Room(taken, shutil.disk_usage(file.parent).free)
        except OSError:
            return None
