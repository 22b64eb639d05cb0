"""Asking a channel's service again after faults: how long to wait, in terms of the errors that all channels share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog

from bot.channels.channel import Busy, DeliveryError, Faulty

T = TypeVar("T")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Patience:
    """The first wait and the longest, in seconds, doubling in between."""

    first: float = 0.5
    longest: float = 30.0

    def wait(self, error: DeliveryError, failures: int) -> float:
        """How long to wait after the ``failures``-th failure; what passes by itself is tried sooner."""
        if isinstance(error, Busy):
            return error.seconds
        if not isinstance(error, Faulty):
            return self.longest
        return min(self.longest, self.first * 2.0 ** min(failures - 1, 16))


DEFAULT = Patience()


async def patiently(
    channel: str, call: Callable[[], Awaitable[T]], patience: Patience, advice: Callable[[DeliveryError], str]
) -> T:
    """The result of ``call``, tried for ever; ``advice`` tells the operator what to do about an error."""
    failures = 0
    while True:
        try:
            return await call()
        except DeliveryError as error:
            failures += 1
            seconds = patience.wait(error, failures)
            what = {"error": type(error).__name__, "reason": str(error), "advice": advice(error)}
            _log.warning(f"{channel}.again", seconds=seconds, **what)
        await asyncio.sleep(seconds)
