"""The composition root: the one place where things are made and handed to each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.settings import Settings
from handlers import sessions as codec
from handlers.context import Context
from handlers.conversation import handle
from handlers.types import Incoming, Reply, Session
from handlers.wording import Wording
from knowledge.answers import AnswerFinder
from knowledge.base import DATA, load
from knowledge.screening import Screener
from knowledge.understanding.understander import Understander
from store import sessions
from store.database import Database
from store.migrate import migrate


def build_context(settings: Settings, preview: date | None = None, data: Path = DATA) -> Context:
    """The knowledge and the wording. Raises DataError where the data is faulty."""
    knowledge = load(data)
    answers = AnswerFinder(knowledge)
    return Context(
        knowledge=knowledge,
        understander=Understander.build(knowledge, data),
        answers=answers,
        screener=Screener(knowledge),
        wording=Wording(operator=settings.operator_name),
        preview=preview,
    )


@dataclass(frozen=True)
class App:
    """The bot without its channels: a message goes in, replies come out, the conversation is kept."""

    context: Context
    database: Database

    @staticmethod
    def build(settings: Settings, preview: date | None = None) -> App:
        """The bot as ``settings`` say. Opens no connection yet."""
        return App(build_context(settings, preview), Database(settings.database_url))

    async def start(self) -> None:
        """Bring the database up to date and forget what has expired."""
        await migrate(self.database)

    async def converse(self, incoming: Incoming) -> list[Reply]:
        """Answer one message in one transaction: session in, replies out, session kept."""
        key = (incoming.channel, incoming.chat, incoming.person)
        async with self.database.write() as tx:
            stored = await sessions.load(tx, *key, now=incoming.at)
            session = codec.decode(stored) if stored else Session()
            after, replies = await handle(incoming, session, tx, self.context)
            assert after.expires is not None
            await sessions.save(tx, *key, content=codec.encode(after), expires=after.expires)
        return replies

    async def session(self, incoming: Incoming) -> Session:
        """The conversation as it stands, without a message."""
        async with self.database.read() as tx:
            stored = await sessions.load(tx, incoming.channel, incoming.chat, incoming.person, now=incoming.at)
        return codec.decode(stored) if stored else Session()

    async def close(self) -> None:
        """Give back what was opened."""
        await self.database.close()
