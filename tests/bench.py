"""``make bench``: accuracy and speed beside what a developer would otherwise pick, in one run, on the same phrasings.

Peers see the phrasings of the entries, folded where that helps them; the strongest also learns from the same labelled
questions as we do. All are asked the measuring half. Speeds are medians of one run on this machine; only their ratios
mean anything elsewhere.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from time import perf_counter
from typing import Any

import bm25s
import numpy as np
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, make_pipeline

from bot.app import build_context
from bot.memory import spare_garbage_collection
from bot.settings import Settings
from handlers.context import Context
from knowledge.base import DATA, load
from knowledge.rules import PEOPLE, judge
from knowledge.text import expand, fold, normalise, tokens
from knowledge.understanding.understander import Decision, Understander, Understanding
from tests.evaluation import OUTSIDE, QUESTIONS, SPECIAL, TODAY, Question, read_questions
from tests.households import cases
from tests.load import scenarios
from tests.load.sending import sending

Method = Callable[[str], str]


@dataclass(frozen=True)
class Corpus:
    """What every method may learn from: (text, entry) pairs of phrasings, and of labelled questions."""

    phrasings: tuple[tuple[str, str], ...]
    questions: tuple[tuple[str, str], ...]

    @property
    def folded(self) -> list[str]:
        """The phrasings without diacritics."""
        return [fold(text) for text, _ in self.phrasings]


def fuzzy(corpus: Corpus, scorer: Any) -> Method:
    """The phrasing most like the question, by a rapidfuzz scorer, on folded text."""
    texts = corpus.folded

    def find(text: str) -> str:
        _, _, index = process.extractOne(fold(text), texts, scorer=scorer)
        return corpus.phrasings[index][1]

    return find


def bm25(corpus: Corpus, parts: Callable[[str], list[str]]) -> Method:
    """BM25 over phrasings cut into ``parts``."""
    index = bm25s.BM25()
    index.index([parts(text) for text in corpus.folded], show_progress=False)

    def find(text: str) -> str:
        query = [part for part in parts(fold(text)) if part in index.vocab_dict]
        if not query:
            return corpus.phrasings[0][1]
        return corpus.phrasings[int(np.argmax(index.get_scores(query)))][1]

    return find


def trigrams(text: str) -> list[str]:
    """The character trigrams of a text."""
    padded = f" {text} "
    return [padded[at : at + 3] for at in range(len(padded) - 2)]


def full_text(corpus: Corpus) -> Method:
    """SQLite's own full-text search over the folded phrasings."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE phrasings USING fts5(text, entry UNINDEXED)")
    rows = zip(corpus.folded, (entry for _, entry in corpus.phrasings), strict=True)
    database.executemany("INSERT INTO phrasings VALUES (?, ?)", rows)

    def find(text: str) -> str:
        query = " OR ".join(f'"{word}"' for word in tokens(fold(text)))
        sql = "SELECT entry FROM phrasings WHERE text MATCH ? ORDER BY rank LIMIT 1"
        row = database.execute(sql, (query,)).fetchone() if query else None
        return str(row[0]) if row else corpus.phrasings[0][1]

    return find


