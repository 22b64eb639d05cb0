"""The conversation in a terminal: a question a line, choices by number."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TextIO

from bot.app import App
from bot.channels.plain import render
from handlers.types import Incoming, IncomingKind

PROMPT = "\n> "


def chat(app: App, source: TextIO = sys.stdin, out: TextIO = sys.stdout) -> None:
    """Talk until the input ends, going on where the last conversation stopped."""
    with asyncio.Runner() as runner:
        runner.run(app.start())
        try:
            before = runner.run(app.session(_incoming("")))
            replies = list(before.shown) or runner.run(app.converse(_incoming("/start")))
            print(render(replies), file=out, flush=True)
            for line in _lines(source, out):
                print(render(runner.run(app.converse(_incoming(line)))), file=out, flush=True)
        finally:
            runner.run(app.close())


def _lines(source: TextIO, out: TextIO) -> Iterator[str]:
    while True:
        print(PROMPT, end="", file=out, flush=True)
        line = source.readline()
        if not line:
            print(file=out)
            return
        yield line


def _incoming(text: str) -> Incoming:
    now = datetime.now(UTC)
    return Incoming("terminal", "terminal", "terminal", IncomingKind.TEXT, now, text, reachable=False)
