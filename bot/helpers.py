"""Working out answers in further processes, so that every processor of the machine shares the load.

What a message wants and how a question is answered depend on nothing but the message, the conversation so far and the
knowledge; a process that is forked once all is loaded has the same knowledge. Helpers are a mere convenience: what none
of them worked out, the bot works out itself.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context, parent_process
from threading import Thread
from time import perf_counter
from typing import NamedTuple

import structlog

from bot.faults import described
from handlers.context import Context
from handlers.conversation import Foreseen, foresee
from handlers.types import Incoming, Session

#: How long to wait for a helper, in seconds; one that takes longer is stuck.
PATIENCE = 3.0
Asked = tuple[Incoming, Session]
_log = structlog.get_logger(__name__)
#: The knowledge of a helper, set once in each.
_context: Context | None = None


class Foretold(NamedTuple):
    """What a helper can tell of an answer, and how many seconds it took."""

    foreseen: Foreseen
    seconds: float


class Helpers:
    """Processes that work out answers beforehand."""

    @staticmethod
    def started(context: Context, wanted: int) -> Helpers | None:
        """So many as ``wanted``, but no more than there are processors to spare; none where the system gives none."""
        number = min(wanted, _spare_processors())
        if number < 1:
            return None
        try:
            return Helpers(context, number)
        except (OSError, ImportError) as error:
            _log.warning("helpers.none", **described(error))
            return None

    def __init__(self, context: Context, number: int) -> None:
        """Fork them. To be called before there are other threads: a fork takes along what those had locked."""
        self._number = number
        self._pool: ProcessPoolExecutor | None = ProcessPoolExecutor(
            number, mp_context=get_context("fork"), initializer=_prepare, initargs=(context,)
        )
        self._pool.submit(_foresee_all, [])  # It forks when it is first asked.

    async def foresee(self, asked: Sequence[Asked]) -> list[Foretold | None]:
        """What can be told of the answer to each of ``asked``; none where a helper could not."""
        if self._pool is None:
            return [None] * len(asked)
        share = -(-len(asked) // self._number)
        parts = [asked[start : start + share] for start in range(0, len(asked), share)]
        try:
            async with asyncio.timeout(PATIENCE):
                told = await asyncio.gather(*(self._told(self._pool, part) for part in parts))
        except Exception as error:
            _log.error("helpers.failed", **described(error))
            if isinstance(error, BrokenProcessPool | TimeoutError):
                self.close()
            return [None] * len(asked)
        return [one for part in told for one in part]

    async def _told(self, pool: ProcessPoolExecutor, asked: Sequence[Asked]) -> list[Foretold | None]:
        return await asyncio.wrap_future(pool.submit(_foresee_all, asked))

    def close(self) -> None:
        """End them, even those that are stuck; they hold nothing that could be lost."""
        if self._pool is None:
            return
        for helper in active_children():
            helper.kill()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = None


def _spare_processors() -> int:
    """How many processors are left beside the one that the bot itself keeps busy."""
    return len(os.sched_getaffinity(0)) - 1 if hasattr(os, "sched_getaffinity") else 0


def _prepare(context: Context) -> None:
    """Make a fresh process a helper: it ends with the bot, however that ends, and leaves signals to it."""
    global _context
    _context = context
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def _foresee_all(asked: Sequence[Asked]) -> list[Foretold | None]:
    return [_foresee(incoming, session) for incoming, session in asked]


def _foresee(incoming: Incoming, session: Session) -> Foretold | None:
    """What can be told of one answer; a message that cannot be handled is left to the bot, which knows what then."""
    assert _context is not None
    began = perf_counter()
    try:
        return Foretold(foresee(incoming, session, _context), perf_counter() - began)
    except Exception:
        return None
