"""The page in a real browser at the width of a cheap phone, and the program started and stopped for real."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
STOP_WITHIN = 3


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """The bot as ``make run`` starts it, on a database of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder

    def start(self) -> None:
        environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite+aiosqlite:///{self._folder / 'bot.db'}",
            "PORT": str(self.port),
            "TELEGRAM_BOT_TOKEN": "",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
        )
        for _ in range(200):
            try:
                urllib.request.urlopen(self.url, timeout=5).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the bot did not start")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> str:
        self.process.send_signal(how)
        _, errors = self.process.communicate(timeout=30)
        return errors


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    bot = Running(tmp_path)
    bot.start()
    yield bot
    if bot.process.poll() is None:
        bot.stop()


@pytest.fixture
def page(running: Running) -> Iterator[Page]:
    if CHROMIUM is None:
        if os.environ.get("BROWSER_REQUIRED"):
            pytest.fail("no Chromium: install Debian's chromium")
        pytest.skip("NO CHROMIUM: the browser tests did not run; apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
        yield context.new_page()
        browser.close()


@pytest.mark.browser
def test_a_resident_asks_presses_every_button_and_goes_on_after_a_crash(page: Page, running: Running) -> None:
    page.goto(running.url)
    assert page.get_by_text("máy trả lời tự động").first.is_visible()
    page.get_by_label("Gõ câu hỏi của anh/chị").fill("nha toi ho ngheo muon vay von nuoi bo duoc bao nhieu")
    page.get_by_role("button", name="Hỏi", exact=True).click()
    expect(page.get_by_text("100 triệu").first).to_be_visible()
    page.get_by_role("button", name="Cần giấy tờ gì?").click()
    expect(page.locator(".asked")).to_contain_text("Cần giấy tờ gì?")
    papers = page.locator(".reply").inner_text()
    running.stop(signal.SIGKILL)
    running.start()
    page.reload()
    assert page.locator(".reply").inner_text() == papers
    page.get_by_role("button", name="Về chủ đề chính").click()
    expect(page.get_by_role("button", name="Vay vốn ưu đãi")).to_be_visible()
    assert page.locator("button[name=a]").count() >= 8


@pytest.mark.browser
def test_nothing_is_wider_than_the_phone_and_every_target_is_large(page: Page, running: Running) -> None:
    for address in ("/", "/e/vay-ho-ngheo", "/e/khong-co"):
        page.goto(running.url + address)
        widest = page.locator("body *").evaluate_all(
            "all => Math.max(...all.map(e => e.getBoundingClientRect().right))"
        )
        assert widest <= 360, address
    page.goto(running.url)
    for box in [button.bounding_box() for button in page.get_by_role("button").all()]:
        assert box is not None
        assert box["height"] >= 44


@pytest.mark.browser
def test_the_two_votes_stand_side_by_side(page: Page, running: Running) -> None:
    page.goto(running.url)
    page.get_by_label("Gõ câu hỏi của anh/chị").fill("nha toi ho ngheo muon vay von")
    page.get_by_role("button", name="Hỏi", exact=True).click()
    up, down = [box.bounding_box() for box in page.locator(".vote").all()]
    assert up is not None
    assert down is not None
    assert up["y"] == down["y"]
    assert up["x"] + up["width"] <= down["x"]
    assert min(up["height"], down["height"]) >= 44


@pytest.mark.browser
def test_the_keyboard_reaches_the_answer_and_the_question(page: Page, running: Running) -> None:
    page.goto(running.url)
    page.keyboard.press("Tab")
    assert page.locator(".skip").is_visible()
    page.get_by_label("Gõ câu hỏi của anh/chị").fill("bảo hiểm y tế")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{running.url}/#tra-loi")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_bot_stops_cleanly_when_told(running: Running, how: signal.Signals) -> None:
    started = time.monotonic()
    errors = running.stop(how)
    assert running.process.returncode == 0
    assert "Traceback" not in errors
    assert time.monotonic() - started < STOP_WITHIN * 5, "the bar is 3 s; five times that is broken, not slow"
