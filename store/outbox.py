"""Messages still to be sent. A row is leased to the sender and gone once the channel has taken it.

A chat's messages go out one after another: answers (priority 0) before announcements, each in the order it was written.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from store.schema import outbox

ANSWER, ANNOUNCEMENT = 0, 1

_earlier = outbox.alias("earlier")
#: Whether another message to the same chat goes first.
_HELD_BACK = (
    select(_earlier.c.id)
    .where(
        _earlier.c.channel == outbox.c.channel,
        _earlier.c.chat == outbox.c.chat,
        or_(
            _earlier.c.priority < outbox.c.priority,
            and_(_earlier.c.priority == outbox.c.priority, _earlier.c.id < outbox.c.id),
        ),
    )
    .exists()
)
_FREE = or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= bindparam("now"))
_DUE = (
    select(outbox.c.id)
    .where(outbox.c.channel == bindparam("its"), outbox.c.available_at <= bindparam("now"), _FREE, ~_HELD_BACK)
    .order_by(outbox.c.priority, outbox.c.id)
    .limit(bindparam("most"))
)
_CLAIMED = (
    update(outbox)
    .where(outbox.c.id.in_(_DUE.scalar_subquery()), _FREE)
    .values(leased_until=bindparam("until"))
    .returning(
        outbox.c.id, outbox.c.channel, outbox.c.chat, outbox.c.payload, outbox.c.asked_at, outbox.c.priority,
        outbox.c.attempts,
    )
)  # fmt: skip
_ADDED = insert(outbox)
_REMOVED = delete(outbox).where(outbox.c.id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True)
class Message:
    """A message to be sent: the chat, what the channel needs to send it, and when it was asked for."""

    channel: str
    chat: str
    payload: dict[str, Any]
    asked_at: datetime
    priority: int = ANSWER


@dataclass(frozen=True)
class Due(Message):
    """A message whose turn it is."""

    id: int = 0
    attempts: int = 0


async def add(tx: AsyncConnection, messages: Sequence[Message], now: datetime) -> None:
    """Keep ``messages`` to be sent, in this order."""
    if messages:
        rows = [{**vars(message), "attempts": 0, "available_at": now} for message in messages]
        await tx.execute(_ADDED, rows)


async def claim(tx: AsyncConnection, channel: str, now: datetime, lease: timedelta, most: int) -> list[Due]:
    """The next message to each of up to ``most`` chats of a channel, leased so that nobody else sends them."""
    taken = await tx.execute(_CLAIMED, {"its": channel, "now": now, "most": most, "until": now + lease})
    return sorted((Due(**row) for row in taken.mappings()), key=lambda due: (due.priority, due.id))


async def remove(tx: AsyncConnection, ids: Collection[int]) -> None:
    """These messages are sent, or can never be."""
    if ids:
        await tx.execute(_REMOVED, {"ids": list(ids)})


async def remove_chat(tx: AsyncConnection, channel: str, chat: str) -> None:
    """Nothing more is to be sent to this chat."""
    await tx.execute(delete(outbox).where(outbox.c.channel == channel, outbox.c.chat == chat))


async def purge(tx: AsyncConnection, before: datetime) -> int:
    """Drop messages asked for before and never taken; returns how many."""
    result = await tx.execute(delete(outbox).where(outbox.c.asked_at < before))
    return result.rowcount


async def postpone(tx: AsyncConnection, row: int, until: datetime, error: str, *, failed: bool) -> None:
    """Send a message from ``until`` on; ``failed``: it was tried in vain, not merely put off."""
    await tx.execute(
        update(outbox)
        .where(outbox.c.id == row)
        .values(attempts=outbox.c.attempts + int(failed), available_at=until, leased_until=None, error=error[:200])
    )


async def release(tx: AsyncConnection) -> None:
    """Take back what a process that is gone had leased; only where no other process works on this database."""
    await tx.execute(update(outbox).where(outbox.c.leased_until.is_not(None)).values(leased_until=None))


async def depth(tx: AsyncConnection) -> dict[str, tuple[int, datetime]]:
    """By channel, how many messages wait to be sent and since when the oldest was asked for."""
    counted = select(outbox.c.channel, func.count(), func.min(outbox.c.asked_at)).group_by(outbox.c.channel)
    return {channel: (times, oldest) for channel, times, oldest in await tx.execute(counted)}
