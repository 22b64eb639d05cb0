"""``python -m bot fit``: from the files in the repository to what is learned, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import yaml

from knowledge.base import Knowledge, load
from knowledge.model import Aspect, Kind
from knowledge.places import Places
from knowledge.story import StoryReader
from knowledge.text import clean
from knowledge.understanding.following import Linking
from knowledge.understanding.hints import Hints
from knowledge.understanding.ranking import NO_ASPECT
from knowledge.understanding.signals import Signals
from knowledge.understanding.thresholds import fit_gates, rank_unseen
from knowledge.understanding.training import Example, Forms, learn
from knowledge.understanding.understander import mask, phrasings, special
from knowledge.understanding.utterance import Utterance

#: Labels whose questions have no side to learn from.
UNSIDED = frozenset({"ngoai-pham-vi", "nguy-cap", "lua-dao"})
#: How much an example made of a statement counts beside a question.
FAINT = 0.3
#: How the ids of statements begin that many entries share and that so tell none of them apart.
SHARED = "nhcsxh-"
#: The day on which the questions are read: it changes no status, only ages told as years of birth.
DAY = date(2026, 11, 22)


def fit(data: Path, questions: Path) -> str:
    """Write ``learned/ranking.npz`` and ``learned/gates.yaml`` below ``data``; returns what was done, in one line."""
    knowledge, places = load(data), Places.load(data / "places")
    linking, stories = Linking.load(data / "linking.yaml"), StoryReader.load(data)
    known, kinds = phrasings(knowledge, places), special(knowledge)
    asked = list(labelled(questions, places, stories, Hints.load(data / "hints.yaml", stories.phrases.typos)))
    own = [
        Example(text, (name,), side) for name, texts in known.items() for text, side in _sided(texts, knowledge, name)
    ]
    own += _told(knowledge, places)
    forms = Forms.prepare([*own, *asked])
    learned = data / "learned"
    learned.mkdir(exist_ok=True)
    numbers = range(len(own), len(forms.examples))
    unseen = rank_unseen(known, forms, kinds, Signals.load(data / "signals.yaml"), numbers)
    gates = fit_gates(unseen, linking, kinds)
    about = {one.at: one.ranked.best[0] for one in unseen}
    learn(forms, sorted(kinds.alarming | kinds.outside), linking.questions, about).write(learned / "ranking.npz")
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


def labelled(folder: Path, places: Places, stories: StoryReader, hints: Hints) -> Iterator[Example]:
    """The questions of the fitting half, with places masked."""
    for path in sorted(folder.glob("fit*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            text, before = clean(row["text"]), clean(row.get("prev") or "")
            masked = mask(text, places.find(text))
            story = stories.read(text, DAY)
            yield Example(
                text=masked,
                entries=(row["label"], *(row.get("also") or ())),
                aspect=None if row["label"] in UNSIDED else row.get("aspect") or NO_ASPECT,
                statuses=tuple(row.get("statuses") or ()),
                marks=story.marks | hints.found(Utterance.of(masked)),
                claims=story.claims,
                before=mask(before, places.find(before)),
            )
