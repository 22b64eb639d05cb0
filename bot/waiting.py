"""Waiting for whichever comes first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable


async def first_of(events: Iterable[asyncio.Event], seconds: float) -> None:
    """Wait until one of ``events`` is set or time is up."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
