"""A channel for tests that look at what is written, not at what is sent."""

from __future__ import annotations

from handlers.types import Reply


class Slate:
    """A channel that sends nothing."""

    name = "test"

    def write(self, target: dict[str, object], replies: list[Reply]) -> list[dict[str, object]]:
        return [{"text": reply.text} for reply in replies]

    async def typing(self, target: dict[str, object]) -> None: ...
