"""Updates that were set aside: listed without what they say, and taken up again."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from store import inbox
from tests.operations.stock import NOW, PRIVATE, at, stocked


@pytest.fixture
async def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}")
    return await stocked(tmp_path / "bot.db")


def test_they_are_listed_and_taken_up_again(database: Path) -> None:
    listed = CliRunner().invoke(cli, ["dead"])
    assert listed.exit_code == 0
    assert listed.output == (
        "20  telegram  2026-11-22 12:00:00  KeyError answering.py:7\n1 set aside\n"  # the hour in Vietnam
    )
    again = CliRunner().invoke(cli, ["dead", "--retry"])
    assert again.output == listed.output.replace("1 set aside", "1 set aside; 1 taken up again")
    assert CliRunner().invoke(cli, ["dead"]).output == "0 set aside\n"


async def test_one_that_is_taken_up_again_is_the_next_of_its_chat(database: Path) -> None:
    store = at(database)
    async with store.write() as tx:
        assert await inbox.revive(tx, NOW) == 1
        assert [waiting.id for waiting in await inbox.claim(tx, NOW, NOW - NOW, 8)] == [20]
    await store.close()


def test_no_text_is_shown_and_a_missing_database_is_told(database: Path) -> None:
    assert PRIVATE not in CliRunner().invoke(cli, ["dead", "--retry"]).output
    database.unlink()
    missing = CliRunner().invoke(cli, ["dead"])
    assert missing.exit_code == 2
    assert missing.stderr == f"error: database {database} is not there: start the bot once, or set DATABASE_URL\n"
    assert not database.exists()
