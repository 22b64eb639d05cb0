"""Answering what waits in the inbox: a chat's updates in order, chats side by side, each message one transaction.

Several chats' messages share a transaction where they wait at the same time, for a transaction costs as much as an
answer; should one of them fail, all are undone and taken one by one. So each message's session, replies and end are
written together or not at all. They are claimed in a transaction before, so that helpers can work out the answers while
others use the database: nothing else changes a conversation meanwhile, but for its erasure, which gives up what waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import App, Foresight
from bot.channels.channel import Channel, Left, said
from bot.farewell import forget_chat
from bot.faults import described
from bot.waiting import first_of
from handlers.types import Incoming, Reply, Session
from store import inbox, outbox
from store.inbox import State, Waiting
from store.outbox import Message
from store.sessions import Speaker

#: How long a worker may hold an update before another takes it up; what takes half as long has failed.
LEASE = timedelta(seconds=60)
#: How many chats are answered in one transaction at most.
TOGETHER = 8
#: How many such transactions are in hand at the same time: while helpers work out some answers, others are written.
HANDS = 2
#: How often to look for what waits although nobody said so, in seconds.
POLL = 0.5
#: After how many failures an update is set aside, and how long to wait after the first; four times as long after each.
ATTEMPTS = 4
FIRST_WAIT = timedelta(seconds=1)
#: After how many seconds without an answer a person is shown that one is being written.
SLOW = 1.0
MINUTE = timedelta(minutes=1)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Turn:
    """A message in hand and the row it came in."""

    row: Waiting
    said: Incoming


class Worker:
    """Takes what waits in the inbox and writes the answers into the outbox."""

    def __init__(
        self,
        app: App,
        channels: Mapping[str, Channel],
        arrived: asyncio.Event,
        answered: Callable[[], None],
        per_minute: int,
    ) -> None:
        self._app, self._channels = app, channels
        self._arrived, self._answered = arrived, answered
        self._per_minute = per_minute

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; what is in hand is finished first."""
        await asyncio.gather(*(self._work_on(stop) for _ in range(HANDS)))

    async def _work_on(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                worked = await self.work()
            except Exception as error:
                _log.error("worker.failed", **described(error))
                await first_of((stop,), POLL)
                worked = False
            if not worked:
                await first_of((self._arrived, stop), POLL)

    async def work(self) -> bool:
        """Answer the next update of up to ``TOGETHER`` chats; false where nothing waits."""
        self._arrived.clear()
        now = datetime.now(UTC)
        async with self._app.database.write() as tx:
            rows = await inbox.claim(tx, now, LEASE, TOGETHER)
            speakers = [Speaker(row.channel, row.chat, row.person) for row in rows]
            before = await self._app.sessions(tx, speakers, now) if rows else {}
        if not rows:
            return False
        try:
            await self._answer_or_put_off(rows, before)
        except BaseException:
            await self._give_back(rows)
            raise
        self._answered()
        return True

    async def _answer_or_put_off(self, rows: Sequence[Waiting], before: Mapping[Speaker, Session]) -> None:
        """Answer ``rows``; if that fails, one by one, so that only the one at fault is put off."""
        try:
            await self._answer(rows, before)
        except (OperationalError, InterfaceError):
            raise  # The database failed, not the message.
        except Exception as error:
            if len(rows) == 1:
                await self._failed(rows[0], error)
                return
            for row in rows:
                await self._answer_or_put_off([row], before)

    async def _give_back(self, rows: Sequence[Waiting]) -> None:
        """Let what could not be answered be taken up again soon; else it waits until its lease has run out."""
        with suppress(Exception):
            async with self._app.database.write() as tx:
                await inbox.give_back(tx, [row.id for row in rows])

    async def _answer(self, rows: Sequence[Waiting], before: Mapping[Speaker, Session]) -> None:
        """Answer all of ``rows`` or none; ``before`` are the conversations they belong to."""
        async with asyncio.timeout(LEASE.total_seconds() / 2), self._typing(rows):
            now = datetime.now(UTC)
            read = {row.id: said(row, now) for row in rows}
            foresight = await self._app.foresee([it for it in read.values() if isinstance(it, Incoming)], before)
            async with self._app.database.write() as tx:
                held = await inbox.held(tx, read)
                await self._answer_in(tx, [(row, read[row.id]) for row in rows if row.id in held], before, foresight)

    async def _answer_in(
        self,
        tx: AsyncConnection,
        read: Sequence[tuple[Waiting, Incoming | Left]],
        before: Mapping[Speaker, Session],
        foresight: Foresight,
    ) -> None:
        for _, left in read:
            if isinstance(left, Left):
                await forget_chat(tx, left.channel, left.chat)
        over, told, answerable = await self._sorted(tx, [Turn(row, it) for row, it in read if isinstance(it, Incoming)])
        messages = [turn.said for turn in answerable]
        replies = await self._app.converse_all(tx, messages, before, foresight) if messages else []
        notice = [Reply(self._app.context.wording.say("too_many"))]
        outgoing = [*zip(answerable, replies, strict=True), *((turn, notice) for turn in told)]
        written = [message for turn, texts in outgoing for message in self._messages(turn.row, texts)]
        await outbox.add(tx, written, datetime.now(UTC))
        limited = {turn.row.id for turn in over}
        await inbox.finish(tx, limited, State.LIMITED)
        await inbox.finish(tx, {row.id for row, _ in read} - limited, State.ANSWERED)

    async def _sorted(self, tx: AsyncConnection, turns: Sequence[Turn]) -> tuple[list[Turn], list[Turn], list[Turn]]:
        """The turns of people who sent too many within a minute, those among them to be told so, and all others."""
        over, told, others = list[Turn](), list[Turn](), list[Turn]()
        people = {(turn.row.channel, turn.row.person) for turn in turns}
        since = min((turn.row.received_at for turn in turns), default=datetime.now(UTC)) - MINUTE
        recent = await inbox.recent(tx, people, since) if turns else {}
        for turn in turns:
            who = (turn.row.channel, turn.row.person)
            if recent.get((*who, State.ANSWERED), 0) < self._per_minute:
                others.append(turn)
                continue
            over.append(turn)
            told += [] if recent.get((*who, State.LIMITED)) else [turn]
            self._app.metrics.limited(turn.row.channel)
        return over, told, others

    async def _failed(self, row: Waiting, error: Exception) -> None:
        """Put an update off, or set it aside and tell the person that the machine failed."""
        what = described(error)
        self._app.metrics.failed(what["error"])
        _log.error("worker.update_failed", channel=row.channel, row=row.id, attempt=row.attempts + 1, **what)
        now, text = datetime.now(UTC), f"{what['error']} {what['where']}"
        async with self._app.database.write() as tx:
            if row.attempts + 1 < ATTEMPTS:
                await inbox.postpone(tx, row.id, now + FIRST_WAIT * 4**row.attempts, text)
                return
            await inbox.set_aside(tx, row.id, text)
            await outbox.add(tx, self._apology(row), now)

    def _apology(self, row: Waiting) -> list[Message]:
        """The message that the machine failed; none where even that cannot be written."""
        with suppress(Exception):
            return self._messages(row, [Reply(self._app.context.wording.say("sorry"))])
        return []

    def _messages(self, row: Waiting, replies: Sequence[Reply]) -> list[Message]:
        written = self._channels[row.channel].write(row.payload["target"], replies)
        return [Message(row.channel, row.chat, message, row.received_at) for message in written]

    @asynccontextmanager
    async def _typing(self, rows: Sequence[Waiting]) -> AsyncIterator[None]:
        """While the block runs: after a while, show the people that an answer is being written."""

        async def show() -> None:
            oldest = min((row.received_at for row in rows), default=datetime.now(UTC))
            await asyncio.sleep(max(0.0, SLOW - (datetime.now(UTC) - oldest).total_seconds()))
            shown = (self._channels[row.channel].typing(row.payload["target"]) for row in rows)
            await asyncio.gather(*shown, return_exceptions=True)

        showing = asyncio.create_task(show())
        try:
            yield
        finally:
            showing.cancel()
