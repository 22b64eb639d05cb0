"""The composition root: the one place where things are made and handed to each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from time import perf_counter
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.helpers import Foretold, Helpers
from bot.metrics import Metrics
from bot.settings import Settings
from handlers import questions, residents
from handlers import sessions as codec
from handlers.context import Context
from handlers.conversation import handle
from handlers.types import Incoming, Reply, Session
from handlers.wording import Wording
from knowledge.answers import AnswerFinder
from knowledge.base import DATA, load
from knowledge.screening import Screener
from knowledge.understanding.recalling import Recalling
from knowledge.understanding.understander import Understander
from store import sessions
from store.database import Database
from store.migrate import migrate
from store.sessions import Speaker, Stored

#: For each who wrote, what a helper told of the answer.
Foresight = Mapping[Speaker, Foretold]
NOTHING: Final[Foresight] = {}


def build_context(settings: Settings, preview: date | None = None, data: Path = DATA) -> Context:
    """The knowledge and the wording. Raises DataError where the data is faulty."""
    knowledge = load(data)
    answers = AnswerFinder(knowledge)
    return Context(
        knowledge=knowledge,
        understander=Recalling(Understander.build(knowledge, data)),
        answers=answers,
        screener=Screener(knowledge),
        wording=Wording(operator=settings.operator_name, web=settings.web_link),
        preview=preview,
    )


@dataclass(frozen=True)
class App:
    """The bot without its channels: a message goes in, replies come out, the conversation is kept."""

    context: Context
    database: Database
    metrics: Metrics = field(default_factory=Metrics)
    helpers: Helpers | None = None

    @staticmethod
    def build(settings: Settings, preview: date | None = None) -> App:
        """The bot as ``settings`` say. Opens no connection yet."""
        return App(build_context(settings, preview), Database(settings.database_url))

    async def start(self) -> None:
        """Bring the database up to date."""
        await migrate(self.database)

    async def converse(self, incoming: Incoming) -> list[Reply]:
        """Answer one message in one transaction: session in, replies out, session kept."""
        try:
            async with self.database.write() as tx:
                before = await self.sessions(tx, [speaker(incoming)], incoming.at)
                (replies,) = await self.converse_all(tx, [incoming], before)
        except Exception as error:
            self.metrics.failed(type(error).__name__)
            raise
        return replies

    async def foresee(self, messages: Sequence[Incoming], before: Mapping[Speaker, Session]) -> Foresight:
        """What the helpers can tell of the answers to messages of different speakers; nothing where there are none."""
        if self.helpers is None or not messages:
            return {}
        told = await self.helpers.foresee([(one, replace(before[speaker(one)], shown=())) for one in messages])
        return {speaker(incoming): one for incoming, one in zip(messages, told, strict=True) if one is not None}

    async def converse_all(
        self,
        tx: AsyncConnection,
        messages: Sequence[Incoming],
        before: Mapping[Speaker, Session],
        foresight: Foresight = NOTHING,
    ) -> list[list[Reply]]:
        """Answer messages of different speakers inside ``tx``; the replies to each, in order. ``before`` are their
        conversations so far; one of which nothing is to be remembered leaves nothing behind."""
        answered, after, forgotten = [], dict[Speaker, Stored](), list[Speaker]()
        for incoming in messages:
            began, key = perf_counter(), speaker(incoming)
            foreseen, spent = foresight.get(key, (None, 0.0))
            session, replies = await handle(incoming, before[key], tx, self.context, foreseen)
            if session.expires is None:
                forgotten.append(key)
            else:
                after[key] = Stored(codec.encode(session), session.expires)
            answered.append(replies)
            self.metrics.answered(incoming, replies, perf_counter() - began + spent)
        if after:
            await sessions.save(tx, after)
        if forgotten:
            await sessions.erase(tx, forgotten)
        await questions.keep(tx, messages, answered, self.context)
        return answered

    async def sessions(self, tx: AsyncConnection, speakers: Sequence[Speaker], at: datetime) -> dict[Speaker, Session]:
        """The conversations as they stand; a new one begins with what its person agreed to have remembered."""
        stored = await sessions.load(tx, speakers, at)
        strangers = [key for key in speakers if key not in stored]
        remembered = await residents.begun(tx, strangers) if strangers else {}
        return {key: codec.decode(stored[key]) if key in stored else remembered[key] for key in speakers}

    async def session(self, incoming: Incoming) -> Session:
        """The conversation as it stands, without a message."""
        async with self.database.read() as tx:
            return (await self.sessions(tx, [speaker(incoming)], incoming.at))[speaker(incoming)]

    async def knows(self, incoming: Incoming) -> bool:
        """Whether somebody agreed to be remembered beyond the conversation."""
        async with self.database.read() as tx:
            return bool(await residents.known(tx, speaker(incoming)))

    async def close(self) -> None:
        """Give back what was opened."""
        if self.helpers is not None:
            self.helpers.close()
        await self.database.close()


def speaker(incoming: Incoming) -> Speaker:
    """Whose conversation a message belongs to."""
    return Speaker(incoming.channel, incoming.chat, incoming.person)
