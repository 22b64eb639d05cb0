"""Understanding the same message once: when a notice goes out, thousands ask the same within minutes."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from knowledge.places import PlaceMatch
from knowledge.understanding.understander import Understander, Understanding
from knowledge.understanding.utterance import Utterance
from knowledge.understanding.weights import Scores

#: How many meanings are remembered, and of how many messages what was heard in them, for whoever wrote one may soon
#: write the next; the latest used longest, only in memory, and without who sent them.
MEANINGS, HEARD = 1024, 4096


class Recalling(Understander):
    """An understander that gives the meaning of a recent message again without working it out anew; the same message
    always means the same."""

    def __init__(self, known: Understander) -> None:
        self.__dict__.update(vars(known))
        self._recalled = lru_cache(maxsize=MEANINGS)(super().understand)
        self._heard = lru_cache(maxsize=HEARD)(super().heard)

    def understand(self, raw: str, day: date, previous: str | None = None, before: str = "") -> Understanding:
        """What a message means, as ``Understander`` says it."""
        return self._recalled(raw, day, previous, before)

    def heard(self, text: str) -> tuple[PlaceMatch | None, Utterance, Scores]:
        """What ``Understander`` hears in a text: the message before is looked at again with the next."""
        return self._heard(text)
