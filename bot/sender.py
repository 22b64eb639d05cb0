"""Draining the outbox of one channel: in order within a chat, no faster than the channel allows, again after faults."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import App
from bot.channels.channel import Busy, Channel, DeliveryError, Faulty, Gone
from bot.farewell import forget_chat
from bot.faults import described
from bot.waiting import first_of
from store import outbox
from store.outbox import Due

#: How many messages are under way at the same time.
SIDE_BY_SIDE = 32
#: How long a message may be under way before it counts as not sent.
LEASE = timedelta(seconds=120)
#: How often to look for what is due although nobody said so, in seconds.
POLL = 0.25
#: How long to wait for more to write down together once something is, in seconds.
GATHER = 0.008
#: How long to wait after the first failure and at most; twice as long after each. Given up after a day.
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=0.5), timedelta(minutes=5)
GIVEN_UP = timedelta(days=1)
#: How long messages under way may still take when told to stop, in seconds.
DRAIN = 1.2
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of a message under way: sent or given up (``until`` is None), or put off."""

    due: Due
    until: datetime | None = None
    error: str = ""
    failed: bool = False
    gone: bool = False


class Sender:
    """Sends a channel's messages. Only one may work on a channel at a time; leases see to it that none goes twice."""

    def __init__(self, app: App, channel: Channel) -> None:
        self._app, self._channel = app, channel
        self._stirred = asyncio.Event()
        self._ended: list[Outcome] = []
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop; what is under way is waited for a moment, the rest goes after the next start."""
        while not stop.is_set():
            if not await self._step(SIDE_BY_SIDE - len(self._under_way)):
                await first_of((self._stirred, stop), max(POLL, self._channel.pacing.paused(monotonic())))
                await asyncio.sleep(GATHER)
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=DRAIN)
        for task in self._under_way:
            task.cancel()
        await self._step(0)

    def wake(self) -> None:
        """Something was written."""
        self._stirred.set()

    async def _step(self, free: int) -> int:
        """Write down what became of messages, and begin to send up to ``free`` that are due; returns how many."""
        self._stirred.clear()
        ended, self._ended = self._ended, []
        if self._channel.pacing.paused(monotonic()):
            free = 0
        if not ended and not free:
            return 0
        try:
            async with self._app.database.write() as tx:
                await self._settle(tx, ended)
                now = datetime.now(UTC)
                dues = await outbox.claim(tx, self._channel.name, now, LEASE, free) if free else []
        except Exception as error:
            self._ended += ended
            _log.error("sender.failed", channel=self._channel.name, **described(error))
            await asyncio.sleep(POLL)
            return 0
        for due in dues:
            task = asyncio.create_task(self._send(due))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return len(dues)

    async def _send(self, due: Due) -> None:
        """Send one message when its time has come."""
        wait = self._channel.pacing.wait(due.chat, monotonic())
        if wait:
            await asyncio.sleep(wait)
        outcome = await self._outcome(due)
        self._ended.append(outcome)
        self.wake()

    async def _outcome(self, due: Due) -> Outcome:
        now = datetime.now(UTC)
        try:
            await self._channel.deliver(due.payload)
        except Busy as busy:
            self._channel.pacing.refused(busy.seconds, monotonic())
            self._app.metrics.not_sent(self._channel.name, "Busy")
            return Outcome(due, now + timedelta(seconds=busy.seconds), "Busy")
        except Faulty as error:
            return self._put_off(due, now, str(error))
        except DeliveryError as error:
            self._app.metrics.not_sent(self._channel.name, type(error).__name__)
            if not isinstance(error, Gone):
                _log.error("sender.refused", channel=self._channel.name, reason=str(error))
            return Outcome(due, gone=isinstance(error, Gone))
        except Exception as error:
            what = described(error)
            _log.error("sender.channel_failed", channel=self._channel.name, **what)
            return self._put_off(due, now, what["error"])
        self._channel.pacing.taken()
        self._app.metrics.delivered(self._channel.name, (datetime.now(UTC) - due.asked_at).total_seconds())
        return Outcome(due)

    def _put_off(self, due: Due, now: datetime, error: str) -> Outcome:
        """Try again later, or give up what nobody waits for any more."""
        self._app.metrics.not_sent(self._channel.name, error)
        if now - due.asked_at > GIVEN_UP:
            _log.error("sender.given_up", channel=self._channel.name, error=error)
            return Outcome(due)
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(due.attempts, 16))
        return Outcome(due, now + wait, error, failed=True)

    async def _settle(self, tx: AsyncConnection, outcomes: Sequence[Outcome]) -> None:
        await outbox.remove(tx, [outcome.due.id for outcome in outcomes if outcome.until is None])
        for outcome in outcomes:
            if outcome.until is not None:
                await outbox.postpone(tx, outcome.due.id, outcome.until, outcome.error, failed=outcome.failed)
            if outcome.gone:
                await forget_chat(tx, outcome.due.channel, outcome.due.chat)
