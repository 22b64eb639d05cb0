"""Helpers work out answers beforehand; without them everything is answered all the same."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import select

from bot.app import App
from bot.channels.channel import Channel
from bot.helpers import Asked, Foretold, Helpers
from bot.worker import Worker
from handlers.context import Context
from handlers.conversation import foresee
from store import inbox, schema
from store.database import Database
from store.inbox import Arrival
from tests.load.program import Program
from tests.slate import Slate
from tests.telegram.bot_api import BotApi, bot_api, texts
from tests.telegram.delivery import delivering
from tests.telegram.updates import said
from tests.waiting import until

pytestmark = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="no processor to spare for a helper")


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[tuple[BotApi, Program]]:
    """The bot as a process, behind its Telegram."""
    async with bot_api() as api:
        program = Program(tmp_path, api.base_url)
        await program.start()
        async with delivering(api):
            yield api, program
        program.stop()


async def _answered(api: BotApi, text: str) -> None:
    before = len(texts(api))
    api.push(said(text))
    await until(lambda: len(texts(api)) > before, 20)


async def test_a_helper_that_is_gone_is_done_without(running: tuple[BotApi, Program]) -> None:
    api, program = running
    await _answered(api, "nhà tôi hộ nghèo muốn vay vốn nuôi bò")
    (helper,) = program.helpers()
    os.kill(helper, signal.SIGKILL)
    await _answered(api, "giấy tờ cần những gì")
    await _answered(api, "nộp ở đâu")
    assert '"event": "helpers.failed"' in program.log.read_text()


async def test_a_helper_that_is_stuck_is_done_without(running: tuple[BotApi, Program]) -> None:
    api, program = running
    (helper,) = program.helpers()
    os.kill(helper, signal.SIGSTOP)
    await _answered(api, "giấy tờ cần những gì")
    await until(lambda: not _alive(helper), 5)
    program.stop()
    assert '"event": "helpers.failed"' in program.log.read_text()
    await program.start()


async def test_helpers_end_with_the_bot_however_it_ends(running: tuple[BotApi, Program]) -> None:
    _, program = running
    (helper,) = program.helpers()
    program.kill()
    await until(lambda: not _alive(helper), 5)
    await program.start()
    (helper,) = program.helpers()
    program.stop()
    await until(lambda: not _alive(helper), 5)


async def test_helpers_leave_the_signals_of_a_terminal_to_the_bot(running: tuple[BotApi, Program]) -> None:
    api, program = running
    (helper,) = program.helpers()
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(helper, number)
    await _answered(api, "chế độ cho người già trên 75 tuổi")
    assert _alive(helper)
    assert "Traceback" not in program.log.read_text()


class Prophet:
    """Helpers that foresee here and now, and wait until they may tell."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.may_tell = asyncio.Event()
        self.asked: list[Asked] = []

    async def foresee(self, asked: Sequence[Asked]) -> list[Foretold | None]:
        self.asked += asked
        await self.may_tell.wait()
        return [Foretold(foresee(incoming, session, self._context), 0.0) for incoming, session in asked]

    def close(self) -> None: ...


async def test_what_was_erased_while_it_was_in_hand_is_neither_answered_nor_remembered(
    context: Context, tmp_path: Path
) -> None:
    prophet = Prophet(context)
    app = App(context, Database(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"), helpers=cast("Any", prophet))
    await app.start()
    payload = {"kind": "text", "text": "tôi bị mất việc", "action": None, "group": False, "target": {}}
    async with app.database.write() as tx:
        await inbox.accept(tx, [Arrival("test", "u1", "1", "1", payload)], datetime.now(UTC))
    worker = Worker(app, cast("dict[str, Channel]", {"test": Slate()}), asyncio.Event(), lambda: None, 20)
    working = asyncio.create_task(worker.work())
    await until(lambda: bool(prophet.asked))
    async with app.database.write() as tx:
        await inbox.erase_person(tx, "test", "1")
    prophet.may_tell.set()
    await working
    async with app.database.read() as tx:
        assert (await inbox.depth(tx)).waiting == 0
        for table in (schema.outbox, schema.sessions):
            assert (await tx.execute(select(table))).all() == []
    await app.close()


def test_where_the_system_gives_no_helpers_the_bot_does_without(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("bot.helpers.ProcessPoolExecutor", refused)
    assert Helpers.started(context, 1) is None
    assert Helpers.started(context, 0) is None
