"""What can go wrong with a call of the Bot API, one by one or at given rates."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong with one call. ``late``: the call is carried out first, only its answer is lost."""

    status: int = 0
    retry_after: int | None = None
    seconds: float = 0.0
    reset: bool = False
    late: bool = False
    body: bytes | None = None


@dataclass
class Rates:
    """Faults at random: which share of the calls is told to wait, fails, or is cut off (half of those too late)."""

    busy: float = 0.0
    failing: float = 0.0
    cut: float = 0.0
    retry_after: int = 1
    seed: int = 1
    _random: Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)

    def next(self) -> Fault:
        """What happens to the next call."""
        drawn = self._random.random()
        if drawn < self.busy:
            return Fault(429, retry_after=self.retry_after)
        if drawn < self.busy + self.failing:
            return Fault(500)
        if drawn < self.busy + self.failing + self.cut:
            return Fault(reset=True, late=self._random.random() < 0.5)
        return Fault()
