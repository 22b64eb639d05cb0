"""What the bot tells whoever runs it: /healthz, /readyz and /metrics."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from bot import operations
from bot.app import App
from bot.server import pages
from bot.service import Service
from bot.settings import Settings
from handlers.context import Context
from store import inbox, outbox
from store.database import Database
from store.inbox import Arrival
from store.outbox import Message
from tests.operations.program import until

ORIGIN = {"origin": "http://test"}
SAID = "con trai cụ Lò Thị Sáu, số 0912345678, hỏi vay vốn hộ nghèo"


@asynccontextmanager
async def visitor(app: App) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who asks the whole web server."""
    served = pages(app, Service(app, Settings(_env_file=None)))
    transport = httpx.ASGITransport(app=served, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=ORIGIN) as client:
        yield client


async def asked(app: App, page: str) -> tuple[int, str]:
    async with visitor(app) as client:
        answer = await client.get(page)
    return answer.status_code, answer.text


async def figures(app: App) -> dict[tuple[str, ...], float]:
    """The figures by name and values of labels."""
    status, page = await asked(app, "/metrics")
    assert status == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


async def answers_again(app: App) -> bool:
    return (await asked(app, "/readyz"))[1] == "database needs migrating\n"


def other(context: Context, database: Path | str) -> App:
    return App(context, Database(f"sqlite+aiosqlite:///{database}"))


class TestReadiness:
    async def test_ready(self, app: App) -> None:
        assert await asked(app, "/healthz") == (200, "ok\n")
        assert await asked(app, "/readyz") == (200, "ready\n")

    async def test_a_database_of_another_shape(self, context: Context, app: App, tmp_path: Path) -> None:
        empty = other(context, tmp_path / "empty.db")
        assert await asked(empty, "/readyz") == (503, "database needs migrating\n")
        await empty.close()
        async with app.database.write() as tx:
            await tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        assert await asked(app, "/readyz") == (503, "database needs migrating\n")

    async def test_a_database_that_cannot_be_opened(self, context: Context, tmp_path: Path) -> None:
        (tmp_path / "junk.db").write_text("nothing of SQLite's" * 100)
        for database in (tmp_path, tmp_path / "nowhere" / "bot.db", tmp_path / "junk.db"):
            bot = other(context, database)
            assert await asked(bot, "/readyz") == (503, "database does not answer\n")
            assert await asked(bot, "/healthz") == (200, "ok\n")
            await bot.close()

    async def test_a_database_that_another_process_keeps_to_itself(
        self, context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(operations, "PATIENCE", 0.2)
        keeper = sqlite3.connect(tmp_path / "kept.db")
        keeper.execute("PRAGMA locking_mode=EXCLUSIVE")
        keeper.execute("PRAGMA journal_mode=WAL")
        keeper.execute("CREATE TABLE mine (x)")
        bot = other(context, tmp_path / "kept.db")
        try:
            assert await asked(bot, "/readyz") == (503, "database does not answer\n")
            assert (await figures(bot))[("chungtay_database_up",)] == 0
            keeper.close()
            await until(lambda: answers_again(bot))
        finally:
            keeper.close()
            await bot.close()


class TestMetrics:
    async def test_messages_are_counted_by_channel_and_decision(self, app: App) -> None:
        async with visitor(app) as client:
            for question in ("vay vốn hộ nghèo được bao nhiêu", SAID, "giá vàng hôm nay"):
                await client.post("/", data={"q": question})
        found = await figures(app)
        counted = {key[1:]: value for key, value in found.items() if key[0] == "chungtay_messages_total"}
        assert sum(counted.values()) == 3
        assert counted[("web", "answer")] >= 1
        assert found[("chungtay_handling_seconds_count", "web")] == 3
        assert found[("chungtay_handling_seconds_bucket", "web", "+Inf")] == 3

    async def test_what_waits_is_counted_with_its_age(self, app: App) -> None:
        now = datetime.now(UTC)
        async with app.database.write() as tx:
            for minutes in (5, 3, 1):
                update = Arrival("telegram", str(minutes), str(minutes), "1", {})
                await inbox.accept(tx, [update], now - timedelta(minutes=minutes))
            await inbox.set_aside(tx, 2, "KeyError x.py:1")
            message = Message("telegram", "1", {}, now - timedelta(minutes=7))
            await outbox.add(tx, [message, message], now)
        found = await figures(app)
        assert found[("chungtay_inbox_waiting",)] == 2
        assert 300 <= found[("chungtay_inbox_age_seconds",)] < 400
        assert found[("chungtay_inbox_dead",)] == 1
        assert found[("chungtay_outbox_waiting", "telegram")] == 2
        assert 420 <= found[("chungtay_outbox_age_seconds", "telegram")] < 520

    async def test_an_empty_database_has_figures_too(self, app: App) -> None:
        found = await figures(app)
        assert found[("chungtay_inbox_waiting",)] == found[("chungtay_inbox_age_seconds",)] == 0
        assert found[("chungtay_database_up",)] == 1
        assert found[("chungtay_database_bytes",)] > 0
        assert found[("chungtay_disk_free_bytes",)] > 0
        assert found[("process_resident_memory_bytes",)] > 0

    async def test_counting_looks_only_at_what_waits(self, app: App) -> None:
        async with app.database.read() as tx:
            for state, index in (("waiting", "turn"), ("dead", "dead")):
                counted = f"EXPLAIN QUERY PLAN SELECT count(*), min(received_at) FROM inbox WHERE state = '{state}'"
                (plan,) = await tx.execute(text(counted))
                assert f"USING INDEX ix_inbox_{index}" in plan[-1]

    async def test_errors_are_counted_by_kind_and_hold_nothing_said(self, app: App) -> None:
        for error in ("Busy", "TimedOut", *(f"{SAID} {number}" for number in range(1000)), "x" * 1000):
            app.metrics.not_sent("telegram", error)
            app.metrics.failed(error)
            app.metrics.refused("telegram", error)
        found = await figures(app)
        assert found[("chungtay_send_errors_total", "telegram", "Busy")] == 1
        assert found[("chungtay_send_errors_total", "telegram", "other")] == 1001
        assert found[("chungtay_handler_errors_total", "TimedOut")] == 1
        assert len([key for key in found if key[0] == "chungtay_send_errors_total"]) == 3

    async def test_a_page_that_failed_is_counted_and_the_page_tells_nobody(self, app: App) -> None:
        async with app.database.write() as tx:
            await tx.execute(text("DROP TABLE sessions"))
        async with visitor(app) as client:
            assert (await client.post("/", data={"q": SAID})).status_code == 500
        assert (await figures(app))[("chungtay_handler_errors_total", "OperationalError")] == 1

    async def test_nothing_personal_is_on_the_page(self, app: App) -> None:
        async with visitor(app) as client:
            await client.post("/", data={"q": SAID})
            token = client.cookies["chungtay"]
            page = (await client.get("/metrics")).text
        for part in ("Lò", "Sáu", "0912345678", "vay", token):
            assert part not in page
