"""Starting and stopping the program."""

from __future__ import annotations

import socket
from pathlib import Path

import httpx

from tests.operations.program import command, running, until
from tests.telegram.bot_api import TOKEN, BotApi, Fault, bot_api
from tests.telegram.updates import said


async def test_it_says_in_three_lines_where_it_is_and_stops_when_told(tmp_path: Path) -> None:
    async with running(tmp_path, OPERATOR_NAME="UBND xã An Khánh") as bot:
        async with httpx.AsyncClient(base_url=bot.page) as visitor:
            assert "UBND xã An Khánh" in (await visitor.get("/")).text
            assert (await visitor.get("/readyz")).text == "ready\n"
        assert await bot.stop() == 0
    assert bot.output.splitlines() == [
        f"Chung Tay: {bot.page}",
        "Telegram: off (set TELEGRAM_BOT_TOKEN); Zalo: off (set ZALO_BOT_TOKEN); operator: UBND xã An Khánh",
        "In the terminal: make chat. Stop with Ctrl-C.",
    ]


async def test_it_stops_with_a_message_in_hand_which_is_answered_after_the_next_start(tmp_path: Path) -> None:
    async with bot_api() as api:
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_BASE_URL": api.base_url}
        api.fault("sendMessage", Fault(500, seconds=8))
        async with running(tmp_path, **settings) as bot:
            api.push(said("vay vốn hộ nghèo"))
            await until(lambda: under_way(api))
            assert await bot.stop() == 0
        async with running(tmp_path, **settings) as bot:
            await api.until(1, "sendMessage", seconds=30)
            assert await bot.stop() == 0
        assert api.violations == []


async def under_way(api: BotApi) -> bool:
    return not api._faults["sendMessage"]


def test_a_port_that_is_taken_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = command(tmp_path, "run", PORT=str(taken.getsockname()[1]))
    assert ended.returncode == 2
    assert ended.stderr.startswith("error: settings HOST and PORT: 127.0.0.1:")
    assert ended.stderr.count("\n") == 1
