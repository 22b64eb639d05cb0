"""``kill -9`` in the middle of the work: whatever was acknowledged is answered after the next start.

``KILLS=20 python -m pytest tests/zalo/test_kill.py`` kills more often than the tests of every day do.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import aiohttp

from tests.zalo.zalo_api import TOKEN, ZaloApi, said

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("KILLS", "2"))
#: How many people write between two kills, and how many post at the same time.
PEOPLE, LANES = 40, 8
QUESTIONS = ["nha toi ho ngheo muon vay von", "/hotro", "me toi 76 tuoi", "2", "lam the bao hiem y te o dau"]


async def test_what_was_acknowledged_is_answered_though_the_bot_is_killed(api: ZaloApi, tmp_path: Path) -> None:
    dice, port = random.Random(1), _free_port()
    chats = [[f"p{kill}-{number}" for number in range(PEOPLE)] for kill in range(KILLS + 1)]
    taken = set[str]()
    for kill in range(KILLS):
        async with _bot(api, port, tmp_path) as process:
            began = len(api.calls)
            posting = asyncio.create_task(_post(api, chats[kill], taken))
            await api.until_said(*chats[kill][: dice.randrange(1, PEOPLE)], seconds=60)
            process.send_signal(signal.SIGKILL)
            await process.wait()
            posting.cancel()
            await asyncio.gather(posting, return_exceptions=True)
            _nobody_is_answered_twice(api, began)
    async with _bot(api, port, tmp_path):
        began = len(api.calls)
        # Only what was not acknowledged is posted again, as Zalo would.
        await asyncio.gather(*(_post(api, group, taken) for group in chats))
        await api.until_said(*(chat for group in chats for chat in group), seconds=60)
        _nobody_is_answered_twice(api, began)


def _nobody_is_answered_twice(api: ZaloApi, began: int) -> None:
    """Within one life of the bot; what was on its way when it was killed may go again once after the next start."""
    sent = Counter(call.values["chat_id"] for call in api.calls[began:] if call.method == "sendMessage")
    assert max(sent.values()) == 1


async def _post(api: ZaloApi, chats: list[str], taken: set[str]) -> None:
    """Everybody who is not among ``taken`` yet writes one message, posted until it is acknowledged."""
    questions = cycle(QUESTIONS)
    updates = [said(next(questions), chat, message_id=f"m-{chat}") for chat in chats if chat not in taken]
    await asyncio.gather(*(_lane(api, updates[lane::LANES], taken) for lane in range(LANES)))


async def _lane(api: ZaloApi, updates: list[dict[str, Any]], taken: set[str]) -> None:
    async with aiohttp.ClientSession() as session:
        for update in updates:
            while await api.deliver(update, session) != 200:  # noqa: ASYNC110 - posted again
                await asyncio.sleep(0.05)
            taken.add(update["message"]["chat"]["id"])


@asynccontextmanager
async def _bot(api: ZaloApi, port: int, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot as a process of its own, once it has told Zalo where to post."""
    api.webhook = {}
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'kill.db'}",
        "PORT": str(port),
        "ZALO_BOT_TOKEN": TOKEN,
        "ZALO_BASE_URL": api.base_url,
        "ZALO_WEBHOOK_URL": f"http://127.0.0.1:{port}/zalo",
        "ZALO_MESSAGES_PER_SECOND": "100",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=folder, env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await api.until(len(api.of("setWebhook")) + 1, "setWebhook", seconds=60)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
