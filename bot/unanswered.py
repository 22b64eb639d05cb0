"""Questions that the bot could not answer, grouped, the most asked first; and how its answers were voted on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import yaml
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.settings import Settings
from handlers.context import VIETNAM
from knowledge.clusters import clusters
from store import questions, votes
from store.database import Database
from store.migrate import migrate
from store.questions import Asked

T = TypeVar("T")
#: What was decided about a question that had no answer.
UNANSWERED = ("fallback", "clarify")
#: How many wordings of a group are shown, and how many go into an entry's skeleton.
SHOWN, PHRASINGS = 3, 12


@dataclass(frozen=True)
class Group:
    """Questions that ask the same: how often, from when to when, and the wordings, the most frequent first."""

    count: int
    first: date
    last: date
    wordings: tuple[str, ...]
    nearest: str | None

    @property
    def line(self) -> str:
        """The group for the eye."""
        said = " | ".join(self.wordings[:SHOWN])
        more = f" (+{len(self.wordings) - SHOWN})" if len(self.wordings) > SHOWN else ""
        return f"{self.count:5}  {self.first} – {self.last}  {self.nearest or '-'}: {said}{more}"

    @property
    def json(self) -> str:
        """The group as a JSON line."""
        told = {"count": self.count, "first": f"{self.first}", "last": f"{self.last}", "nearest": self.nearest}
        return json.dumps({**told, "questions": self.wordings}, ensure_ascii=False)

    @property
    def skeleton(self) -> str:
        """An entry to be completed, with the wordings as its phrasings."""
        entry: dict[str, Any] = {"id": "TODO", "kind": "programme", "title": "TODO", "label": "TODO", "topic": "TODO"}
        entry |= {"names": [], "phrasings": list(self.wordings[:PHRASINGS]), "roles": ["mot-cua"], "next_step": "TODO"}
        lead = {"id": "TODO", "lead": True, "text": "TODO", "claims": ["TODO"], "cues": []}
        entry |= {"related": [self.nearest] if self.nearest else [], "aspects": {"tong-quan": [lead]}}
        head = f"# asked {self.count} times, {self.first} to {self.last}"
        return f"{head}\n{yaml.safe_dump(entry, allow_unicode=True, sort_keys=False, width=1000)}"


def unanswered(settings: Settings, days: int, boundary: bool = False, today: date | None = None) -> list[Group]:
    """The groups of the last ``days`` days; with ``boundary`` also of questions that the bot will not answer."""
    since = (today or datetime.now(UTC).astimezone(VIETNAM).date()) - timedelta(days=days - 1)
    decisions = (*UNANSWERED, "boundary") if boundary else UNANSWERED
    return grouped(_read(settings, lambda tx: questions.since(tx, since, decisions)))


def grouped(asked: Sequence[Asked]) -> list[Group]:
    """Questions in groups, the largest first."""
    return [
        _group([asked[member] for member in cluster.members], [asked[one].text for one in cluster.wordings])
        for cluster in clusters([question.text for question in asked])
    ]


def _group(asked: Sequence[Asked], wordings: Sequence[str]) -> Group:
    entries = [question.entry for question in asked if question.entry]
    nearest = max(dict.fromkeys(entries), key=entries.count, default=None)
    days = [question.day for question in asked]
    return Group(len(asked), min(days), max(days), tuple(wordings), nearest)


def voted(settings: Settings) -> list[str]:
    """One line for each entry that was voted on, the most thumbs down first, with the reasons."""

    async def read(tx: AsyncConnection) -> tuple[dict[str, tuple[int, int]], dict[str, dict[str, int]]]:
        return await votes.counts(tx), await votes.reasons(tx)

    counts, reasons = _read(settings, read)
    lines = []
    for entry, (helped, not_helped) in sorted(counts.items(), key=lambda item: (-item[1][1], item[0])):
        whys = sorted(reasons.get(entry, {}).items(), key=lambda why: (-why[1], why[0]))
        told = ", ".join(f"{name} {times}" for name, times in whys)
        lines.append(f"{entry:30} 👎 {not_helped:4}  👍 {helped:4}  {told}".rstrip())
    return lines


def _read(settings: Settings, read: Callable[[AsyncConnection], Coroutine[Any, Any, T]]) -> T:
    async def go() -> T:
        database = Database(settings.database_url)
        try:
            await migrate(database)
            async with database.read() as tx:
                return await read(tx)
        finally:
            await database.close()

    return asyncio.run(go())
