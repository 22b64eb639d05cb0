"""The sheet with the QR code."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import segno
from typer.testing import CliRunner

from bot.cli import cli
from bot.posters import CORRECTION, LINE, LINKS, poster

LINK = "https://zalo.me/123?a=1&b=2"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    return CliRunner()


@pytest.mark.parametrize("where", LINKS)
def test_the_sheet_holds_the_code_the_link_and_who_runs_the_bot(
    where: str, run: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LINKS[where].upper(), LINK)
    monkeypatch.setenv("OPERATOR_NAME", "UBND xã <An Khánh> & bạn")
    result = run.invoke(cli, ["qr", where, "--out", "qr.svg"])
    assert result.exit_code == 0, result.output
    sheet = Path("qr.svg").read_text(encoding="utf-8")
    texts = "\n".join(element.text or "" for element in ET.fromstring(sheet).iter())
    assert LINK in texts
    assert "UBND xã <An Khánh> & bạn" in " ".join(texts.split())
    assert segno.make(LINK, error=CORRECTION, micro=False).svg_inline(omitsize=True) in sheet


@pytest.mark.parametrize("operator", ["", "UBND xã An Khánh", "ỦY BAN NHÂN DÂN " * 7 + "XÃ AN KHÁNH", "Á" * 120])
def test_who_answers_is_said_within_the_sheet(operator: str) -> None:
    drawn = ET.fromstring(poster("web", LINK, operator))
    lines = [element.text or "" for element in drawn.iter("{http://www.w3.org/2000/svg}tspan")]
    assert " ".join(lines).startswith("Máy trả lời tự động")
    assert operator.replace(" ", "") in "".join(lines).replace(" ", "")
    assert all(len(line) <= LINE for line in lines)
    assert len(lines) <= 4, "a line more would run into the next text"


def test_the_code_alone_is_a_picture(run: CliRunner) -> None:
    assert run.invoke(cli, ["qr", "web", "--out", "qr.png", "--link", LINK]).exit_code == 0
    assert Path("qr.png").read_bytes().startswith(b"\x89PNG")


def test_without_a_link_or_a_known_file_it_says_what_to_do(run: CliRunner) -> None:
    missing = run.invoke(cli, ["qr", "zalo", "--out", "qr.svg"])
    assert missing.exit_code == 2
    assert "ZALO_LINK" in missing.output
    assert run.invoke(cli, ["qr", "zalo", "--out", "qr.doc", "--link", LINK]).exit_code == 2
