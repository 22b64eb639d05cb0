"""``ask`` and its JSON lines, as programs use them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.asking import Asker
from handlers.context import Context

ROOT = Path(__file__).parent.parent
KEYS = {"id", "decision", "kind", "ranked", "aspect", "statuses", "facts", "place", "reply", "statements", "us"}


def command(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments], input=text, capture_output=True, text=True, cwd=ROOT, timeout=60
    )


def test_each_line_is_answered_and_a_malformed_one_does_not_stop_the_rest() -> None:
    lines = [
        '{"id": 1, "text": "nha toi ho ngheo muon vay von"}',
        "not json",
        '{"id": 2}',
        '{"id": "x", "text": "lãi bao nhiêu", "prev": "hộ nghèo vay vốn", "date": "2025-06-01", "place": "xã Cù Vân"}',
        '{"id": 3, "text": "a", "date": "2026-13-01"}',
    ]
    done = command("ask", "--jsonl", text="\n".join(lines))
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [1, None, None, "x", None]
    assert set(answers[0]) == KEYS
    assert all(answers[index]["error"] for index in (1, 2, 4))
    assert "6,6 %" in answers[3]["reply"]
    assert len(answers[0]["ranked"]) == 5


def test_a_date_before_and_after_a_change_gives_the_value_of_that_day(context: Context) -> None:
    from datetime import date

    asker = Asker(context)
    question = "nha toi ho ngheo muon vay von nuoi bo thi duoc bao nhieu, lai the nao"
    assert "6,6 %/năm" in asker.answer(question, day=date(2025, 6, 1))["reply"]
    assert "6,24 %/năm" in asker.answer(question, day=date(2025, 12, 1))["reply"]


def test_a_place_is_reported_as_said_and_as_it_is_today(context: Context) -> None:
    place = Asker(context).answer("tôi ở xã Cù Vân huyện Đại Từ, giờ làm giấy tờ ở đâu")["place"]
    assert place == {"said": "xã Cù Vân huyện Đại Từ", "current": ["Xã An Khánh, Thái Nguyên"]}


@pytest.mark.parametrize(
    "text",
    ["", "   ", "😀😀😀", "\x00\x07", "<script>alert(1)</script>", "{{ 7*7 }}", "'; DROP TABLE sessions;--",
     "a" * 10_000, "\ud800", "٣٤٥", "\u202e abc", "vay " * 2500],
)  # fmt: skip
def test_bad_input_gets_a_short_polite_answer(text: str, context: Context) -> None:
    found = Asker(context).answer(text)
    assert 20 < len(found["reply"]) < 2500
    assert "49" not in found["reply"]
    assert "<script>" not in found["reply"]


def test_a_setting_that_is_wrong_is_one_line_and_exit_code_2() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "run"], env={"PORT": "many", "PATH": ""}, capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "PORT" in done.stderr


def test_broken_data_is_one_line_with_file_and_line_and_exit_code_2(tmp_path: Path) -> None:
    import shutil

    data = tmp_path / "data"
    shutil.copytree(ROOT / "knowledge" / "data", data)
    entry = data / "entries" / "tien-dien.yaml"
    entry.write_text(entry.read_text(encoding="utf-8") + "\n  broken: [", encoding="utf-8")
    done = command("check", "--data", str(data))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "tien-dien.yaml:" in done.stderr


def test_export_writes_one_object_per_entry() -> None:
    done = command("export", "--date", "2026-11-22")
    entries = [json.loads(line) for line in done.stdout.splitlines()]
    assert {"id", "title", "phrasings", "text", "claims"} == set(entries[0])
    assert len(entries) == len({entry["id"] for entry in entries}) >= 35
