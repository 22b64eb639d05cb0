"""Asks every acceptance question and says which replies hold what they must.

``python -m tests.acceptance.run [file …]`` prints the pass rate and each failure with its reply.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from csv import DictReader
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import normalize

import yaml

from bot.asking import Asker
from bot.settings import Settings
from knowledge.figures import allowed_forms, figures
from knowledge.model import Entry, Statement

HERE = Path(__file__).parent
#: The most characters of a reply without its choices.
LONGEST = 900

Case = dict[str, Any]
KEYS = {"id", "text", "prev", "date", "place", "must", "must_not"}


def cases(*files: Path) -> Iterator[Case]:
    """The cases of ``files``, or of every file here. Raises ValueError for one that is not well formed."""
    for file in files or sorted(HERE.glob("*.yaml")):
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            if not {"id", "text"} <= case.keys() <= KEYS or not (case.get("must") or case.get("must_not")):
                raise ValueError(f"{file.name}: {case}")
            yield case


@cache
def asker() -> Asker:
    """The one asker of this process."""
    return Asker.build(Settings(_env_file=None, operator_name="UBND xã An Khánh"))


def ask(case: Case) -> dict[str, Any]:
    """What the bot says to ``case``."""
    day = case.get("date")
    assert day is None or isinstance(day, date), f"{case['id']}: not a date: {day}"
    return asker().answer(case["text"], day=day, place=case.get("place", ""), previous=case.get("prev"))


def problems(case: Case, found: dict[str, Any]) -> list[str]:
    """What is wrong with the reply to ``case``; nothing if it passes."""
    reply = plain(found["reply"])
    wrong = []
    for wanted in case.get("must") or []:
        options = [wanted] if isinstance(wanted, str) else wanted
        if not any(plain(option) in reply for option in options):
            wrong.append(f"lacks {' | '.join(options)}")
    wrong += [f"holds {banned}" for banned in case.get("must_not") or [] if plain(banned) in reply]
    body = without_choices(found["reply"])
    if len(body) > LONGEST:
        wrong.append(f"is {len(body)} characters long")
    stray = sorted(set(figures(body)) - sourced(case, found))
    if stray:
        wrong.append(f"holds figures that nothing used holds: {' '.join(stray)}")
    return wrong


def plain(text: str) -> str:
    """``text`` as it is compared: NFC, lower case, one kind of space."""
    return " ".join(normalize("NFC", text).lower().split())


def without_choices(reply: str) -> str:
    """The reply without its numbered choices, which are its last lines."""
    lines = reply.split("\n")
    while lines and (not lines[-1].strip() or lines[-1].split(". ")[0].isdigit()):
        lines.pop()
    return "\n".join(lines)


def sourced(case: Case, found: dict[str, Any]) -> frozenset[str]:
    """The figures that the reply to ``case`` may hold: of its statements, their sources, offices, the question."""
    knowledge = asker().context.knowledge
    texts = [case["text"], case.get("prev", ""), case.get("place", "")]
    for name in found["statements"]:
        entry_id, _, statement_id = name.partition("/")
        entry = knowledge.entries[entry_id]
        statement = next(s for s in knowledge.statements(entry) if s.id == statement_id)
        texts += [entry.title, entry.label, entry.say or "", entry.next_step or "", statement.text]
        texts += list(_sources(statement))
        texts += list(_reasons(entry))
        texts += [office.phone or "" for office in knowledge.offices.values() if office.role in entry.roles]
    texts += _places(plain(found["reply"]))
    return allowed_forms(figure for text in texts for figure in figures(text))


def _places(reply: str) -> Iterator[str]:
    """Of every commune named in ``reply``: its name, its seat on the map of 7/2025 and its resolution."""
    for unit in units():
        if plain(f"{unit['type']} {unit['name']}") in reply:
            yield f"{' '.join(unit.values())} 7/2025"


@cache
def units() -> tuple[dict[str, str], ...]:
    """The communes of today, as the data has them."""
    with (HERE.parents[1] / "knowledge/data/places/units.csv").open(encoding="utf-8", newline="") as file:
        return tuple({key: value or "" for key, value in row.items()} for row in DictReader(file))


def _reasons(entry: Entry) -> Iterator[str]:
    """What the rules of ``entry`` may say; ``check`` compares their figures with their claims."""
    for benefit in entry.benefits:
        yield benefit.title
        for condition in (node for rule in benefit.rules for node in rule.when.walk()):
            yield from filter(None, (condition.pass_, condition.fail, condition.mend, condition.leaf))


def _sources(statement: Statement) -> Iterator[str]:
    context = asker().context
    for name in statement.sources:
        source = context.knowledge.sources[name]
        yield f"{source.publisher} {context.wording.day(source.dated)}"


def main(files: list[str]) -> int:
    """Print every failure with its reply, then the pass rate; 1 if anything failed."""
    asked = failed = 0
    for case in cases(*map(Path, files)):
        asked += 1
        found = ask(case)
        wrong = problems(case, found)
        if wrong:
            failed += 1
            when = "".join(f" [{case[key]}]" for key in ("date", "place", "prev") if key in case)
            print(f"\n✗ {case['id']}{when} {case['text']}\n  {'; '.join(wrong)}")
            print(f"  {found['decision']} {found['ranked'][:3]} {found['aspect']} {found['place']}")
            print(f"  {' '.join(found['statements'])}\n  | " + without_choices(found["reply"]).replace("\n", "\n  | "))
    print(f"\n{asked - failed} of {asked} pass ({100 * (asked - failed) / max(asked, 1):.1f} %)")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
