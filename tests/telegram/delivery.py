"""Posting updates to the webhook as Telegram does: chats side by side, one at a time in each, again until taken."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.telegram.bot_api import BotApi

#: How long to wait before posting again what was not taken, in seconds; twice as long after each, up to the longest.
FIRST_WAIT, LONGEST_WAIT = 0.05, 1.0
#: How long a post may take, in seconds.
POST_SECONDS = 30.0
HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Delivery:
    """Posts what happens on a Bot API server to the webhook that the bot has set there."""

    def __init__(self, api: BotApi, taken: Callable[[dict[str, Any]], None] | None = None) -> None:
        self._api, self._taken = api, taken
        self._chats: dict[str, deque[dict[str, Any]]] = {}
        self._busy: set[str] = set()
        self._posting: set[asyncio.Task[None]] = set()
        self.statuses: dict[int, int] = {}

    async def run(self) -> None:
        """Post for ever."""
        timeout = aiohttp.ClientTimeout(total=POST_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as session:
            try:
                while True:
                    if self._api.webhook:
                        self._begin(session, int(self._api.webhook["max_connections"] or 40))
                    await self._api.next_change(0.005)
            finally:
                for task in self._posting:
                    task.cancel()
                await asyncio.gather(*self._posting, return_exceptions=True)

    def _begin(self, session: aiohttp.ClientSession, most: int) -> None:
        """Hand what waits to its chats, and take up as many chats as there may be connections."""
        while self._api.pending:
            update = self._api.pending.popleft()
            self._api.on_the_way += 1
            self._chats.setdefault(_chat(update), deque()).append(update)
        free = [chat for chat in self._chats if chat not in self._busy]
        for chat in free[: max(0, most - len(self._posting))]:
            self._busy.add(chat)
            task = asyncio.create_task(self._post_all(session, self._chats.pop(chat), chat))
            self._posting.add(task)
            task.add_done_callback(self._posting.discard)

    async def _post_all(self, session: aiohttp.ClientSession, updates: deque[dict[str, Any]], chat: str) -> None:
        while updates:
            await self._post(session, updates.popleft())
            # What came for this chat meanwhile goes after it, not beside it.
            updates.extend(self._chats.pop(chat, ()))
        self._busy.discard(chat)

    async def _post(self, session: aiohttp.ClientSession, update: dict[str, Any]) -> None:
        wait = FIRST_WAIT
        while not await self._posted(session, update):
            await asyncio.sleep(wait)
            wait = min(LONGEST_WAIT, 2 * wait)
        self._api.acknowledged = max(self._api.acknowledged, update["update_id"])
        self._api.on_the_way -= 1
        if self._taken is not None:
            self._taken(update)

    async def _posted(self, session: aiohttp.ClientSession, update: dict[str, Any]) -> bool:
        webhook = self._api.webhook
        if not webhook:
            return False
        try:
            headers = {HEADER: webhook["secret_token"]} if webhook["secret_token"] else {}
            async with session.post(webhook["url"], json=update, headers=headers) as answer:
                await answer.read()
        except (aiohttp.ClientError, TimeoutError):
            return False
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        return 200 <= answer.status < 300


@asynccontextmanager
async def delivering(api: BotApi, taken: Callable[[dict[str, Any]], None] | None = None) -> AsyncIterator[Delivery]:
    """While the block runs, updates go to the webhook."""
    delivery = Delivery(api, taken)
    task = asyncio.create_task(delivery.run())
    try:
        yield delivery
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _chat(update: dict[str, Any]) -> str:
    """Whose order an update keeps; one of no chat keeps none."""
    if "callback_query" in update:
        return f"query {update['callback_query'].get('from', {}).get('id')}"
    for content in update.values():
        if isinstance(content, dict) and isinstance(content.get("chat"), dict):
            return str(content["chat"].get("id"))
    return f"update {update['update_id']}"
