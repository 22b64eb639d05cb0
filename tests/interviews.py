"""How many questions the interview asks: ``python -m tests.interviews`` over 500 generated households.

Every household answers as it is; one answer in ten is "do not know". Compared with asking every fact of the
household, and every fact of every person in it.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import mean
from typing import Any

from bot.app import build_context
from bot.settings import Settings
from handlers import facts, interview
from handlers.context import Context
from handlers.course import HAS, NEEDS, QUESTIONS, WHO, Course
from handlers.types import Session
from knowledge.model import Fact, FactType
from knowledge.rules import PEOPLE

DAY = date(2026, 11, 22)
HOUSEHOLDS = 500
#: How many households in a hundred tick a group; the others are ticked by one in twenty.
SHARES = {"nguoi-cao-tuoi": 40, "hoc-sinh": 45, "tre-nho": 25, "sinh-vien": 12, "khuyet-tat": 10, "don-than": 8,
          "vay-von": 40, "nha-nuoc": 20, "xet-ho-ngheo": 20, "hoc-nghe": 15, "nghi-viec": 8}  # fmt: skip
RARE = 5
UNKNOWN = 0.1


@dataclass(frozen=True)
class Run:
    """One interview: how many questions, how many it could have asked, and how much it settled."""

    asked: int
    everything: int
    settled: int
    open: int


class Household:
    """Somebody who answers; what was not decided yet is decided when it is asked."""

    def __init__(self, context: Context, seed: int) -> None:
        self._context = context
        self._dice = random.Random(seed)
        groups = context.knowledge.groups
        self.groups = [name for name in groups if self._dice.random() * 100 < SHARES.get(name, RARE)]

    def value(self, fact: Fact) -> Any:
        """An answer to a question about ``fact``; None is "do not know"."""
        dice = self._dice
        if dice.random() < UNKNOWN:
            return None
        match fact.type:
            case FactType.YES_NO:
                return dice.random() < 0.5
            case FactType.CHOICE:
                return dice.choice(fact.choices).value
            case FactType.DATE:
                return DAY - timedelta(days=dice.randrange(1500))
            case FactType.AGE:
                return dice.randrange(1, 95)
            case FactType.NUMBER:
                return dice.randrange(int(fact.minimum or 0), int(min(fact.maximum or 100, 3_000_000)))

    def run(self) -> Run:
        """The interview from the first question to the result."""
        session, _ = interview.opened(Session(), self._context, DAY)
        asked = 0
        while (course := Course.of(session)) and course.awaits:
            asked += 1
            session = self._answered(course, session)
        found = facts.screening(session, self._context, DAY)
        settled = sum(outcome.truth is not None for outcome in found.outcomes.values())
        return Run(asked, self._everything(found.facts[PEOPLE]), settled, len(found.open))

    def _answered(self, course: Course, session: Session) -> Session:
        step = course.awaits or HAS
        if step in {HAS, NEEDS}:
            for group in self.groups:
                if (self._context.knowledge.groups[group].who is not None) is (step == HAS):
                    session, _ = interview.answered(step, group, session, self._context, DAY)
            return interview.answered(step, "", session, self._context, DAY)[0]
        if step.startswith(WHO):
            return interview.answered(step, "", session, self._context, DAY)[0]
        value = self.value(self._context.knowledge.facts[step.rpartition(".")[2]])
        return interview.taken(course, step, value, session, self._context, DAY)[0]

    def _everything(self, people: list[dict[str, Any]]) -> int:
        scopes = Counter(fact.scope for fact in self._context.knowledge.facts.values())
        return scopes["household"] + scopes["person"] * len(people)


def runs(context: Context, count: int = HOUSEHOLDS) -> Iterator[Run]:
    """``count`` interviews, the same ones every time."""
    return (Household(context, seed).run() for seed in range(count))


def report(found: list[Run]) -> str:
    """The figures in a few lines."""
    asked = [run.asked for run in found]
    counts = Counter(asked)
    return "\n".join([
        f"{len(found)} households: mean {mean(asked):.1f} questions, maximum {max(asked)} (limit {QUESTIONS})",
        "questions: " + ", ".join(f"{number}: {counts[number]}" for number in sorted(counts)),
        f"asking everything: mean {mean(run.everything for run in found):.0f} questions",
        f"settled then: mean {mean(run.settled for run in found):.1f} benefits; still open to answers: "
        f"{mean(run.open for run in found):.1f}",
    ])  # fmt: skip


def main() -> int:
    """Print the figures."""
    context = build_context(Settings(_env_file=None))
    print(report(list(runs(context))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
