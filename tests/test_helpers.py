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

from bot.app import App, speaker
from bot.helpers import Asked
from handlers import sessions as codec
from handlers.context import SESSION_LIFE, Context
from handlers.conversation import Foreseen, foresee
from handlers.types import Incoming, IncomingKind, Session
from store import sessions
from store.database import Database
from store.sessions import Stored
from tests.load.program import Program
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

    async def foresee(self, asked: Sequence[Asked]) -> list[Foreseen | None]:
        self.asked += asked
        await self.may_tell.wait()
        return [foresee(incoming, session, self._context) for incoming, session in asked]

    def close(self) -> None: ...


async def test_what_was_foreseen_of_a_conversation_that_moved_on_does_not_count(
    context: Context, tmp_path: Path
) -> None:
    prophet = Prophet(context)
    app = App(context, Database(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"), helpers=cast("Any", prophet))
    await app.start()
    asked = Incoming("telegram", "1", "1", IncomingKind.TEXT, datetime.now(UTC), "giấy tờ cần những gì")
    foreseeing = asyncio.create_task(app.foresee([asked], {speaker(asked): Session()}))
    await until(lambda: bool(prophet.asked))
    until_late = datetime.now(UTC) + SESSION_LIFE
    moved = Session(entry="dao-tao-nghe", subject="học nghề", expires=until_late)
    async with app.database.write() as tx:
        await sessions.save(tx, {speaker(asked): Stored(codec.encode(moved), until_late)})
    prophet.may_tell.set()
    foresight = await foreseeing
    async with app.database.write() as tx:
        ((reply,),) = await app.converse_all(tx, [asked], foresight)
    assert reply.statements[0].startswith("dao-tao-nghe/")
    await app.close()
