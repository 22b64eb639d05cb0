"""Grouping of unanswered questions, and the commands that show it."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.unanswered import grouped
from knowledge.clusters import clusters
from store import questions, votes
from store.database import Database
from store.migrate import migrate
from store.questions import Asked

ROOT = Path(__file__).parent.parent
PASSPORT = ["làm hộ chiếu ở đâu", "lam ho chieu o dau", "Làm hộ chiếu ở đâu vậy ạ?", "xin làm hộ chiếu thì đến đâu"]
WELL = ["giếng khoan bị nhiễm phèn thì kêu ai", "gieng khoan nhiem phen keu ai"]
BUS = ["xe buýt đi thành phố mấy giờ có chuyến"]


def asked(texts: Sequence[str], day: date = date(2026, 11, 20), decision: str = "fallback") -> list[Asked]:
    return [Asked(day + timedelta(days=index), "web", text, decision, None) for index, text in enumerate(texts)]


def test_what_asks_the_same_is_one_group_and_the_largest_is_first() -> None:
    groups = grouped(asked([*BUS, *WELL, *PASSPORT]))
    assert [group.count for group in groups] == [4, 2, 1]
    assert groups[0].wordings[0] == PASSPORT[0]
    assert len(groups[0].wordings) == 3, "wordings that differ only in diacritics are one"
    assert (groups[0].first, groups[0].last) == (date(2026, 11, 23), date(2026, 11, 26))


def test_the_most_frequent_wording_stands_first() -> None:
    (group,) = grouped(asked([PASSPORT[3], PASSPORT[0], PASSPORT[1]]))
    assert group.wordings[0] == PASSPORT[0]


def test_no_questions_make_no_groups() -> None:
    assert clusters([]) == []
    assert [cluster.members for cluster in clusters(["", "…", "?"])] == [(0, 1, 2)]


TEXTS = st.lists(st.one_of(st.sampled_from([*PASSPORT, *WELL, *BUS]), st.text(max_size=40)), max_size=25)


@settings(deadline=None, max_examples=50)
@given(TEXTS)
def test_every_text_is_in_one_group_and_the_same_texts_make_the_same_groups(texts: list[str]) -> None:
    found = clusters(texts)
    assert sorted(member for cluster in found for member in cluster.members) == list(range(len(texts)))
    assert found == clusters(texts)
    assert all(set(cluster.wordings) <= set(cluster.members) for cluster in found)
    sizes = [len(cluster.members) for cluster in found]
    assert sizes == sorted(sizes, reverse=True)


def test_the_same_groups_come_of_any_number_of_blocks() -> None:
    """More texts than are compared at once; every copy finds its original."""
    words = "nước điện đường trường trạm chợ cầu đò xe máy trâu bò lợn gà vịt lúa ngô khoai sắn chè".split()
    chooser = random.Random(7)
    texts = [" ".join(chooser.sample(words, 6)) for _ in range(400)]
    found = clusters([*texts, *texts])
    of = {member: index for index, cluster in enumerate(found) for member in cluster.members}
    assert all(of[index] == of[index + 400] for index in range(400))


async def _filled(url: str) -> None:
    database = Database(url)
    await migrate(database)
    today = date.today()  # noqa: DTZ011 - the command counts back from today
    async with database.write() as tx:
        await questions.add(tx, asked(PASSPORT, today - timedelta(days=6)))
        await questions.add(tx, asked(WELL, today - timedelta(days=60)))
        await questions.add(tx, asked(BUS, today - timedelta(days=1), "boundary"))
        await questions.add(tx, asked(["vay vốn hộ nghèo"], today - timedelta(days=1), "answer"))
        first = await votes.add(tx, today, "bhyt", False)
        await votes.change(tx, first, "bhyt", False, "sai")
        assert not await votes.change(tx, first, "tien-dien", True)
        for entry, up in (("bhyt", False), ("tien-dien", False), ("tien-dien", True)):
            await votes.add(tx, today, entry, up)
    await database.close()


@pytest.fixture
async def url(tmp_path: Path) -> str:
    address = f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}"
    await _filled(address)
    return address


def command(url: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env={**os.environ, "DATABASE_URL": url}, capture_output=True, text=True, cwd=ROOT, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_lists_groups_of_the_last_days(url: str) -> None:
    lines = command(url, "unanswered").splitlines()
    assert len(lines) == 1
    assert PASSPORT[0] in lines[0]
    assert len(command(url, "unanswered", "--boundary").splitlines()) == 2
    groups = [json.loads(line) for line in command(url, "unanswered", "--days", "90", "--jsonl").splitlines()]
    assert [group["count"] for group in groups] == [4, 2]
    assert set(groups[0]) == {"count", "first", "last", "nearest", "questions"}


def test_a_skeleton_is_yaml_with_the_phrasings_filled_in(url: str) -> None:
    (entry,) = yaml.safe_load_all(command(url, "unanswered", "--yaml"))
    assert entry["phrasings"][0] == PASSPORT[0]
    assert entry["aspects"]["tong-quan"][0]["lead"] is True


def test_votes_are_listed_with_the_most_thumbs_down_first(url: str) -> None:
    first, second = command(url, "votes").splitlines()
    assert first.split()[0] == "bhyt"
    assert "sai 1" in first
    assert second.split()[0] == "tien-dien"
