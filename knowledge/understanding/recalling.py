"""Understanding the same message once: when a notice goes out, thousands ask the same within minutes."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from knowledge.understanding.understander import Understander, Understanding

#: How many messages are remembered, the latest used longest; only in memory, and without who sent them.
REMEMBERED = 1024


class Recalling(Understander):
    """An understander that gives the meaning of a recent message again without working it out anew; the same message
    always means the same."""

    def __init__(self, known: Understander) -> None:
        self.__dict__.update(vars(known))
        self._recalled = lru_cache(maxsize=REMEMBERED)(super().understand)

    def understand(self, raw: str, day: date, previous: str | None = None, before: str = "") -> Understanding:
        """What a message means, as ``Understander`` says it."""
        return self._recalled(raw, day, previous, before)
