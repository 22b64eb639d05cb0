"""What is logged holds nothing that anybody wrote, no number and no token."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.operations.program import PATIENCE, environment, running

TOKEN = "987654321:token-of-the-bot"
#: Marks that stand in everything that is sent; none may be found in the output.
MARKS = ("QQMARKQQ", "0912345678", "token-of-the-bot", "987654321")
SAID = "QQMARKQQ con trai cụ Sáu, số 0912345678, hỏi vay vốn"
#: Everything that can go wrong outside the bot's own code, each with the mark in its text.
ACCIDENTS = """
import asyncio, gc, logging, sys, threading, warnings
from bot.logs import log_to_stderr, watch_tasks
from bot.settings import Settings
SAID = "QQMARKQQ 0912345678"
log_to_stderr(Settings(_env_file=None, log_level="debug"))
def fails(*_):
    raise ValueError(SAID)
try:
    fails()
except ValueError:
    for name in ("sqlalchemy.engine", "telegram", "aiohttp.client", "uvicorn.error", "asyncio", "somebody.else"):
        logging.getLogger(name).setLevel(logging.DEBUG)
        logging.getLogger(name).debug("debugging %s", SAID)
        logging.getLogger(name).error("parameters %s", SAID, exc_info=True)
        logging.getLogger(name).error(ValueError(SAID))
    logging.getLogger("somebody.else").error(f"it said {SAID}")
logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
logging.getLogger("somebody.else").error("%s %s", SAID)
warnings.warn(SAID)
class Closing:
    def __del__(self):
        fails()
Closing()
thread = threading.Thread(target=fails, name=SAID)
thread.start(); thread.join()
async def tasks():
    watch_tasks(asyncio.get_running_loop())
    async def failing():
        fails()
    task = asyncio.create_task(failing(), name=SAID)
    asyncio.get_running_loop().call_soon(fails, SAID)
    await asyncio.sleep(0.01)
    del task
    gc.collect()
asyncio.run(tasks())
print("reached", file=sys.stderr)
raise BaseExceptionGroup(SAID, [ValueError(SAID)])
"""


def read(output: str) -> list[dict[str, str]]:
    """The lines of a log."""
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def test_what_libraries_say_and_what_nobody_waits_for_is_told_without_its_text(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", ACCIDENTS],
        env=environment(tmp_path), capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "reached" in ended.stderr
    for mark in MARKS:
        assert mark not in ended.stderr + ended.stdout
    lines = read(ended.stderr)
    assert len(lines) + 1 == len(ended.stderr.splitlines())
    events = [line["event"] for line in lines]
    assert events.count("task.failed") == 2
    assert {"library", "thread.failed", "cleanup.failed", "ended.by_error"} <= set(events)
    assert "Invalid HTTP request received." in [line.get("text") for line in lines]
    libraries = {line["library"] for line in lines if line["event"] == "library" and line.get("error") == "ValueError"}
    assert libraries == {"sqlalchemy.engine", "telegram", "aiohttp.client", "uvicorn.error", "asyncio", "somebody.else"}
    assert not [line for line in lines if line["level"] == "debug"]


async def knock(page: str, *messages: bytes) -> None:
    """Send bytes that need not be HTTP, each on a connection of its own."""
    address = urlsplit(page)
    for message in messages:
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(message)
        await writer.drain()
        writer.write_eof()
        await reader.read()
        writer.close()


@pytest.mark.parametrize("webhook", ["", "http://127.0.0.1/telegram"], ids=["polling", "webhook"])
async def test_nothing_that_people_send_is_in_the_output(tmp_path: Path, webhook: str) -> None:
    settings = {
        "LOG_LEVEL": "debug",
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_BASE_URL": "http://127.0.0.1:9/bot",  # nobody answers there
        "TELEGRAM_WEBHOOK_URL": webhook,
    }
    said = SAID.encode()
    async with running(tmp_path, **settings) as bot:
        async with httpx.AsyncClient(base_url=bot.page, cookies={"chungtay": "QQMARKQQ"}) as visitor:
            many = {f"{SAID}{number}": "" for number in range(50)}
            for data in ({"q": SAID}, {"q": SAID * 1000}, {"a": SAID}, {"b": SAID}, many):
                await visitor.post("/", data=data)
            for kind in ("multipart/form-data", "multipart/form-data; boundary=x", "application/json", "QQMARKQQ"):
                await visitor.post("/", content=b"--x\r\n" + said, headers={"content-type": kind})
            await visitor.post("/", files={"q": ("QQMARKQQ", said)})
            for path in ("/telegram", "/QQMARKQQ", f"/e/{SAID}", f"/?q={SAID}", "/metrics?QQMARKQQ"):
                await visitor.post(path, json={"message": {"text": SAID}})
                await visitor.get(path)
        await knock(
            bot.page, said, b"POST / HTTP/1.1\r\nQQMARKQQ\r\n\r\n", b"GET /QQMARKQQ HTTP/9\r\n\r\n", b"\0QQMARKQQ"
        )
        with closing(sqlite3.connect(tmp_path / "bot.db")) as database:
            database.execute("DROP TABLE sessions")
        async with httpx.AsyncClient(base_url=bot.page) as visitor:
            assert (await visitor.post("/", data={"q": SAID})).status_code == 500
        async with httpx.AsyncClient(base_url=bot.page) as visitor:
            page = (await visitor.get("/metrics")).text
        assert await bot.stop() == 0
    for mark in MARKS:
        assert mark not in bot.output + page
    lines = read(bot.output)
    assert len(lines) == len(bot.output.splitlines()) - 3
    failures = [line for line in lines if line.get("error") == "OperationalError"]
    assert failures, bot.output
