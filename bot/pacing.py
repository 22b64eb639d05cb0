"""How fast messages may go out: so many a second over all, so many to one chat, and none while told to wait."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

#: How many chats are remembered; one that has not been written to for longest has its full measure again anyway.
REMEMBERED = 10_000
#: So many refusals in a row, with nothing taken between them, mean the whole bot and not one chat.
REFUSALS = 3


@dataclass
class Bucket:
    """A token bucket: ``rate`` a second, at most ``burst`` at once. Times are seconds of one monotonic clock."""

    rate: float
    burst: float
    _tokens: float = field(default=0.0, init=False)
    _at: float | None = field(default=None, init=False)

    def take(self, now: float) -> float:
        """Take a token, on credit if need be; returns for how many seconds to wait before it may be used."""
        held = self.burst if self._at is None else min(self.burst, self._tokens + (now - self._at) * self.rate)
        self._at, self._tokens = now, held - 1
        return max(0.0, -self._tokens / self.rate)


class Pacing:
    """When the next message to a chat may go out."""

    def __init__(self, per_second: float, chat_per_second: float, chat_burst: float) -> None:
        self._all = Bucket(per_second, max(1.0, per_second))
        self._chat_rate, self._chat_burst = chat_per_second, chat_burst
        self._chats: OrderedDict[str, Bucket] = OrderedDict()
        self._paused_until = 0.0
        self._refusals = 0

    def wait(self, chat: str, now: float) -> float:
        """Reserve a place for one message to ``chat``; returns for how many seconds to wait."""
        bucket = self._chats.pop(chat, None) or Bucket(self._chat_rate, self._chat_burst)
        self._chats[chat] = bucket
        while len(self._chats) > REMEMBERED:
            self._chats.popitem(last=False)
        return max(bucket.take(now), self._all.take(now), self._paused_until - now)

    def paused(self, now: float) -> float:
        """For how many seconds nothing may go out."""
        return max(0.0, self._paused_until - now)

    def taken(self) -> None:
        """The channel took a message."""
        self._refusals = 0

    def refused(self, seconds: float, now: float) -> None:
        """The channel asked to wait. One chat is put off by the sender; several in a row stop everything."""
        self._refusals += 1
        if self._refusals >= REFUSALS:
            self._paused_until = max(self._paused_until, now + seconds)
