"""Trying again after faults: how long to wait, and when to give up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import structlog
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

T = TypeVar("T")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Patience:
    """How patiently to try again: the first wait and the longest, in seconds, doubling in between.

    For what the bot asks Telegram itself; messages wait in the outbox.
    """

    first: float = 0.5
    longest: float = 30.0
    attempts: int = 20

    def wait(self, error: TelegramError, failures: int) -> float:
        """How long to wait after the ``failures``-th failure; what Telegram itself asks for is obeyed."""
        if isinstance(error, RetryAfter):
            asked = error.retry_after
            return asked.total_seconds() if isinstance(asked, timedelta) else float(asked)
        if isinstance(error, InvalidToken):
            return self.longest
        return min(self.longest, self.first * 2.0 ** min(failures - 1, 16))


DEFAULT = Patience()


def passing(error: TelegramError) -> bool:
    """Whether trying again may help."""
    if isinstance(error, RetryAfter):
        return True
    return isinstance(error, NetworkError) and not isinstance(error, BadRequest)


async def patiently(call: Callable[[], Awaitable[T]], patience: Patience, attempts: int | None = None) -> T:
    """The result of ``call``, tried again after faults: for ever, or ``attempts`` times where it may help.

    Being told to wait is not a fault and does not count.
    """
    failures = 0
    while True:
        try:
            return await call()
        except TelegramError as error:
            failures += not isinstance(error, RetryAfter)
            if attempts is not None and (failures >= attempts or not passing(error)):
                raise
            seconds = patience.wait(error, failures)
            _log.warning("telegram.again", error=type(error).__name__, advice=_advice(error), seconds=seconds)
        await asyncio.sleep(seconds)


def _advice(error: TelegramError) -> str:
    """What the operator can do about ``error``."""
    if isinstance(error, InvalidToken):
        return "TELEGRAM_BOT_TOKEN is refused: copy it from BotFather again"
    if isinstance(error, Conflict):
        return "another process polls with this token: stop one"
    return "none needed"
