"""``make evaluate``: how well questions are understood, on the project's labelled set (docs/understanding.md).

The fitting half has been seen by the learning; only the measuring half tells how good it is on new questions.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter_ns

from bot.app import build_context
from bot.memory import spare_garbage_collection
from bot.settings import Settings
from knowledge.places import PlaceMatch
from knowledge.understanding.understander import Decision, Understander, Understanding

QUESTIONS = Path(__file__).parent / "questions"
TODAY = date(2026, 11, 22)
OUTSIDE, EMERGENCY, SCAM = "ngoai-pham-vi", "nguy-cap", "lua-dao"
SPECIAL = frozenset({OUTSIDE, EMERGENCY, SCAM})


@dataclass(frozen=True)
class Question:
    """One labelled question."""

    id: str
    text: str
    label: str
    style: str
    prev: str | None = None
    also: tuple[str, ...] = ()
    aspect: str | None = None
    statuses: tuple[str, ...] = ()
    place: tuple[str, ...] = ()

    @property
    def right(self) -> frozenset[str]:
        """The entries that are right for it."""
        return frozenset((self.label, *self.also))


@dataclass(frozen=True)
class Result:
    """What was understood of a question, and how long it took in microseconds."""

    question: Question
    understood: Understanding
    micros: float

    @property
    def first_right(self) -> bool:
        """Whether the entry ranked first is right."""
        return self.understood.entry in self.question.right


def read_questions(paths: Iterable[Path]) -> list[Question]:
    """The questions of the given files."""
    found = []
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            place = row.get("place") or ()
            places = (place,) if isinstance(place, str) else tuple(place)
            found.append(
                Question(
                    id=row["id"], text=row["text"], label=row["label"], style=row["style"], prev=row.get("prev"),
                    also=tuple(row.get("also") or ()), aspect=row.get("aspect"),
                    statuses=tuple(row.get("statuses") or ()), place=places,
                )
            )  # fmt: skip
    return found


def ask(understander: Understander, question: Question) -> Result:
    """Understand one question the way a conversation does."""
    previous = understander.understand(question.prev, TODAY).entry if question.prev else None
    started = perf_counter_ns()
    understood = understander.understand(question.text, TODAY, previous, question.prev or "")
    return Result(question, understood, (perf_counter_ns() - started) / 1000)


def share(results: Sequence[Result], test: Callable[[Result], bool]) -> float:
    """The percentage of ``results`` that pass ``test``; not a number where there are none."""
    return 100 * sum(map(test, results)) / len(results) if results else float("nan")


def named(place: PlaceMatch | None) -> frozenset[str]:
    """The units a place may be."""
    return frozenset(unit.full for unit in place.units) if place else frozenset()


def report(results: Sequence[Result], out: Callable[[str], object] = print) -> None:
    """Print every figure with its bar."""
    inside = [r for r in results if r.question.label not in SPECIAL]
    outside = [r for r in results if r.question.label == OUTSIDE]
    emergencies = [r for r in results if r.question.label == EMERGENCY]
    scams = [r for r in results if r.question.label == SCAM]
    calm = [r for r in results if r.question.label not in {EMERGENCY, SCAM}]
    clean = [r for r in inside if r.question.style == "clean"]
    clarified = [r for r in inside if r.understood.decision is Decision.CLARIFY]

    def decided(decision: Decision) -> Callable[[Result], bool]:
        return lambda r: r.understood.decision is decision

    def caught(kinds: Callable[[str | None], bool]) -> Callable[[Result], bool]:
        return lambda r: r.understood.decision is Decision.EMERGENCY and kinds(r.understood.kind)

    answered = {Decision.ANSWER, Decision.SMALLTALK}
    unsure = {Decision.FALLBACK, Decision.BOUNDARY, Decision.CLARIFY}
    refused = {Decision.FALLBACK, Decision.BOUNDARY}
    rows = [
        ("in scope: first entry right", share(inside, lambda r: r.first_right), ">= 90"),
        ("clean: answered with the right entry",
         share(clean, lambda r: r.understood.decision in answered and r.first_right), ">= 85"),
        ("in scope: wrong answer",
         share(inside, lambda r: r.understood.decision not in unsure and not r.first_right), "<= 5"),
        ("in scope: clarify", share(inside, decided(Decision.CLARIFY)), "<= 15"),
        ("in scope: refused", share(inside, lambda r: r.understood.decision in refused), "<= 4"),
        ("clarify offers the right entry", share(clarified, lambda r: bool(
            r.question.right & {name for name, _ in r.understood.ranked[:3]})), ">= 90"),
        ("out of scope: answer", share(outside, lambda r: r.understood.decision in answered), "<= 5"),
        ("out of scope: clarify", share(outside, decided(Decision.CLARIFY)), "<= 10"),
        ("emergencies caught", share(emergencies, caught(lambda kind: kind != "scam")), ">= 97"),
        ("scams caught", share(scams, caught(lambda kind: kind == "scam")), ">= 90"),
        ("false alarms", share(calm, decided(Decision.EMERGENCY)), "<= 0.5"),
        ("aspect right", share([r for r in inside if r.question.aspect], lambda r: (
            r.understood.aspect is not None and r.understood.aspect.value == r.question.aspect)), ">= 85"),
        ("statuses found", statuses_found(results), ">= 92"),
        ("statuses wrongly claimed", statuses_wrong(results), "<= 3"),
        ("place found", share([r for r in results if r.question.place],
                              lambda r: set(r.question.place) == named(r.understood.place)), ">= 95"),
        ("place where there is none", share([r for r in results if not r.question.place],
                                            lambda r: bool(named(r.understood.place))), ""),
        ("median microseconds", median(r.micros for r in results), "<= 1500"),
        ("p99 microseconds", sorted(r.micros for r in results)[int(len(results) * 0.99)], "<= 8000"),
    ]  # fmt: skip
    for name, value, bar in rows:
        out(f"{name:40} {value:8.1f}   {bar}")
    by_style: dict[str, list[Result]] = defaultdict(list)
    for result in inside:
        by_style[result.question.style].append(result)
    for style, found in sorted(by_style.items()):
        out(f"  first right, {style:20} {share(found, lambda r: r.first_right):8.1f}   >= 85   ({len(found)})")


def statuses_found(results: Sequence[Result]) -> float:
    """The percentage of labelled statuses that were reported."""
    wanted = [(status, r) for r in results for status in r.question.statuses]
    return 100 * sum(status in r.understood.statuses for status, r in wanted) / len(wanted) if wanted else float("nan")


def statuses_wrong(results: Sequence[Result]) -> float:
    """The percentage of reported statuses that were not labelled."""
    claimed = [(status, r) for r in results for status in r.understood.statuses]
    return 100 * sum(s not in r.question.statuses for s, r in claimed) / len(claimed) if claimed else 0.0


def confusions(results: Sequence[Result]) -> list[tuple[tuple[str, str], int]]:
    """The commonest wrong first entries, as (label, taken for)."""
    wrong = Counter((r.question.label, r.understood.entry or "") for r in results if not r.first_right)
    return wrong.most_common(12)


def main(arguments: Sequence[str]) -> None:
    """Print the figures for the measuring half, then for the fitting half; ``-v`` shows what went wrong."""
    understander = build_context(Settings(_env_file=None)).understander
    spare_garbage_collection()  # as the program does
    for title, pattern in (("measuring half", "measure*.jsonl"), ("fitting half (seen)", "fit*.jsonl")):
        results = [ask(understander, question) for question in read_questions(sorted(QUESTIONS.glob(pattern)))]
        if not results:
            continue
        print(f"\n== {title}: {len(results)} questions")
        report(results)
        for (label, taken), times in confusions(results):
            print(f"  {times:3} x {label} taken for {taken}")
        if "-v" in arguments:
            _show_wrong(results)


def _show_wrong(results: Sequence[Result]) -> None:
    for r in results:
        if not r.first_right:
            top = [(name, round(chance, 2)) for name, chance in r.understood.ranked[:3]]
            print(r.question.id, r.question.style, r.question.label, r.understood.decision, r.question.text, top)


if __name__ == "__main__":
    main(sys.argv[1:])
