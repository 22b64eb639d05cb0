"""How fast messages are sent through python-telegram-bot: over our connection, and over the one it brings along."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

from telegram import Bot
from telegram.request import BaseRequest, HTTPXRequest

from bot.channels.telegram.request import AiohttpRequest
from tests.telegram.bot_api import TOKEN, bot_api

#: How many are under way at the same time.
SIDE_BY_SIDE = 64


async def sending(messages: int = 2000) -> str:
    """So many messages over each."""
    ours = await _per_second(AiohttpRequest(), messages)
    theirs = await _per_second(HTTPXRequest(connection_pool_size=SIDE_BY_SIDE, pool_timeout=60), messages)
    return f"{ours:.0f} messages/s, {theirs:.0f} over the library's own httpx ({ours / theirs:.1f} x as fast)"


async def _per_second(request: BaseRequest, messages: int) -> float:
    async with bot_api() as api:
        api.model_reads_one_in = 1000
        api.on_call = lambda _: None
        bot = Bot(TOKEN, base_url=api.base_url, request=request, get_updates_request=AiohttpRequest())
        async with bot:
            began = time.perf_counter()
            waiting = iter(range(messages))
            await asyncio.gather(*(_send(bot, waiting) for _ in range(SIDE_BY_SIDE)))
            return messages / (time.perf_counter() - began)


async def _send(bot: Bot, waiting: Iterator[int]) -> None:
    for number in waiting:
        await bot.send_message(1 + number, "Hộ nghèo được vay tối đa 100 triệu đồng.", parse_mode="HTML")