def classifier(corpus: Corpus, *, with_questions: bool) -> Method:
    """Logistic regression over character and word TF-IDF, on raw, folded and normalised (Telex decoded) copies."""
    pairs = [*corpus.phrasings, *(corpus.questions if with_questions else ())]
    examples = [(form, entry) for text, entry in pairs for form in {text, fold(text), normalise(text)}]
    model = make_pipeline(
        FeatureUnion(
            [
                ("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)),
                ("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)),
            ]
        ),
        LogisticRegression(C=10.0, max_iter=200),
    )
    model.fit([text for text, _ in examples], [entry for _, entry in examples])
    return lambda text: str(model.predict([text])[0])


@dataclass(frozen=True)
class Gated:
    """The strongest peer: logistic regression ranks, and BM25 trigrams reject what is like no phrasing enough."""

    rank: Method
    likeness: Callable[[str], float]
    enough: float

    @staticmethod
    def fit(rank: Method, corpus: Corpus, questions: Sequence[Question]) -> Gated:
        """Over a ranking; ``questions``, which it has learned from, choose from which likeness on to answer.

        Chosen so that it turns away as many questions inside as is allowed (4 %).
        """
        index = bm25s.BM25()
        inside = [trigrams(fold(text)) for text, entry in corpus.phrasings if entry not in SPECIAL]
        index.index(inside, show_progress=False)

        def likeness(text: str) -> float:
            query = [part for part in trigrams(fold(text)) if part in index.vocab_dict]
            return float(np.max(index.get_scores(query))) / max(len(query), 1) if query else 0.0

        liked = sorted(likeness(q.text) for q in questions if q.label not in SPECIAL)
        enough = liked[int(0.04 * len(liked))]
        return Gated(rank, likeness, enough)


def decisions(gated: Gated, understander: Understander, questions: Sequence[Question]) -> None:
    """How often each answers rightly and wrongly inside, and answers at all outside: the quality of decisions."""
    answered = {Decision.ANSWER, Decision.SMALLTALK}
    found = {
        "ours": [understander.understand(q.text, TODAY) for q in questions],
        "logistic regression, gated": [(gated.likeness(q.text) >= gated.enough, gated.rank(q.text)) for q in questions],
    }
    for name, results in found.items():
        inside = {"right": 0, "wrong": 0, "not answered": 0}
        outside = 0
        for q, result in zip(questions, results, strict=True):
            said, entry = (result.decision in answered, result.entry) if isinstance(result, Understanding) else result
            said = said and entry not in SPECIAL
            if q.label == OUTSIDE:
                outside += said
            elif q.label not in SPECIAL:
                inside["not answered" if not said else "right" if entry in q.right else "wrong"] += 1
        every = sum(inside.values())
        shares = ", ".join(f"{key} {100 * count / every:.1f} %" for key, count in inside.items())
        beyond = sum(q.label == OUTSIDE for q in questions)
        print(f"{name:34} inside: {shares}; outside answered: {100 * outside / beyond:.1f} %")


def ours(understander: Understander) -> Method:
    """The project's own understanding, without the message before, as the peers have none."""
    return lambda text: understander.understand(text, TODAY).entry or ""


def measure(name: str, method: Method, questions: Sequence[Question]) -> tuple[float, float, dict[str, float]]:
    """Accuracy overall, median milliseconds a question, accuracy by style; printed as a line."""
    right: dict[str, list[bool]] = defaultdict(list)
    times = []
    for question in questions:
        started = perf_counter()
        found = method(question.text)
        times.append(perf_counter() - started)
        right[question.style].append(found in question.right)
    every = [hit for hits in right.values() for hit in hits]
    styles = {style: 100 * sum(hits) / len(hits) for style, hits in sorted(right.items())}
    accuracy, middle = 100 * sum(every) / len(every), 1000 * median(times)
    print(f"{name:34} {accuracy:5.1f} % {middle:8.2f} ms   " + " ".join(f"{s}:{v:.0f}" for s, v in styles.items()))
    return accuracy, middle, styles


def start_and_size(understander: Understander, questions: Sequence[Question]) -> None:
    """How long the index takes at start, how long 2,000 characters take, and a question among 450 entries."""
    knowledge = load()
    started = perf_counter()
    Understander.build(knowledge, DATA)
    print(f"index ready at start: {perf_counter() - started:.2f} s")
    times = _times(understander, [(question.text * 40)[:2000] for question in questions[:40]])
    print(f"2,000 characters: median {median(times):.1f} ms, longest {max(times):.1f} ms")
    copies = {
        f"{entry.id}-{copy}": entry.model_copy(update={"id": f"{entry.id}-{copy}"})
        for copy in range(450 // len(knowledge.entries) + 1)
        for entry in knowledge.entries.values()
    }
    many = replace(knowledge, entries=dict(list(copies.items())[:450]))
    crowded = Understander.build(many, DATA)
    times = _times(crowded, [question.text for question in questions])
    print(f"among {len(many.entries)} entries: median {median(times):.2f} ms a question")


def parts(context: Context, questions: Sequence[Question]) -> None:
    """How long the parts of understanding and of deciding take, one after another."""
    understander = context.understander
    pieces: dict[str, Callable[[str], object]] = {
        "text": lambda text: expand(normalise(text)),
        "place": understander.places.find,
        "story": lambda text: understander.stories.read(text, TODAY),
    }
    for name, piece in pieces.items():
        print(
            f"{name}: median {1000 * median(_timed(piece, question.text) for question in questions):.0f} µs a question"
        )
    household = next(case.facts for case in cases() if len(case.facts.get(PEOPLE, ())) > 1)
    benefits = context.knowledge.benefits.values()
    times = [
        min(_timed(lambda benefit: judge(benefit, household, TODAY), benefit) for _ in range(15))
        for benefit in benefits
    ]
    print(f"deciding: mean {1000 * sum(times) / len(times):.0f}, longest {1000 * max(times):.0f} µs a benefit")


def _timed(piece: Callable[[Any], object], given: object) -> float:
    started = perf_counter()
    piece(given)
    return 1000 * (perf_counter() - started)


def _times(understander: Understander, texts: Sequence[str]) -> list[float]:
    times = []
    for text in texts:
        started = perf_counter()
        understander.understand(text, TODAY)
        times.append(1000 * (perf_counter() - started))
    return times


def load_section(context: Context, messages: int) -> None:
    """What the whole bot stands, as a process of its own on loopback, sharing this machine with its load."""
    print("\nload (webhook to reply, real questions, SQLite; the load and Telegram's server share the processors)")
    rows = {
        "sending, beside a baseline": lambda: sending(),
        "full speed, 60 s": lambda: scenarios.steady(60),
        "200 a second, 60 s": lambda: scenarios.steady(60, 200),
        "1,000 updates at once": lambda: scenarios.at_once(context),
        "kill -9, 20 times": lambda: scenarios.killed(context, 20, 50),
        "kill -9, 5 times, polling": lambda: scenarios.killed(context, 5, 50, webhook=False),
        "10 % 429, 5 % 500, 2 % resets": lambda: scenarios.faulty(context, 120, 50),
        "1,000 hostile requests": lambda: scenarios.hostile(),
        "memory": lambda: scenarios.memory(messages),
    }
    for name, scenario in rows.items():
        print(f"{name:34} {asyncio.run(scenario())}", flush=True)


def main() -> None:
    """Everything, or only what was asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", choices=["methods", "load"], help="one of the two parts")
    asked.add_argument("--messages", type=int, default=100_000, help="along how many messages memory is watched")
    options = asked.parse_args()
    if options.only != "load":
        methods()
    if options.only != "methods":
        load_section(build_context(Settings(_env_file=None)), options.messages)


def methods() -> None:
    """Compare all methods on the measuring half, in scope, without follow-ups."""
    context = build_context(Settings(_env_file=None))
    spare_garbage_collection()  # as the program does
    entries = context.knowledge.entries.values()
    corpus = Corpus(
        phrasings=tuple((text, e.id) for e in entries for text in (e.title, *e.names, *e.phrasings)),
        questions=tuple(
            (q.text, q.label) for q in read_questions(sorted(QUESTIONS.glob("fit*.jsonl"))) if q.prev is None
        ),
    )
    questions = [
        q for q in read_questions(sorted(QUESTIONS.glob("measure*.jsonl"))) if q.label not in SPECIAL and not q.prev
    ]
    print(f"{len(corpus.phrasings)} phrasings, {len(corpus.questions)} labelled questions, {len(questions)} asked\n")
    own = measure("ours", ours(context.understander), questions)
    peers = {
        "rapidfuzz WRatio": fuzzy(corpus, fuzz.WRatio),
        "rapidfuzz token_set_ratio": fuzzy(corpus, fuzz.token_set_ratio),
        "BM25 words": bm25(corpus, tokens),
        "BM25 trigrams": bm25(corpus, trigrams),
        "SQLite FTS5": full_text(corpus),
        "logistic regression, phrasings": classifier(corpus, with_questions=False),
        "logistic regression, + questions": classifier(corpus, with_questions=True),
    }
    for name, method in peers.items():
        accuracy, middle, styles = measure(name, method, questions)
        behind = [style for style, value in styles.items() if value > own[2][style]]
        ahead = f"{own[0] - accuracy:+.1f} points, {middle / own[1]:.2f} x as fast"
        print(f"    we: {ahead}; it leads on {behind or 'nothing'}")
    print("\nDecisions, all questions without a message before:")
    fitting = read_questions(sorted(QUESTIONS.glob("fit*.jsonl")))
    every = [q for q in read_questions(sorted(QUESTIONS.glob("measure*.jsonl"))) if not q.prev]
    strongest = peers["logistic regression, + questions"]
    decisions(Gated.fit(strongest, corpus, [q for q in fitting if not q.prev]), context.understander, every)
    print()
    start_and_size(context.understander, questions)
    parts(context, questions)


if __name__ == "__main__":
    main()
