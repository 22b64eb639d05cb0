"""What channels that bring updates and take messages have in common; nothing here knows which one it is.

What is kept of an update is what the bot needs to answer it: what was said, and the channel's own ``target``, which
tells it where the answer goes. Names, pictures and whatever else a channel sends along are not kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from starlette.routing import BaseRoute

from bot.pacing import Pacing
from handlers.actions import pack, unpack
from handlers.types import Incoming, IncomingKind, Reply
from store.inbox import Arrival, Waiting

Target = dict[str, Any]


class DeliveryError(Exception):
    """A message could not be delivered."""


class Busy(DeliveryError):  # noqa: N818 - named for what the channel is
    """The channel asks to wait ``seconds`` before anything more goes to this chat."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


class Faulty(DeliveryError):  # noqa: N818
    """A fault that passes: the channel's own, or on the way to it. Trying again may help."""


class Gone(DeliveryError):  # noqa: N818
    """The person has blocked the bot, or the chat is no more."""


class Refused(DeliveryError):  # noqa: N818
    """The channel will never take this message."""


@dataclass(frozen=True)
class Left:
    """The person has blocked the bot, or a group has removed it: nothing more can be sent there."""

    channel: str
    chat: str
    person: str


class Channel(Protocol):
    """A channel as the worker and the sender see it."""

    @property
    def name(self) -> str:
        """Under which name its chats are stored."""
        ...

    @property
    def pacing(self) -> Pacing:
        """How fast messages may go out."""
        ...

    def write(self, target: Target, replies: Sequence[Reply]) -> list[dict[str, Any]]:
        """``replies`` as messages to ``target`` that can be stored."""
        ...

    async def deliver(self, message: dict[str, Any]) -> None:
        """Send one message. Raises DeliveryError."""
        ...

    async def typing(self, target: Target) -> None:
        """Show that an answer is being written, where the channel can; a failure does no harm."""
        ...


class Line(Protocol):
    """The connection to a channel's service."""

    @property
    def channel(self) -> Channel:
        """The channel it brings updates for."""
        ...

    @property
    def routes(self) -> list[BaseRoute]:
        """The addresses that the service posts to."""
        ...

    async def run(self, stop: asyncio.Event) -> None:
        """Make the bot known and take updates until told to stop."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


def arrival(said: Incoming | Left, update_id: str, target: Target) -> Arrival:
    """An update as it is kept."""
    payload: dict[str, Any] = {"target": target}
    if isinstance(said, Incoming):
        action = pack(said.action) if said.action is not None else None
        payload |= {"kind": said.kind.value, "text": said.text, "action": action, "group": said.group}
    return Arrival(said.channel, update_id, said.chat, said.person, payload)


def said(row: Waiting, now: datetime) -> Incoming | Left:
    """What an update that was kept says."""
    held = row.payload
    if "kind" not in held:
        return Left(row.channel, row.chat, row.person)
    action = unpack(held["action"]) if held["action"] else None
    kind = IncomingKind(held["kind"])
    return Incoming(row.channel, row.chat, row.person, kind, now, held["text"], action, held["group"])
