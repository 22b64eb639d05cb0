"""The check refuses what must not be released, naming file, line and mend."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.base import DATA
from knowledge.check import check_folder
from knowledge.reading import DataError

TODAY = date(2026, 11, 22)
ENTRY = "tien-dien"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def change(data: Path, how: Any) -> Path:
    """Change one entry by ``how`` and return its file."""
    path = data / "entries" / f"{ENTRY}.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    how(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def first(content: dict[str, Any]) -> dict[str, Any]:
    """The first statement of the entry."""
    return content["aspects"]["tong-quan"][0]


def test_the_knowledge_base_has_no_fault_and_cites_nine_tenths_of_the_usable_claims() -> None:
    report = check_folder(DATA, TODAY)
    assert report.faults == ()
    assert report.claims_cited >= 0.9 * report.claims_usable


def test_every_claim_left_out_is_named_with_a_reason() -> None:
    page = (Path(__file__).parents[2] / "docs" / "claims-left-out.md").read_text(encoding="utf-8")
    for claim in check_folder(DATA, TODAY).uncited:
        assert claim in page or f"{claim.split('-')[0]}-*" in page, claim


@pytest.mark.parametrize(
    ("how", "told"),
    [
        (lambda c: first(c).pop("claims"), "no source"),
        (lambda c: first(c).update(text="Được 987.654 đồng."), "987654"),
        (lambda c: first(c).update({"from": date(2026, 2, 1), "until": date(2026, 1, 1)}), "after its end"),
        (lambda c: first(c).update(text="Hiện nay được hỗ trợ."), "name the date"),
        (lambda c: first(c).update(text="a" * 201), "shorten it to 200"),
        (lambda c: first(c).update(places=["xa-khong-co"]), "unknown place"),
        (lambda c: c.update(roles=["khong-co"]), "unknown role"),
        (lambda c: c.update(related=["khong-co"]), "unknown related entry"),
        (lambda c: c["aspects"]["tong-quan"].append(dict(first(c), id="hai")), "in force on the same day"),
        (lambda c: first(c).update(lead=False), "no lead statement"),
    ],
)
def test_a_faulty_statement_is_named_with_its_line(data: Path, how: Any, told: str) -> None:
    path = change(data, how)
    faults = [fault for fault in check_folder(data, TODAY).faults if told in fault]
    assert faults, told
    assert all(fault.startswith(f"{path}:") for fault in faults)


@pytest.mark.parametrize(
    ("how", "told"),
    [
        (lambda c: first(c).update(claims=["khong-co"]), "unknown claim"),
        (lambda c: first(c).update(sources=["khong-co"]), "unknown source"),
        (lambda c: first(c).update(colour="red"), "colour"),
        (lambda c: c.update(kind="song"), "kind"),
        (lambda c: c.update(phrasings=["một"]), "phrasings"),
        (lambda c: c.update(id="khac"), "differs from the file's name"),
    ],
)
def test_what_cannot_be_loaded_is_one_line(data: Path, how: Any, told: str) -> None:
    path = change(data, how)
    with pytest.raises(DataError) as fault:
        check_folder(data, TODAY)
    assert told in str(fault.value)
    assert str(fault.value).startswith(f"{path}:")
    assert "\n" not in str(fault.value)
