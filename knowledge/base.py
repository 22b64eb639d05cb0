"""The knowledge base as loaded: entries with their statements resolved, sources, claims, offices and facts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml

from knowledge.conditions import Benefit
from knowledge.model import Claim, Confidence, Entry, Fact, Group, Office, Role, Source, Statement, Topic
from knowledge.reading import DataError, line_of, read_record, read_records

DATA = Path(__file__).parent / "data"
R = TypeVar("R", Source, Claim, Topic, Role, Office, Fact, Group)
CONFIDENCE_ORDER = (Confidence.CONFIRMED, Confidence.REPORTED, Confidence.RECALLED)


class SharedStatements(Entry):
    """A file of statements that several entries share, such as how a loan of the policy bank is paid back."""

    phrasings: tuple[str, ...] = ()
    label: str = ""


@dataclass(frozen=True)
class Origin:
    """The file an entry was read from and its node tree, so that a later fault can name the line."""

    path: Path
    node: yaml.Node = field(repr=False)

    def error(self, message: str, *location: str | int) -> DataError:
        """A DataError at ``location`` in this file."""
        return DataError(self.path, line_of(self.node, location), message)


@dataclass(frozen=True)
class Knowledge:
    """Everything the bot knows. Immutable; asks neither clock nor disk after loading."""

    entries: Mapping[str, Entry]
    sources: Mapping[str, Source]
    claims: Mapping[str, Claim]
    topics: Mapping[str, Topic]
    roles: Mapping[str, Role]
    offices: Mapping[str, Office]
    facts: Mapping[str, Fact]
    groups: Mapping[str, Group]
    origins: Mapping[str, Origin] = field(repr=False)

    @cached_property
    def benefits(self) -> Mapping[str, Benefit]:
        """Every benefit under its verdict key: ``entry`` or ``entry:benefit``."""
        found = [(entry, benefit) for entry in self.entries.values() for benefit in entry.benefits]
        return {f"{entry.id}:{benefit.id}" if benefit.id else entry.id: benefit for entry, benefit in found}

    def entry_of(self, key: str) -> Entry:
        """The entry that the benefit under ``key`` belongs to."""
        return self.entries[key.partition(":")[0]]

    def statements(self, entry: Entry) -> Iterator[Statement]:
        """Every statement of ``entry``, whatever its aspect."""
        for statements in entry.aspects.values():
            yield from statements


def load(data: Path = DATA, only: Collection[str] = ()) -> Knowledge:
    """Read the knowledge base below ``data``, or ``only`` some of its entries.

    Raises DataError naming file, line and mend.
    """
    sources = _by_id(data / "sources.yaml", Source)
    claims = _by_id(data / "claims.yaml", Claim)
    entries: dict[str, Entry] = {}
    origins: dict[str, Origin] = {}
    shared = _read_shared(data, origins)
    for path in sorted((data / "entries").glob("*.yaml")):
        if only and path.stem not in only:
            continue
        entry, node = read_record(path, Entry)
        origin = Origin(path, node)
        if entry.id != path.stem:
            raise origin.error(f"id '{entry.id}' differs from the file's name '{path.stem}'", "id")
        origins[entry.id] = origin
        entries[entry.id] = _resolved(_with_shared(entry, shared, origin), claims, sources, origin)
    return Knowledge(
        entries=entries,
        sources=sources,
        claims=claims,
        topics=_by_id(data / "topics.yaml", Topic),
        roles=_by_id(data / "roles.yaml", Role),
        offices=_by_id(data / "offices.yaml", Office),
        facts=_by_id(data / "facts.yaml", Fact),
        groups=_by_id(data / "groups.yaml", Group),
        origins=origins,
    )


def _by_id(path: Path, model: type[R]) -> dict[str, R]:
    records: dict[str, R] = {}
    for record, node in read_records(path, model):
        if record.id in records:
            raise DataError(path, node.start_mark.line + 1, f"id '{record.id}' is given twice; rename one")
        records[record.id] = record
    return records


def _read_shared(data: Path, origins: dict[str, Origin]) -> dict[str, SharedStatements]:
    shared: dict[str, SharedStatements] = {}
    for path in sorted((data / "shared").glob("*.yaml")):
        record, node = read_record(path, SharedStatements)
        shared[record.id] = record
        origins[f"shared/{record.id}"] = Origin(path, node)
    return shared


def _with_shared(entry: Entry, shared: Mapping[str, SharedStatements], origin: Origin) -> Entry:
    """``entry`` with the statements of its shared files behind its own."""
    if not entry.shared:
        return entry
    aspects = {aspect: list(statements) for aspect, statements in entry.aspects.items()}
    for index, name in enumerate(entry.shared):
        if name not in shared:
            raise origin.error(f"unknown shared file '{name}'", "shared", index)
        for aspect, statements in shared[name].aspects.items():
            aspects.setdefault(aspect, []).extend(statements)
    return entry.model_copy(update={"aspects": {aspect: tuple(found) for aspect, found in aspects.items()}})


def _resolved(entry: Entry, claims: Mapping[str, Claim], sources: Mapping[str, Source], origin: Origin) -> Entry:
    aspects: dict[Any, tuple[Statement, ...]] = {}
    for aspect, statements in entry.aspects.items():
        resolved = []
        for index, statement in enumerate(statements):
            unknown = [claim for claim in statement.claims if claim not in claims]
            if unknown:
                raise origin.error(f"unknown claim '{unknown[0]}'", "aspects", aspect.value, index, "claims")
            missing = [source for source in statement.sources if source not in sources]
            if missing:
                raise origin.error(f"unknown source '{missing[0]}'", "aspects", aspect.value, index, "sources")
            resolved.append(resolve(statement, [claims[claim] for claim in statement.claims], sources))
        aspects[aspect] = tuple(resolved)
    return entry.model_copy(update={"aspects": aspects})


def resolve(statement: Statement, claims: list[Claim], sources: Mapping[str, Source]) -> Statement:
    """``statement`` with what it does not say itself taken from its claims.

    It begins with the latest and ends with the earliest of them, is as sure as the least sure, and was seen when
    its newest source was.
    """
    named = statement.sources or tuple(dict.fromkeys(claim.source for claim in claims if claim.source))
    begins = [claim.from_ for claim in claims if claim.from_]
    ends = [claim.until for claim in claims if claim.until]
    seen = [claim.seen for claim in claims if claim.seen]
    seen += [found for name in named if (found := sources[name].dated)]
    levels = [claim.confidence for claim in claims] or [Confidence.REPORTED]
    return statement.model_copy(
        update={
            "sources": named,
            "from_": statement.from_ or (max(begins) if begins else None),
            "until": statement.until or (None if statement.history else min(ends, default=None)),
            "seen": statement.seen or max(seen, default=None),
            "confidence": statement.confidence or max(levels, key=CONFIDENCE_ORDER.index),
        }
    )


def in_force(statement: Statement, day: date) -> bool:
    """Whether ``statement`` may be shown on ``day``.

    With no beginning known it is not shown for a day before it was seen (DESIGN §4). What happened once stays
    true afterwards, so history has no end.
    """
    begins = statement.from_ or statement.seen
    if begins is not None and day < begins:
        return False
    return statement.history or statement.until is None or day <= statement.until
