"""What is remembered of people who agreed to it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncConnection

from handlers.types import Session
from store import residents
from store.sessions import Speaker


async def begun(tx: AsyncConnection, speakers: Collection[Speaker]) -> dict[Speaker, Session]:
    """New conversations with ``speakers``, each with the place its person agreed to have remembered."""
    known = await residents.load(tx, speakers)
    return {key: Session(place=known[key].place) if key in known else Session() for key in speakers}
