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
from bot.explaining import explain
from bot.fitting import fit
from bot.settings import Settings
from handlers.context import Context
from knowledge.base import DATA
from knowledge.text import fold
from knowledge.understanding.asking import ASKING_NOTHING
from knowledge.understanding.recalling import Recalling
from knowledge.understanding.understander import Decision, Understander
from knowledge.understanding.utterance import Utterance
from tests.evaluation import EMERGENCY, QUESTIONS, SCAM, SPECIAL, TODAY, ask, read_questions, share

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
    results = [ask(understander, q) for q in read_questions(sorted(QUESTIONS.glob("measure*.jsonl")))]
    inside = [r for r in results if r.question.label not in SPECIAL]
    calm = [r for r in results if r.question.label not in {EMERGENCY, SCAM}]
    assert share(inside, lambda r: r.first_right) >= 92
    assert share(inside, lambda r: r.understood.decision is Decision.ANSWER and not r.first_right) <= 5
    for label, bar in ((EMERGENCY, 97), (SCAM, 90)):
        alarming = [r for r in results if r.question.label == label]
        assert share(alarming, lambda r: r.understood.decision is Decision.EMERGENCY) >= bar
    assert share(calm, lambda r: r.understood.decision is Decision.EMERGENCY) <= 0.5


def test_what_is_learned_is_small_and_is_learned_again_from_the_files(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("learned"))
    fit(data, QUESTIONS)
    kept, again = DATA / "learned", data / "learned"
    assert sum(file.stat().st_size for file in kept.iterdir()) < LEARNED_LIMIT
    with np.load(kept / "ranking.npz") as old, np.load(again / "ranking.npz") as new:
        assert sorted(old) == sorted(new)
        for key in old["groups"]:
            assert list(old[key]) == list(new[key]), "run make fit"
            difference = np.abs(old[f"{key}_weights"].astype(int) - new[f"{key}_weights"].astype(int))
            assert np.percentile(difference, 99.9) <= 2, f"the {key} are not those of these files: run make fit"
    gates = [yaml.safe_load((folder / "gates.yaml").read_text(encoding="utf-8")) for folder in (kept, again)]
    for threshold in ("answer", "clarify", "refuse"):
        assert gates[0][threshold] == pytest.approx(gates[1][threshold], abs=0.1), "run make fit"


def test_explaining_shows_every_step(context: Context) -> None:
    steps = list(explain(context, "nha toi ho ngheo o Cu Van muon vay 50tr nuoi bo thi lai bao nhieu", TODAY))
    told = {step.split(" ")[0] for step in steps}
    assert told >= {
        "text", "normalised", "asks", "place", "signals", "entry", "nearest", "aspect", "facts", "statuses", "alarm",
        "chances", "thresholds", "decision",
    }  # fmt: skip
    assert any(step.startswith("statuses") and "ho-ngheo" in step for step in steps)


def test_a_message_is_understood_once_for_its_meaning_and_its_reply(understander: Understander) -> None:
    recalling = Recalling(understander)
    first = recalling.understand("nhà tôi hộ nghèo muốn vay vốn", TODAY)
    assert recalling.understand("nhà tôi hộ nghèo muốn vay vốn", TODAY) is first
    assert recalling.understand("nhà tôi hộ nghèo muốn vay vốn", TODAY, "bhyt") is not first


def test_the_clause_that_asks_is_found(understander: Understander) -> None:
    questions = understander.linking.questions
    told = "Nhà tôi ở trên núi, con đau ốm. Năm nay tôi là hộ nghèo. Vay được bao nhiêu, và nộp ở đâu? Cảm ơn."
    sentence = questions.sentence(Utterance.of(told))
    assert questions.clause(sentence).spoken == "vay được bao nhiêu"
    assert questions.clause(Utterance.of("thẻ bảo hiểm y tế")) is ASKING_NOTHING


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
