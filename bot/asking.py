"""Questions answered without a stored conversation, for the command line and for measuring."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from time import perf_counter_ns
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.app import build_context
from bot.channels.plain import render
from bot.lines import fault
from bot.settings import Settings
from handlers.context import Context
from handlers.conversation import respond
from handlers.types import Incoming, IncomingKind, Session
from knowledge.places import PlaceMatch

MOST_RANKED = 5


class Line(BaseModel):
    """One line of ``ask --jsonl``."""

    model_config = ConfigDict(extra="ignore", strict=True)

    id: str | int
    text: str
    prev: str | None = None
    day: date | None = Field(default=None, alias="date", strict=False)
    place: str | None = None


@dataclass(frozen=True)
class Asker:
    """Takes the same path as a real message, with a session that is made up and thrown away."""

    context: Context

    @staticmethod
    def build(settings: Settings) -> Asker:
        """An asker over the knowledge base. Raises DataError."""
        return Asker(build_context(settings))

    def answer_line(self, line: str) -> str:
        """The answer to one JSON line; a malformed line is answered with what is wrong with it."""
        try:
            asked = Line.model_validate_json(line)
        except ValidationError as error:
            return json.dumps({"id": None, "error": fault(error)})
        found = self.answer(asked.text, day=asked.day, place=asked.place or "", previous=asked.prev)
        return json.dumps({"id": asked.id, **found}, ensure_ascii=False)

    def answer(
        self, text: str, *, day: date | None = None, place: str = "", previous: str | None = None
    ) -> dict[str, Any]:
        """Everything understood of ``text`` and the reply, as JSON values."""
        context = replace(self.context, preview=day)
        session = Session()
        if place:
            session = replace(session, place=self._unit_code(place))
        if previous:
            session, _ = respond(_incoming(previous), session, context)
        started = perf_counter_ns()
        understood = context.understander.understand(
            text, context.day(datetime.now(UTC)), session.entry, session.subject
        )
        understanding_time = perf_counter_ns() - started
        _, replies = respond(_incoming(text), session, context)
        return {
            "decision": understood.decision.value,
            "kind": understood.kind,
            "ranked": [[name, round(score, 4)] for name, score in understood.ranked[:MOST_RANKED]],
            "aspect": understood.aspect.value if understood.aspect else None,
            "statuses": list(understood.statuses),
            "facts": dict(understood.facts),
            "place": place_found(understood.place),
            "reply": render(replies),
            "statements": [statement for reply in replies for statement in reply.statements],
            "us": understanding_time // 1000,
        }

    def _unit_code(self, place: str) -> str | None:
        match = self.context.understander.places.find(place)
        return match.units[0].code if match and match.kind == "unit" else None


def place_found(place: PlaceMatch | None) -> dict[str, Any] | None:
    """A place as said and what it may be today."""
    if place is None:
        return None
    return {"said": place.said, "current": [unit.full for unit in place.units]}


def _incoming(text: str) -> Incoming:
    return Incoming("ask", "ask", "ask", IncomingKind.TEXT, datetime.now(UTC), text)
