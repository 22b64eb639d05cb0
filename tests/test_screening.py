"""``screen``, ``facts``, ``rules`` and the rule part of ``check``, as programs and officials use them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bot.screening import LineScreener
from handlers.context import Context
from knowledge.base import DATA, load
from knowledge.check import check

ROOT = Path(__file__).parent.parent


def command(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments], input=text, capture_output=True, text=True, cwd=ROOT, timeout=60
    )


def test_each_household_is_screened_and_a_wrong_line_does_not_stop_the_rest() -> None:
    lines = [
        '{"id": 1, "facts": {"tinh-trang-ho": "ho-ngheo"}}',
        "not json",
        '{"id": 2, "facts": {"tien": 1}}',
        '{"id": 3, "facts": {"nguoi": [{"la": "me", "tuoi": 131}]}}',
        '{"id": 4}',
        '{"id": "x", "story": "mẹ tôi 76 tuổi không có lương hưu", "date": "2026-11-22", "place": "xã Cù Vân, Đại Từ"}',
    ]
    done = command("screen", "--jsonl", text="\n".join(lines))
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["id"] for line in found] == [1, None, 2, 3, 4, "x"]
    assert [("error" in line) for line in found] == [False, True, True, True, True, False]
    assert "tien" in found[2]["error"]
    assert "tuoi" in found[3]["error"]
    assert set(found[0]) == {"id", "facts", "verdicts", "next_question"}
    verdict = found[5]["verdicts"]["bao-tro-xa-hoi:huu-tri-xa-hoi"]
    assert set(verdict) == {"verdict", "reasons", "missing", "claims"}
    assert verdict["verdict"] == "eligible"
    assert "sp-social-pension" in verdict["claims"]
    assert found[5]["facts"]["tinh"] == "thai-nguyen"
    assert found[0]["verdicts"]["vay-ho-ngheo"]["missing"] == ["to-tiet-kiem-vay-von"]


def test_facts_count_over_the_story_and_the_place(context: Context) -> None:
    line = {"id": 1, "story": "nhà tôi hộ nghèo ở xã Cù Vân, Đại Từ", "facts": {"tinh-trang-ho": "ho-can-ngheo"}}
    found = json.loads(LineScreener(context).screen_line(json.dumps(line)))
    assert found["facts"] == {"tinh-trang-ho": "ho-can-ngheo", "tinh": "thai-nguyen", "khu-vuc": "nong-thon"}


def test_quang_ninh_gets_no_national_poverty_verdict(context: Context) -> None:
    line = {"id": 1, "facts": {"thu-nhap-dau-nguoi": 1900000, "so-thieu-hut": 1}, "place": "xã Ba Chẽ"}
    found = json.loads(LineScreener(context).screen_line(json.dumps(line)))
    assert found["verdicts"]["xet-ho-ngheo:ho-ngheo"]["verdict"] == "unknown"


def test_facts_and_rules_are_listed_for_people() -> None:
    facts = command("facts").stdout
    assert "tuoi  [person, age 0..130 tuổi]  Tuổi" in facts
    assert "    ho-can-ngheo  Hộ cận nghèo" in facts
    rules = command("rules", "vay-ho-ngheo", "--date", "2026-11-22").stdout
    assert "  Phải đủ mọi điều sau:\n    [ ] Diện hộ do xã công nhận là: Hộ nghèo" in rules
    assert "Nguồn: ho-ngheo-dieu-kien" in rules
    assert command("rules", "nothing").returncode == 2


@pytest.mark.parametrize("entry", sorted(name for name, entry in load().entries.items() if entry.benefits))
def test_the_rules_of_every_entry_can_be_printed(entry: str, context: Context) -> None:
    knowledge = context.knowledge
    text = context.wording.listing(
        "rules", knowledge=knowledge, entry=knowledge.entries[entry], today=date(2026, 11, 22)
    )
    assert text.count("\n") > 3


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("fact: to-tiet-kiem-vay-von", "fact: to-vay", "unknown fact 'to-vay'"),
        ("claims: [ho-ngheo-dieu-kien]\n            - &to-vay-von", "claims: [x]\n            - &to-vay-von",
         "unknown claim 'x'"),
        ("is: ho-ngheo", "is: ho-giau", "tinh-trang-ho: 'ho-giau' is none of"),
        ("is: ho-ngheo", "at-least: 3", "cannot be compared with 'at-least'"),
        ("until: 2025-12-31\n        when", "until: 2026-06-30\n        when", "two rules hold on the same day"),
        ("amount: muc-vay-lai-moi", "amount: nhieu", "unknown statement 'nhieu' in amount"),
        ("papers: giay-to", "papers: sach", "unknown statement 'sach' in papers"),
        ("instead: [vay-ho-can-ngheo,", "instead: [vay-ho-giau,", "unknown verdict key 'vay-ho-giau'"),
        ("fact: to-tiet-kiem-vay-von\n              is: true", "fact: luong-huu\n              is: true",
         "luong-huu belongs to a person"),
        ("only-in: [quang-ninh]", "only-in: [ha-noi]", "unknown province 'ha-noi'"),
        ("vượt quá", "vượt quá", ""),
    ],
)  # fmt: skip
def test_check_names_the_fault_of_a_rule(right: str, wrong: str, fault: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    path = data / "entries" / "vay-ho-ngheo.yaml"
    text = path.read_text(encoding="utf-8")
    head, mark, rules = text.partition("\nbenefits:\n")
    path.write_text(head + mark + rules.replace(right, wrong, 1), encoding="utf-8")
    faults = [line for line in check(load(data), date(2026, 11, 22)).faults if "vay-ho-ngheo.yaml" in line]
    assert any(fault in line for line in faults) if fault else not faults
