"""The question log: what was asked and what came of it, without who asked."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from handlers.context import Context
from handlers.masking import masked
from handlers.types import Incoming, IncomingKind, Reply
from knowledge.text import clean
from store import questions
from store.questions import Asked

#: How much of a question is kept, in characters.
LONGEST = 2000


async def keep(
    tx: AsyncConnection, messages: Sequence[Incoming], answered: Sequence[Sequence[Reply]], context: Context
) -> None:
    """Log those of ``messages`` that were questions, each with what its replies say was heard."""
    asked = []
    for incoming, replies in zip(messages, answered, strict=True):
        heard = next((reply.heard for reply in replies if reply.heard), None)
        if heard is not None and incoming.kind is IncomingKind.TEXT:
            text = masked(clean(incoming.text))[:LONGEST]
            asked.append(Asked(context.day(incoming.at), incoming.channel, text, heard.decision, heard.entry))
    await questions.add(tx, asked)
