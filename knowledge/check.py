"""The check of the knowledge base: every fault by file and line, and what will need attention soon."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from knowledge.base import DATA, Knowledge, Origin, in_force, load
from knowledge.check_rules import group_faults, instead_faults, rule_faults
from knowledge.figures import allowed_forms, figures
from knowledge.model import Aspect, Confidence, Entry, Kind, Statement
from knowledge.places import Places
from knowledge.reading import DataError

LEAD_LENGTH = 200
STATEMENT_LENGTH = 330
SOON = timedelta(days=60)
#: Words that tie a sentence to an unnamed day; answers name the day instead (DESIGN §4).
UNDATED_WORDS = ("hiện nay", "hiện hành", "hiện tại", "bây giờ")


@dataclass(frozen=True)
class Report:
    """What the check found: faults that fail it, and numbers worth knowing."""

    faults: tuple[str, ...]
    entries: int
    statements: int
    claims_usable: int
    claims_cited: int
    uncited: tuple[str, ...]
    expiring: tuple[str, ...]


def check(knowledge: Knowledge, today: date, only: Iterable[str] = (), scopes: frozenset[str] | None = None) -> Report:
    """Check all entries, or ``only`` those named, as of ``today``."""
    chosen = [knowledge.entries[name] for name in only] if only else list(knowledge.entries.values())
    faults = [str(fault) for entry in chosen for fault in _entry_faults(knowledge, entry, today)]
    if scopes is not None:
        faults += [str(fault) for entry in chosen for fault in _place_faults(knowledge, entry, scopes)]
    if not only:
        between = (*_reference_faults(knowledge), *instead_faults(knowledge), *group_faults(knowledge))
        faults += [str(fault) for fault in between]
    cited = {claim for entry in knowledge.entries.values() for s in knowledge.statements(entry) for claim in s.claims}
    usable = [c.id for c in knowledge.claims.values() if c.group in "abcd" and c.confidence is not Confidence.RECALLED]
    expiring = [
        f"{statement.until}: {entry.id}/{statement.id}"
        for entry in chosen
        for statement in knowledge.statements(entry)
        if statement.until and today <= statement.until <= today + SOON and not statement.history
    ]
    return Report(
        faults=tuple(faults),
        entries=len(chosen),
        statements=sum(1 for entry in chosen for _ in knowledge.statements(entry)),
        claims_usable=len(usable),
        claims_cited=len(cited & set(usable)),
        uncited=tuple(claim for claim in usable if claim not in cited),
        expiring=tuple(sorted(set(expiring))),
    )


def _entry_faults(knowledge: Knowledge, entry: Entry, today: date) -> Iterator[DataError]:
    origin = knowledge.origins[entry.id]
    for index, role in enumerate(entry.roles):
        if role not in knowledge.roles:
            yield origin.error(f"unknown role '{role}'", "roles", index)
    if entry.topic and entry.topic not in knowledge.topics:
        yield origin.error(f"unknown topic '{entry.topic}'", "topic")
    seen: set[str] = set()
    for aspect, statements in entry.aspects.items():
        for index, statement in enumerate(statements):
            here = ("aspects", aspect.value, index)
            if statement.id in seen:
                yield origin.error(f"statement '{statement.id}' is given twice", *here, "id")
            seen.add(statement.id)
            for key, message in _statement_faults(knowledge, statement):
                yield origin.error(f"{statement.id}: {message}", *here, key)
        yield from _lead_faults(origin, aspect, statements, today)
    yield from rule_faults(knowledge, entry)
    if entry.kind is Kind.PROGRAMME and not any(in_force(s, today) for s in knowledge.statements(entry)):
        yield origin.error("every statement has expired; add a closing statement that says so")


def _place_faults(knowledge: Knowledge, entry: Entry, scopes: frozenset[str]) -> Iterator[DataError]:
    for aspect, statements in entry.aspects.items():
        for index, statement in enumerate(statements):
            for place in (*statement.places, *statement.except_places):
                if place not in scopes:
                    message = f"{statement.id}: unknown place '{place}'; see places/*.csv"
                    yield knowledge.origins[entry.id].error(message, "aspects", aspect.value, index)


def _statement_faults(knowledge: Knowledge, statement: Statement) -> Iterator[tuple[str, str]]:
    """The faults of one statement, each with the key it concerns."""
    text = statement.text
    if unicodedata.normalize("NFC", text) != text:
        yield "text", "not in Unicode NFC; normalise it"
    if len(text) > (LEAD_LENGTH if statement.lead else STATEMENT_LENGTH):
        limit = LEAD_LENGTH if statement.lead else STATEMENT_LENGTH
        yield "text", f"{len(text)} characters; shorten it to {limit}"
    for word in UNDATED_WORDS:
        if word in text.lower():
            yield "text", f"says '{word}'; name the date instead"
    if statement.from_ and statement.until and statement.from_ > statement.until:
        yield "from", f"begins on {statement.from_}, after its end on {statement.until}"
    if statement.guidance:
        if any(figures(text)):
            yield "text", "guidance may hold no figure; cite a claim instead"
        return
    if not statement.sources:
        yield "claims", "no source; cite a claim or name sources"
    if statement.confidence is Confidence.RECALLED:
        yield "claims", "rests on a recalled claim; those may not be shown"
    stray = stray_figures(knowledge, statement)
    if stray:
        yield "text", f"figure {', '.join(stray)} is in none of its claims {list(statement.claims)}"


def stray_figures(knowledge: Knowledge, statement: Statement) -> list[str]:
    """The figures in the text that no cited claim holds; a statement with sources only is not checked here."""
    if not statement.claims:
        return []
    held = allowed_forms(figure for claim in statement.claims for figure in knowledge.claims[claim].figures)
    return [figure for figure in figures(statement.text) if figure not in held]


def _lead_faults(origin: Origin, aspect: Aspect, statements: tuple[Statement, ...], today: date) -> Iterator[DataError]:
    """An aspect has a lead today, and never two leads on one day for the same places."""
    leads = [(index, statement) for index, statement in enumerate(statements) if statement.lead]
    general = [statement for _, statement in leads if not statement.places]
    if not any(in_force(statement, today) for statement in general):
        yield origin.error(f"{aspect.value}: no lead statement in force on {today}", "aspects", aspect.value)
    for position, (_, first) in enumerate(leads):
        for index, second in leads[position + 1 :]:
            if set(first.places) == set(second.places) and _overlap(first, second):
                message = f"{aspect.value}: leads '{first.id}' and '{second.id}' are in force on the same day"
                yield origin.error(message, "aspects", aspect.value, index)


def _overlap(first: Statement, second: Statement) -> bool:
    begins = [statement.from_ or statement.seen or date.min for statement in (first, second)]
    ends = [statement.until or date.max for statement in (first, second)]
    return max(begins) <= min(ends)


def _reference_faults(knowledge: Knowledge) -> Iterator[DataError]:
    for entry in knowledge.entries.values():
        for index, other in enumerate(entry.related):
            if other not in knowledge.entries:
                yield knowledge.origins[entry.id].error(f"unknown related entry '{other}'", "related", index)
    for topic in knowledge.topics.values():
        for name in topic.entries:
            if name not in knowledge.entries:
                yield DataError(DATA / "topics.yaml", 1, f"topic {topic.id}: unknown entry '{name}'")
    for office in knowledge.offices.values():
        for claim in office.claims:
            if claim not in knowledge.claims:
                yield DataError(DATA / "offices.yaml", 1, f"office {office.id}: unknown claim '{claim}'")


def _scopes(data: Path) -> frozenset[str]:
    """Every place that statements may name."""
    return Places.load(data / "places").scopes


def check_folder(data: Path, today: date) -> Report:
    """Load the knowledge base below ``data`` and check all of it. Raises DataError where it cannot be loaded."""
    return check(load(data), today, scopes=_scopes(data))


def main(names: list[str]) -> int:
    """Check the named entries and print their faults; for writers of entries."""
    try:
        knowledge = load(only=names)
    except DataError as error:
        print(error)
        return 2
    unknown = [name for name in names if name not in knowledge.entries]
    report = check(knowledge, date.today(), [name for name in names if name not in unknown], _scopes(DATA))
    for line in [*(f"{name}: no such entry" for name in unknown), *report.faults]:
        print(line)
    print(f"{report.entries} entries, {report.statements} statements, {len(report.faults)} faults")
    return 1 if report.faults or unknown else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
