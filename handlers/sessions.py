"""Sessions as JSON, so that any process may take the next message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from handlers.actions import pack, unpack
from handlers.types import Choice, Reply, Session
from knowledge.household import written
from knowledge.rules import PEOPLE

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def encode(session: Session) -> dict[str, Any]:
    """``session`` as JSON values; its expiry is kept beside it, not in it."""
    content = {key: value for key, value in vars(session).items() if key != "expires"}
    content["facts"] = written(session.facts)
    content["votes"] = dict(session.votes)
    content["offered"] = [_choice(choice) for choice in session.offered]
    content["shown"] = [
        {"text": reply.text, "choices": [_choice(choice) for choice in reply.choices], "worded": reply.worded}
        for reply in session.shown
    ]
    return content


def decode(content: Mapping[str, Any], expires: datetime | None = None) -> Session:
    """The session that ``encode`` made."""
    values = dict(content)
    values["offered"] = tuple(_unchoice(choice) for choice in values.get("offered", ()))
    values["shown"] = tuple(
        Reply(reply["text"], tuple(map(_unchoice, reply["choices"])), worded=reply.get("worded", False))
        for reply in values.get("shown", ())
    )
    values["facts"] = _read(values.get("facts", {}))
    return Session(**values, expires=expires)


def _read(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts with their days read; no choice looks like a day."""
    read = {key: _read_value(value) for key, value in facts.items() if key != PEOPLE}
    return {**read, PEOPLE: [_read(person) for person in facts[PEOPLE]]} if PEOPLE in facts else read


def _read_value(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else value


def _choice(choice: Choice) -> list[str]:
    return [choice.label, pack(choice.action)]


def _unchoice(stored: list[str]) -> Choice:
    label, packed = stored
    return Choice(label, unpack(packed))
