"""Conversation state, one row per person in a chat; gone when it expires."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from store.schema import sessions


async def load(tx: AsyncConnection, channel: str, chat: str, person: str, now: datetime) -> Mapping[str, Any] | None:
    """The stored conversation, or None where there is none or it has expired."""
    found = await tx.execute(select(sessions.c.content).where(*_key(channel, chat, person), sessions.c.expires > now))
    content: Mapping[str, Any] | None = found.scalar_one_or_none()
    return content


async def save(
    tx: AsyncConnection, channel: str, chat: str, person: str, content: Mapping[str, Any], expires: datetime
) -> None:
    """Store the conversation in place of what was there."""
    await erase(tx, channel, chat, person)
    await tx.execute(
        insert(sessions).values(channel=channel, chat=chat, person=person, content=content, expires=expires)
    )


async def erase(tx: AsyncConnection, channel: str, chat: str, person: str) -> None:
    """Forget the conversation."""
    await tx.execute(delete(sessions).where(*_key(channel, chat, person)))


async def erase_expired(tx: AsyncConnection, now: datetime) -> int:
    """Forget every conversation whose time is over; returns how many."""
    result = await tx.execute(delete(sessions).where(sessions.c.expires <= now))
    return result.rowcount


def _key(channel: str, chat: str, person: str) -> tuple[Any, ...]:
    return (sessions.c.channel == channel, sessions.c.chat == chat, sessions.c.person == person)
