"""Where an interview stands, written into the session's ``flow`` so that any process can go on with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from handlers.types import Session
from knowledge.interview import Ticked

FLOW = "hotro"
ASIDE = "aside"
#: How many questions are asked before the result is shown, and how many more for each "go on".
QUESTIONS = 9
MORE = 5
#: The first two questions: whom the household has, and what it needs. ``WHO`` begins the question who is in a state.
HAS = "co-ai"
NEEDS = "can-gi"
WHO = "ai."


@dataclass(frozen=True)
class Course:
    """The groups ticked, who is in which state, the steps done in order, and the one whose answer is awaited.

    A step is ``HAS``, ``NEEDS``, ``ai.<group>``, a fact of the household, or ``<person>.<fact>``. ``aside``: something
    else is talked of meanwhile.
    """

    groups: tuple[str, ...] = ()
    states: Mapping[str, str] = field(default_factory=dict)
    done: tuple[str, ...] = ()
    awaits: str | None = None
    limit: int = QUESTIONS
    aside: bool = False

    @property
    def waiting(self) -> str | None:
        """The step whose answer the next message may be."""
        return None if self.aside else self.awaits

    @property
    def ticked(self) -> Ticked:
        """The groups and states as knowledge takes them."""
        return Ticked(self.groups, self.states)

    @property
    def written(self) -> str:
        """The course as one line of text."""
        states = ",".join(f"{group}:{person}" for group, person in self.states.items())
        parts = (FLOW, ",".join(self.groups), states, ",".join(self.done), self.awaits or "", str(self.limit))
        return "|".join((*parts, ASIDE) if self.aside else parts)

    @staticmethod
    def of(session: Session) -> Course | None:
        """The course of a session, if an interview was begun."""
        parts = (session.flow or "").split("|")
        if parts[0] != FLOW or len(parts) not in (6, 7) or not parts[5].isdigit():
            return None
        groups, states, done = (tuple(filter(None, part.split(","))) for part in parts[1:4])
        pairs = (state.partition(":") for state in states)
        named = {group: person for group, _, person in pairs}
        return Course(groups, named, done, parts[4] or None, int(parts[5]), ASIDE in parts[6:])

    def kept(self, session: Session) -> Session:
        """``session`` with this course."""
        return replace(session, flow=self.written)

    def past(self, step: str) -> Course:
        """The course once ``step`` is answered or skipped."""
        done = self.done if step in self.done else (*self.done, step)
        return replace(self, done=done, awaits=None, aside=False)

    def toggled(self, group: str) -> Course:
        """The course with a group ticked, or no longer so with what hung on it."""
        if group not in self.groups:
            return replace(self, groups=(*self.groups, group))
        states = {state: person for state, person in self.states.items() if group not in (state, person)}
        done = tuple(step for step in self.done if step != f"{WHO}{group}" and not step.startswith(f"{group}."))
        return replace(self, groups=tuple(name for name in self.groups if name != group), states=states, done=done)
