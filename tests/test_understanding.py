"""Understanding as a whole: what is learned can be learned again, and no message breaks it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app import build_context
from bot.fitting import fit
from bot.settings import Settings
from handlers.context import Context
from knowledge.base import DATA
from knowledge.text import fold
from knowledge.understanding.understander import Decision, Understander
from tests.evaluation import QUESTIONS, TODAY, ask, read_questions, share

LEARNED_LIMIT = 2_000_000


@pytest.fixture(scope="module")
def understander(context: Context) -> Understander:
    return context.understander


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_is_understood_somehow(text: str) -> None:
    understander = _understander()
    understood = understander.understand(text, TODAY)
    assert understood.decision in Decision
    assert understood.ranked


_BUILT: list[Understander] = []


def _understander() -> Understander:
    """One understander for all examples; hypothesis cannot take it from a fixture of this scope."""
    if not _BUILT:
        _BUILT.append(build_context(Settings(_env_file=None)).understander)
    return _BUILT[0]


def test_the_same_question_without_diacritics_means_the_same(understander: Understander) -> None:
    questions = read_questions(sorted(QUESTIONS.glob("*.jsonl")))
    typed = [q for q in questions if q.style == "clean" and not q.prev]
    same = [
        understander.understand(q.text, TODAY).entry == understander.understand(fold(q.text), TODAY).entry
        for q in typed
    ]
    assert sum(same) / len(same) >= 0.97


def test_the_bars_hold_on_the_measuring_half(understander: Understander) -> None:
    results = [ask(understander, q) for q in read_questions([QUESTIONS / "measure.jsonl"])]
    assert share(results, lambda r: r.first_right) >= 90
    wrong = share(results, lambda r: r.understood.decision is Decision.ANSWER and not r.first_right)
    assert wrong <= 5


def test_what_is_learned_is_small_and_is_learned_again_from_the_files(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("learned"))
    fit(data, QUESTIONS)
    kept, again = DATA / "learned", data / "learned"
    assert sum(file.stat().st_size for file in kept.iterdir()) < LEARNED_LIMIT
    with np.load(kept / "ranking.npz") as old, np.load(again / "ranking.npz") as new:
        assert list(old["entries"]) == list(new["entries"]), "run make fit"
        difference = np.abs(old["entries_weights"].astype(int) - new["entries_weights"].astype(int))
        assert np.percentile(difference, 99.9) <= 2, "the weights are not those of these files: run make fit"
    gates = [yaml.safe_load((folder / "gates.yaml").read_text(encoding="utf-8")) for folder in (kept, again)]
    assert gates[0]["answer"] == pytest.approx(gates[1]["answer"], abs=0.1), "run make fit"


def test_a_new_entry_with_five_phrasings_works_at_once(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    entry = {
        "id": "nuoi-tam",
        "kind": "programme",
        "title": "Hỗ trợ nuôi tằm",
        "label": "Nuôi tằm",
        "names": ["trồng dâu nuôi tằm"],
        "phrasings": [
            "nhà tôi muốn trồng dâu nuôi tằm",
            "nuôi tằm có được hỗ trợ giống không",
            "xin giống dâu tằm ở đâu",
            "trong dau nuoi tam duoc gi",
            "ai mua kén tằm",
        ],
        "roles": ["mot-cua"],
        "aspects": {"tong-quan": [{"id": "hoi", "lead": True, "guidance": True, "text": "Anh/chị hỏi UBND xã."}]},
    }
    (data / "entries" / "nuoi-tam.yaml").write_text(yaml.safe_dump(entry, allow_unicode=True), encoding="utf-8")
    understander = build_context(Settings(_env_file=None), data=data).understander
    for question in ("toi muon trong dau nuoi tam thi hoi ai", "trồng dâu nuôi tằm có được nhà nước giúp không"):
        assert understander.understand(question, TODAY).entry == "nuoi-tam", question
    assert understander.understand("nhà tôi hộ nghèo muốn vay vốn", TODAY).entry == "vay-ho-ngheo"
