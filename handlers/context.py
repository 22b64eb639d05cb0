"""What every conversation may use, handed in by the composition root."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.wording import Wording
from knowledge.answers import AnswerFinder
from knowledge.base import Knowledge
from knowledge.screening import Screener
from knowledge.understanding.understander import Understander

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
#: A conversation and the facts told in it are forgotten after this long without a message.
SESSION_LIFE = timedelta(hours=24)


@dataclass(frozen=True)
class Context:
    """The knowledge and the wording. ``preview`` answers as of that day instead of the day of the message."""

    knowledge: Knowledge
    understander: Understander
    answers: AnswerFinder
    screener: Screener
    wording: Wording
    preview: date | None = None

    def day(self, at: datetime) -> date:
        """The day, in Vietnam, that an answer given at ``at`` is for."""
        return self.preview or at.astimezone(VIETNAM).date()
