"""Households screened without a conversation, for the command line and for measuring: ``screen --jsonl``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.app import build_context
from bot.lines import fault
from bot.settings import Settings
from handlers.context import Context
from knowledge.household import FactError, facts_of_place, heard_facts, read_facts, with_teller, written
from knowledge.rules import PEOPLE, Outcome


class Line(BaseModel):
    """One household: ``facts`` as told by id, a ``story``, or both; what both tell counts as the facts have it."""

    model_config = ConfigDict(extra="ignore", strict=True)

    id: str | int
    facts: dict[str, Any] | None = None
    story: str | None = None
    day: date | None = Field(default=None, alias="date", strict=False)
    place: str | None = None

    @model_validator(mode="after")
    def _something_told(self) -> Line:
        if self.facts is None and self.story is None:
            raise ValueError("give facts or a story")
        return self


@dataclass(frozen=True)
class LineScreener:
    """Screens a household per JSON line."""

    context: Context

    @staticmethod
    def build(settings: Settings) -> LineScreener:
        """A screener over the knowledge base. Raises DataError."""
        return LineScreener(build_context(settings))

    def screen_line(self, line: str) -> str:
        """The screening of one JSON line; one that cannot be used is answered with what is wrong with it."""
        try:
            household = Line.model_validate_json(line)
        except ValidationError as error:
            return _error(_id_of(line), fault(error))
        try:
            found = self.screen(household)
        except FactError as error:
            return _error(household.id, str(error))
        return json.dumps({"id": household.id, **found}, ensure_ascii=False)

    def screen(self, household: Line) -> dict[str, Any]:
        """What was understood, the verdicts and the next question, as JSON values. Raises FactError."""
        context = self.context
        day = household.day or context.day(datetime.now(UTC))
        understood = self._understood(household, day)
        whole = with_teller(understood, context.knowledge.facts) if _people_from_story(household) else understood
        screening = context.screener.screen(whole, day)
        asked = context.screener.next_question(screening)
        return {
            "facts": written(understood),
            "verdicts": {key: _verdict(outcome) for key, outcome in screening.outcomes.items()},
            "next_question": asked.fact if asked else None,
        }

    def _understood(self, household: Line, day: date) -> dict[str, Any]:
        """The story's facts, those of the place, and the facts as told, the later over the earlier."""
        known = self.context.knowledge.facts
        told = read_facts(known, household.facts or {})
        story = household.story or ""
        heard = heard_facts(known, self.context.understander.stories.read(story, day).facts) if story else {}
        return {**heard, **self._of_place(household.place or story), **told}

    def _of_place(self, text: str) -> dict[str, Any]:
        match = self.context.understander.places.find(text) if text else None
        return facts_of_place(match) if match else {}


def _people_from_story(household: Line) -> bool:
    return bool(household.story) and PEOPLE not in (household.facts or {})


def _verdict(outcome: Outcome) -> dict[str, Any]:
    claims = dict.fromkeys(claim for reason in outcome.reasons for claim in reason.claims)
    return {
        "verdict": outcome.verdict.value,
        "reasons": [reason.text for reason in outcome.reasons],
        "missing": list(outcome.missing),
        "claims": list(claims),
    }


def _id_of(line: str) -> str | int | None:
    """The id of a line that is wrong elsewhere."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    name = found.get("id") if isinstance(found, Mapping) else None
    return name if isinstance(name, str | int) else None


def _error(name: str | int | None, message: str) -> str:
    return json.dumps({"id": name, "error": message}, ensure_ascii=False)
