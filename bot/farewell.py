"""A chat that can no longer be written to."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from store import outbox, subscriptions


async def forget_chat(tx: AsyncConnection, channel: str, chat: str) -> None:
    """End its subscriptions, and drop what was still to be sent there."""
    await subscriptions.end(tx, channel, chat)
    await outbox.remove_chat(tx, channel, chat)
