"""A message about the person's own affairs, with everything that dealing with it takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from handlers.context import Context
from handlers.types import Choice, Incoming, Reply, Session
from knowledge.places import Unit
from store.sessions import Speaker

Turn = tuple[Session, list[Reply]]


@dataclass(frozen=True)
class Visit:
    """The message, the conversation so far, the transaction it is answered in, and what the bot knows."""

    incoming: Incoming
    session: Session
    tx: AsyncConnection
    context: Context

    @property
    def speaker(self) -> Speaker:
        """Whose affairs these are."""
        return Speaker(self.incoming.channel, self.incoming.chat, self.incoming.person)

    @property
    def day(self) -> date:
        """The day of the answer."""
        return self.context.day(self.incoming.at)

    @property
    def home(self) -> Unit | None:
        """The commune that answers are for, where it is known."""
        return self.unit(self.session.place)

    def unit(self, code: str | None) -> Unit | None:
        """A commune of today by its code."""
        return self.context.understander.places.unit(code) if code else None

    def label(self, *path: str) -> str:
        """A short text of ``labels.yaml``."""
        return self.context.wording.label(*path)

    def turn(self, reply: Reply, *, awaits: str | None = None) -> Turn:
        """Answer with ``reply`` and await what ``awaits`` names."""
        return replace(self.session, desk=awaits), [reply]

    def say(self, template: str, choices: tuple[Choice, ...] = (), **values: object) -> Reply:
        """A reply by its template."""
        return Reply(self.context.wording.say(template, **values), choices)
