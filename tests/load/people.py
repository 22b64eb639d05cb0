"""People who write to the bot: what they ask, when they are answered, and whether it is the right answer in order."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle, groupby
from random import Random

from bot.channels.telegram.messages import messages_of
from handlers.actions import Ask
from handlers.context import Context
from handlers.conversation import respond
from handlers.types import Incoming, IncomingKind, Session
from tests.evaluation import QUESTIONS, read_questions
from tests.telegram.bot_api import BotApi, Call
from tests.telegram.markup import read
from tests.telegram.updates import said

#: The first of the people's ids.
FIRST = 10_000


def questions(seed: int = 1) -> Iterator[str]:
    """What people ask, without end: the labelled questions, mixed."""
    texts = [question.text for question in read_questions(sorted(QUESTIONS.glob("*.jsonl")))]
    Random(seed).shuffle(texts)
    return cycle(texts)


class Askers:
    """Each asks one question at a time, and waits for its answer."""

    def __init__(self, api: BotApi, people: int) -> None:
        self._api, self._people = api, people
        self._asked: dict[int, float] = {}
        self._next = cycle(range(FIRST, FIRST + people))
        self._questions = questions()
        #: From question to answer, in seconds.
        self.waits: list[float] = []
        api.on_call = self._called

    @property
    def waiting(self) -> int:
        """How many questions are not answered yet."""
        return len(self._asked)

    def ask(self) -> bool:
        """The next person who does not wait asks; false where all wait."""
        for _ in range(self._people):
            person = next(self._next)
            if person not in self._asked:
                self._asked[person] = time.perf_counter()
                self._api.push(said(next(self._questions), person=person))
                return True
        return False

    def _called(self, call: Call) -> None:
        if call.method == "sendMessage" and (began := self._asked.pop(int(call.values["chat_id"]), None)) is not None:
            self.waits.append(time.perf_counter() - began)


@dataclass(frozen=True)
class Tally:
    """What became of messages whose answers are known beforehand."""

    written: int
    unanswered: int
    out_of_order: int
    repeated: int

    def __str__(self) -> str:
        return (
            f"{self.written} written, {self.unanswered} unanswered, {self.out_of_order} chats out of order, "
            f"{self.repeated} replies repeated"
        )


class Writers:
    """Each writes many messages, whose answers are known: links to entries, never the same twice in a row."""

    def __init__(self, api: BotApi, context: Context, people: int, seed: int = 1) -> None:
        self._api = api
        self._random = Random(seed)
        self._answers = {name: _answers(context, name) for name in context.knowledge.entries}
        alone = Counter(text for texts in self._answers.values() for text in texts)
        self._names = sorted(n for n, texts in self._answers.items() if len(texts) == 1 and alone[texts[0]] == 1)
        self._people = [FIRST + number for number in range(people)]
        self._turn = cycle(self._people)
        self._expected: defaultdict[int, list[str]] = defaultdict(list)
        self._heard: defaultdict[int, list[str]] = defaultdict(list)
        self.written = 0
        #: How many answers are still to come.
        self.unanswered = 0
        api.on_call = self._called

    def write(self) -> None:
        """The next person writes a message."""
        person = next(self._turn)
        before = self._expected[person][-1:]
        name = self._random.choice([name for name in self._names if self._answers[name] != before])
        self._expected[person].append(self._answers[name][0])
        self.written += 1
        self.unanswered += 1
        self._api.push(said(f"/start {name}", person=person))

    def tally(self) -> Tally:
        """How it went. A reply that comes twice in a row was repeated."""
        unanswered = disorder = repeated = 0
        for person, expected in self._expected.items():
            heard = self._heard[person]
            once = [text for text, _ in groupby(heard)]
            repeated += len(heard) - len(once)
            missing = Counter(expected) - Counter(once)
            unanswered += missing.total()
            disorder += not missing and once != expected
        return Tally(self.written, unanswered, disorder, repeated)

    def _called(self, call: Call) -> None:
        if call.method == "sendMessage":
            heard, text = self._heard[int(call.values["chat_id"])], read(call.values["text"])
            self.unanswered -= heard[-1:] != [text]
            heard.append(text)


def _answers(context: Context, entry: str) -> list[str]:
    """What is sent in answer to a link to ``entry``."""
    asked = Incoming("telegram", "1", "1", IncomingKind.ACTION, datetime.now(UTC), action=Ask(entry))
    _, replies = respond(asked, Session(), context)
    return [read(message.text) for reply in replies for message in messages_of(reply)]
