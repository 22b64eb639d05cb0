"""Who wants notices, on which topic and for which place."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from store.database import upsert
from store.schema import subscriptions
from store.sessions import Speaker

#: Stands for every topic, or for every place.
ALL = ""


async def of(tx: AsyncConnection, speaker: Speaker) -> list[tuple[str, str]]:
    """Topic and place (a commune's code) of each subscription."""
    wanted = select(subscriptions.c.topic, subscriptions.c.place).filter_by(**speaker._asdict())
    ordered = wanted.order_by(subscriptions.c.topic, subscriptions.c.place)
    return [(topic, place) for topic, place in await tx.execute(ordered)]


async def add(tx: AsyncConnection, speaker: Speaker, topics: Collection[str], place: str, now: datetime) -> None:
    """Subscribe to ``topics`` for ``place``; what is subscribed to already stays."""
    rows = [{**speaker._asdict(), "topic": topic, "place": place, "created_at": now} for topic in topics]
    if rows:
        await tx.execute(upsert(tx, subscriptions).on_conflict_do_nothing(), rows)


async def remove(tx: AsyncConnection, speaker: Speaker, topic: str | None = None, place: str | None = None) -> int:
    """End the subscriptions to ``topic``, for ``place``, or all; returns how many."""
    which = {name: value for name, value in (("topic", topic), ("place", place)) if value is not None}
    result = await tx.execute(delete(subscriptions).filter_by(**speaker._asdict(), **which))
    return result.rowcount


async def end(tx: AsyncConnection, channel: str, chat: str) -> None:
    """Nobody in this chat can be written to any more."""
    await tx.execute(delete(subscriptions).filter_by(channel=channel, chat=chat))
