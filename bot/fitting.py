"""``python -m bot fit``: from the files in the repository to what is learned, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from knowledge.answers import AnswerFinder
from knowledge.base import Knowledge, load
from knowledge.model import Aspect, Kind
from knowledge.places import Places
from knowledge.text import clean
from knowledge.understanding.ranking import NO_ASPECT
from knowledge.understanding.training import Example, fit_gates, learn
from knowledge.understanding.understander import mask, phrasings

#: Labels whose questions have no side to learn from.
UNSIDED = frozenset({"ngoai-pham-vi", "nguy-cap", "lua-dao"})


#: How much an example made of a statement counts beside a question.
FAINT = 0.3
#: How the ids of statements begin that many entries share and that so tell none of them apart.
SHARED = "nhcsxh-"


def fit(data: Path, questions: Path) -> str:
    """Write ``learned/ranking.npz`` and ``learned/gates.yaml`` below ``data``; returns what was done, in one line."""
    knowledge = load(data)
    places = Places.load(data / "places")
    known = phrasings(knowledge, places)
    answers = AnswerFinder(knowledge)
    asked = list(labelled(questions, places))
    outside = frozenset(entry.id for entry in knowledge.entries.values() if entry.kind is Kind.BOUNDARY)
    own = [
        Example(text, (name,), side) for name, texts in known.items() for text, side in _sided(texts, knowledge, name)
    ]
    own += _told(knowledge, places)
    learned = data / "learned"
    learned.mkdir(exist_ok=True)
    learn([*own, *asked]).write(learned / "ranking.npz")
    gates = fit_gates(known, own, asked, outside, lambda name, utterance: answers.strongest(name, utterance.folded))
    heading = "# Learned by `python -m bot fit`; do not edit by hand (docs/understanding.md).\n"
    (learned / "gates.yaml").write_text(heading + yaml.safe_dump(gates.model_dump(), sort_keys=False), encoding="utf-8")
    return f"learned from {len(own)} phrasings and {len(asked)} questions"


def _told(knowledge: Knowledge, places: Places) -> Iterator[Example]:
    """What the statements of entries say, and the words that call for them, as faint examples."""
    for entry in knowledge.entries.values():
        for statement in knowledge.statements(entry):
            if statement.id.startswith(SHARED):
                continue
            for text in (statement.text, ", ".join(statement.cues)):
                if text:
                    yield Example(mask(clean(text), places.find(text)), (entry.id,), weight=FAINT)


def _sided(texts: Sequence[str], knowledge: Knowledge, name: str) -> Iterator[tuple[str, str | None]]:
    """The phrasings of an entry; its bare title and names ask what it is, of the others the side is not known."""
    entry = knowledge.entries[name]
    bare = 1 + len(entry.names) if entry.kind in {Kind.PROGRAMME, Kind.GUIDE} else 0
    for index, text in enumerate(texts):
        yield text, Aspect.OVERVIEW.value if index < bare else None


def labelled(folder: Path, places: Places) -> Iterator[Example]:
    """The questions of the fitting half, with places masked; those that lean on another one teach only aspects."""
    for path in sorted(folder.glob("fit*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            text = clean(row["text"])
            side = None if row["label"] in UNSIDED else row.get("aspect") or NO_ASPECT
            entries = () if row.get("prev") else (row["label"], *(row.get("also") or ()))
            yield Example(mask(text, places.find(text)), entries, side)
