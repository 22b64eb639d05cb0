"""The bot as a process of its own: started, watched, killed."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import aiohttp

from tests.telegram.bot_api import TOKEN
from tests.waiting import until

ROOT = Path(__file__).parents[2]
#: How long the bot may take to start, in seconds.
START_SECONDS = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Program:
    """``python -m bot run`` on a database in ``folder``, with the Bot API at ``base_url``."""

    def __init__(self, folder: Path, base_url: str, *, webhook: bool = True, secret: str = "load-secret") -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.hook = f"{self.url}/telegram"
        self.secret = secret
        self.log = folder / "bot.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._settings = {
            "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'bot.db'}",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "LOG_LEVEL": "info",
            "MESSAGES_PER_MINUTE": "1000000",
            "TELEGRAM_BASE_URL": base_url,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_MESSAGES_PER_SECOND": "100000",
            "TELEGRAM_WEBHOOK_SECRET": secret,
            "TELEGRAM_WEBHOOK_URL": self.hook if webhook else "",
        }

    @property
    def pid(self) -> int:
        """The process's id."""
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Start it and wait until it can answer."""
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220 - gone on with at once, and killed without the loop
                [sys.executable, "-m", "bot", "run"], cwd=ROOT, env=kept | self._settings, stdout=log, stderr=log
            )
        async with aiohttp.ClientSession() as session:
            await until(lambda: self._ready(session), START_SECONDS)

    async def _ready(self, session: aiohttp.ClientSession) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"the bot ended: {self.log.read_text()[-2000:]}"
        with suppress(aiohttp.ClientError):
            async with session.get(f"{self.url}/readyz") as answer:
                return answer.status == 200
        return False

    def kill(self) -> None:
        """End it without warning."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in good order."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None

    def memory(self) -> float:
        """The memory it and its helpers hold, in MB; what they share counts once."""
        parts = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in (self.pid, *self.helpers())]
        return sum(int(size) for part in parts for size in re.findall(r"^Pss:\s+(\d+)", part, re.MULTILINE)) / 1024

    def cpu(self) -> float:
        """The processor time it and its helpers have used, in seconds."""
        parts = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2] for pid in (self.pid, *self.helpers())]
        return sum(int(ticks) for part in parts for ticks in part.split()[11:13]) / _TICKS

    def helpers(self) -> list[int]:
        """The ids of its helpers."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]
