"""The program as whoever runs it sees it: a process with an environment, its output, and how it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent.parent
#: How long a program may take to start or to end on a busy machine, in seconds.
PATIENCE = 60.0


async def until(happened: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something has happened. Fails where it does not."""
    for _ in range(int(PATIENCE / 0.05)):
        if await happened():
            return
        await asyncio.sleep(0.05)
    raise TimeoutError


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """Nothing of this process's own settings; the database in ``folder``."""
    passed = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    database = f"sqlite+aiosqlite:///{folder / 'bot.db'}"
    return {**passed, "PYTHONPATH": str(ROOT), "DATABASE_URL": database, "PORT": "0", **settings}


def command(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """``python -m bot`` with these arguments, run to its end."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=environment(folder, **settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@dataclass
class Running:
    """A bot that runs."""

    process: asyncio.subprocess.Process
    errors: Path
    page: str = ""

    @property
    def output(self) -> str:
        """Everything it has printed."""
        return self.errors.read_text(encoding="utf-8")

    async def announced(self) -> None:
        """Wait until it has said where it is and answers there."""
        await until(self._said_so)
        self.page = self.output.split()[2]
        await until(self._answers)

    async def _said_so(self) -> bool:
        assert self.process.returncode is None, self.output
        return "Ctrl-C" in self.output

    async def _answers(self) -> bool:
        async with httpx.AsyncClient(base_url=self.page) as visitor:
            try:
                return (await visitor.get("/healthz")).is_success
            except httpx.TransportError:
                return False

    async def stop(self) -> int:
        """Tell it to stop; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()


@asynccontextmanager
async def running(folder: Path, **settings: str) -> AsyncIterator[Running]:
    """A bot that runs until the block ends."""
    errors = folder / "output.txt"
    with errors.open("w") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=folder, env=environment(folder, **settings),
            stdout=output, stderr=output,
        )  # fmt: skip
    bot = Running(process, errors)
    try:
        await bot.announced()
        yield bot
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
