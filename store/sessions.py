"""Conversation state, one row per person in a chat; gone when it expires."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from store.database import upsert
from store.schema import SPEAKER, sessions

_SPEAKER = tuple_(sessions.c.channel, sessions.c.chat, sessions.c.person)
# Each part by itself, for SQLite looks up a list of values in the index but no list of rows; the few too many are
# left out afterwards.
_LIVING = select(sessions).where(
    *(sessions.c[part].in_(bindparam(f"{part}s", expanding=True)) for part in SPEAKER),
    sessions.c.expires > bindparam("now"),
)


class Speaker(NamedTuple):
    """Who speaks: the channel, the chat in it, and the person in the chat."""

    channel: str
    chat: str
    person: str


def parts(speakers: Collection[Speaker]) -> dict[str, list[str]]:
    """The channels, chats and persons of ``speakers``, to look them up by."""
    return {f"{part}s": list({getattr(speaker, part) for speaker in speakers}) for part in SPEAKER}


@dataclass(frozen=True)
class Stored:
    """A conversation as it is stored, and when it is to be forgotten."""

    content: Mapping[str, Any]
    expires: datetime


async def load(tx: AsyncConnection, speakers: Collection[Speaker], now: datetime) -> dict[Speaker, Mapping[str, Any]]:
    """The stored conversations of ``speakers``; none for those who have none or whose time is over."""
    found = await tx.execute(_LIVING, {**parts(speakers), "now": now})
    living = {Speaker(row.channel, row.chat, row.person): row.content for row in found}
    return {speaker: living[speaker] for speaker in speakers if speaker in living}


async def save(tx: AsyncConnection, conversations: Mapping[Speaker, Stored]) -> None:
    """Store each conversation in place of what was there."""
    rows = [
        {**speaker._asdict(), "content": stored.content, "expires": stored.expires}
        for speaker, stored in conversations.items()
    ]
    insert = upsert(tx, sessions)
    changed = {"content": insert.excluded.content, "expires": insert.excluded.expires}
    await tx.execute(insert.on_conflict_do_update(index_elements=SPEAKER, set_=changed), rows)


async def erase(tx: AsyncConnection, speakers: Collection[Speaker]) -> None:
    """Forget these conversations."""
    await tx.execute(delete(sessions).where(_SPEAKER.in_([tuple(speaker) for speaker in speakers])))


async def erase_person(tx: AsyncConnection, channel: str, person: str) -> None:
    """Forget every conversation with somebody, in whatever chat."""
    await tx.execute(delete(sessions).filter_by(channel=channel, person=person))


async def erase_expired(tx: AsyncConnection, now: datetime) -> int:
    """Forget every conversation whose time is over; returns how many."""
    result = await tx.execute(delete(sessions).where(sessions.c.expires <= now))
    return result.rowcount
