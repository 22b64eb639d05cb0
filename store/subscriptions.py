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
    return [(topic, place) for topic, place in await tx.execute(wanted.order_by(subscriptions.c.topic))]


async def add(tx: AsyncConnection, speaker: Speaker, topics: Collection[str], place: str, now: datetime) -> None:
    """Subscribe to ``topics`` for ``place``; what is subscribed to already stays."""
    rows = [{**speaker._asdict(), "topic": topic, "place": place, "created_at": now} for topic in topics]
    if rows:
        await tx.execute(upsert(tx, subscriptions).on_conflict_do_nothing(), rows)


async def remove(tx: AsyncConnection, speaker: Speaker, topic: str | None = None) -> int:
    """End the subscriptions to ``topic``, or all; returns how many."""
    mine = delete(subscriptions).filter_by(**speaker._asdict())
    result = await tx.execute(mine if topic is None else mine.where(subscriptions.c.topic == topic))
    return result.rowcount


async def end(tx: AsyncConnection, channel: str, chat: str) -> None:
    """Nobody in this chat can be written to any more."""
    await tx.execute(delete(subscriptions).filter_by(channel=channel, chat=chat))
