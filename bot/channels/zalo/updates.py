"""What came in from Zalo, as the bot understands it. Pure: an update in, what it says and where to answer out."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from handlers.types import Incoming, IncomingKind

CHANNEL = "zalo"
GROUP = "GROUP"
#: What each event says; others (reactions, notices) ask for nothing. Of children, of people with a disability and of
#: people who cannot read, Zalo hands over nothing but ``unsupported``, though they may have written a plain text.
EVENTS = {
    "message.text.received": IncomingKind.TEXT,
    "message.image.received": IncomingKind.UNSUPPORTED,
    "message.sticker.received": IncomingKind.UNSUPPORTED,
    "message.voice.received": IncomingKind.UNSUPPORTED,
    "message.unsupported.received": IncomingKind.WITHHELD,
}
#: What an identifier looks like, and the longest that can be kept.
_IDENTIFIER = re.compile(r"[\x21-\x7e]{1,64}")


class UnreadableError(ValueError):
    """An update in a shape that is not known."""


@dataclass(frozen=True)
class Said:
    """An update for the bot: its own number, and what a person says."""

    update_id: str
    incoming: Incoming


def said_in(raw: Mapping[str, Any], names: Collection[str], now: datetime) -> Said | None:
    """What the update ``raw`` says, in the envelope or bare; none where it is not for the bot.

    ``names`` are the bot's own, without "@". Raises UnreadableError.
    """
    event = unwrapped(raw)
    kind, message = EVENTS.get(str(event.get("event_name"))), event.get("message")
    if kind is None or message is None:
        return None
    person, chat = _object(_object(message).get("from")), _object(message.get("chat"))
    text = message.get("text") if kind is IncomingKind.TEXT else ""
    if not isinstance(text, str):
        raise UnreadableError("no text")
    group = chat.get("chat_type") == GROUP
    if person.get("is_bot") or (group and not _addressed(text, names)):
        return None
    where = _identifier(chat.get("id"))
    incoming = Incoming(CHANNEL, where, _identifier(person.get("id")), kind, now, _without(text, names), group=group)
    return Said(_number(where, message), incoming)


def unwrapped(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The event of an update; Zalo is described as sending it both in ``result`` and bare."""
    result = raw.get("result")
    return result if isinstance(result, dict) and "event_name" not in raw else raw


def _number(chat: str, message: Mapping[str, Any]) -> str:
    """Tells an update from every other: made of the chat and the message's own number."""
    number = f"{chat} {_identifier(message.get('message_id'))}"
    return blake2b(number.encode(), digest_size=20).hexdigest()


def _addressed(text: str, names: Collection[str]) -> bool:
    """Whether a text in a group is for the bot: a command, or one that names it."""
    return text.lstrip().startswith("/") or any(f"@{name}".lower() in text.lower() for name in names)


def _without(text: str, names: Collection[str]) -> str:
    """The text without our own name in it."""
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(rf"@{re.escape(name)}", " ", text, flags=re.IGNORECASE)
    return text.strip()


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise UnreadableError("not an object")
    return value


def _identifier(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not _IDENTIFIER.fullmatch(value):
        raise UnreadableError("no identifier")
    return value
