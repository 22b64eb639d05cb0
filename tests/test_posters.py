"""The sheet with the QR code."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import segno
from typer.testing import CliRunner

from bot.cli import cli
from bot.posters import CORRECTION, LINKS

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
    assert "UBND xã <An Khánh> & bạn" in texts
    assert segno.make(LINK, error=CORRECTION, micro=False).svg_inline(omitsize=True) in sheet


def test_the_code_alone_is_a_picture(run: CliRunner) -> None:
    assert run.invoke(cli, ["qr", "web", "--out", "qr.png", "--link", LINK]).exit_code == 0
    assert Path("qr.png").read_bytes().startswith(b"\x89PNG")


def test_without_a_link_or_a_known_file_it_says_what_to_do(run: CliRunner) -> None:
    missing = run.invoke(cli, ["qr", "zalo", "--out", "qr.svg"])
    assert missing.exit_code == 2
    assert "ZALO_LINK" in missing.output
    assert run.invoke(cli, ["qr", "zalo", "--out", "qr.doc", "--link", LINK]).exit_code == 2
