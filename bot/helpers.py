"""Working out answers in further processes, so that every processor of the machine shares the load.

What a message wants and how a question is answered depend on nothing but the message, the conversation so far and the
knowledge; a process that is forked once all is loaded has the same knowledge. What a helper worked out is a mere
convenience: where there is none, or the conversation has moved on, the bot works it out itself.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from threading import Thread

import structlog

from bot.faults import described
from handlers.context import Context
from handlers.conversation import Foreseen, foresee
from handlers.types import Incoming, Session

Asked = tuple[Incoming, Session]
_log = structlog.get_logger(__name__)
#: The knowledge of a helper, set once in each.
_context: Context | None = None


def spare_processors() -> int:
    """How many processors are left for helpers beside the one that the bot itself keeps busy."""
    if not hasattr(os, "sched_getaffinity"):
        return 0
    return len(os.sched_getaffinity(0)) - 1


class Helpers:
    """Processes that work out answers beforehand."""

    def __init__(self, context: Context, number: int) -> None:
        """Fork them. To be called before there are other threads: a fork takes along what those had locked."""
        self._number = number
        self._pool: ProcessPoolExecutor | None = ProcessPoolExecutor(
            number, mp_context=get_context("fork"), initializer=_prepare, initargs=(context,)
        )
        self._ready: Future[list[Foreseen | None]] = self._pool.submit(_foresee_all, [])

    async def foresee(self, asked: Sequence[Asked]) -> list[Foreseen | None]:
        """What can be told of the answer to each of ``asked``; none where a helper could not."""
        if self._pool is None:
            return [None] * len(asked)
        share = -(-len(asked) // self._number)
        parts = [asked[start : start + share] for start in range(0, len(asked), share)]
        try:
            told = await asyncio.gather(*(asyncio.wrap_future(self._pool.submit(_foresee_all, part)) for part in parts))
        except Exception as error:
            _log.error("helpers.failed", **described(error))
            if isinstance(error, BrokenProcessPool):
                self.close()
            return [None] * len(asked)
        return [one for part in told for one in part]

    def close(self) -> None:
        """Send them home."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


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


def _foresee_all(asked: Sequence[Asked]) -> list[Foreseen | None]:
    return [_foresee(incoming, session) for incoming, session in asked]


def _foresee(incoming: Incoming, session: Session) -> Foreseen | None:
    """What can be told of one answer; a message that cannot be handled is left to the bot, which knows what then."""
    assert _context is not None
    try:
        return foresee(incoming, session, _context)
    except Exception:
        return None
