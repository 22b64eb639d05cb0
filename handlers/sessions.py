"""Sessions as JSON, so that any process may take the next message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from handlers.actions import pack, unpack
from handlers.types import Choice, Reply, Session


def encode(session: Session) -> dict[str, Any]:
    """``session`` as JSON values; its expiry is kept beside it, not in it."""
    content = {key: value for key, value in asdict(session).items() if key not in {"offered", "shown", "expires"}}
    content["facts"] = dict(session.facts)
    content["offered"] = [_choice(choice) for choice in session.offered]
    content["shown"] = [
        {"text": reply.text, "choices": [_choice(choice) for choice in reply.choices]} for reply in session.shown
    ]
    return content


def decode(content: Mapping[str, Any], expires: datetime | None = None) -> Session:
    """The session that ``encode`` made."""
    values = dict(content)
    values["offered"] = tuple(_unchoice(choice) for choice in values.get("offered", ()))
    values["shown"] = tuple(
        Reply(text=reply["text"], choices=tuple(_unchoice(choice) for choice in reply["choices"]))
        for reply in values.get("shown", ())
    )
    return Session(**values, expires=expires)


def _choice(choice: Choice) -> list[str]:
    return [choice.label, pack(choice.action)]


def _unchoice(stored: list[str]) -> Choice:
    label, packed = stored
    return Choice(label, unpack(packed))
