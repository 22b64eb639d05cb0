"""The interview's side of knowing: from what a household ticked and answered to facts that the rules can judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from knowledge.base import Knowledge
from knowledge.household import OLDEST, TELLER, WHO
from knowledge.model import Group
from knowledge.rules import AGE, AGES, PEOPLE, Facts

ADULT = 18
#: A household without an old person has nobody older than this.
NOT_OLD = 59
OLD = "nguoi-cao-tuoi"
SOMEBODY_ELSE = ""
Person = dict[str, Any]


@dataclass(frozen=True)
class Ticked:
    """The groups ticked, and for each state who is in it: a person's name (``la``), or somebody else."""

    groups: tuple[str, ...] = ()
    states: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Home:
    """The people of a household by name, and who is of which group."""

    people: Mapping[str, Person]
    members: Mapping[str, frozenset[str]]

    def groups_of(self, name: str) -> frozenset[str]:
        """The groups that somebody is of."""
        return frozenset(group for group, names in self.members.items() if name in names)


def household(knowledge: Knowledge, facts: Facts, ticked: Ticked) -> dict[str, Any]:
    """The whole household: told people and ticked ones, with what was not ticked taken as not so."""
    home = home_of(knowledge, facts, ticked)
    people = [_complete(knowledge, home, name, OLD in ticked.groups) for name in home.people]
    return {**_closed(knowledge, facts, ticked), PEOPLE: people}


def home_of(knowledge: Knowledge, facts: Facts, ticked: Ticked) -> Home:
    """Who lives there: those told of, the teller, and somebody of every group ticked."""
    people: dict[str, Person] = {person[WHO]: dict(person) for person in facts.get(PEOPLE) or ()}
    members: dict[str, frozenset[str]] = {}
    for group in _chosen(knowledge, ticked, state=False):
        members[group.id] = frozenset(seated(people.values(), group)) or _joined(people, group)
    people.setdefault(TELLER, {WHO: TELLER})
    for group in _chosen(knowledge, ticked, state=True):
        name = ticked.states.get(group.id, SOMEBODY_ELSE)
        members[group.id] = frozenset({name}) if name in people else _joined(people, group)
        for name in members[group.id]:
            people[name] = {**group.sets, **people[name]}
    return Home(people, members)


def _chosen(knowledge: Knowledge, ticked: Ticked, *, state: bool) -> list[Group]:
    groups = (knowledge.groups[name] for name in ticked.groups if name in knowledge.groups)
    return [group for group in groups if group.who and group.state is state]


def seated(people: Iterable[Mapping[str, Any]], group: Group) -> list[str]:
    """Those told of who are plainly of this group: named after it, by a value told, or by age."""
    return [person[WHO] for person in people if person[WHO] == group.id or _belongs(person, group)]


def _belongs(person: Mapping[str, Any], group: Group) -> bool:
    for fact, values in group.signs.items():
        if fact in person and (not values or person[fact] in values):
            return True
    low, high = group.ages or (0, OLDEST)
    return group.by_age and low <= person.get(AGE, -1) <= high


def _joined(people: dict[str, Person], group: Group) -> frozenset[str]:
    """A person of this group who was not told of yet."""
    people.setdefault(group.id, {WHO: group.id})
    return frozenset({group.id})


def _complete(knowledge: Knowledge, home: Home, name: str, old_ones: bool) -> Person:
    """A person with what was not said of them taken as not so, and the ages they may have."""
    person, groups = dict(home.people[name]), home.groups_of(name)
    for fact in knowledge.facts.values():
        if (
            fact.scope == "person"
            and not fact.shared
            and fact.unsaid is not None
            and not concerns(knowledge, fact.id, groups)
        ):
            person.setdefault(fact.id, fact.unsaid)
    if AGE not in person:
        person[AGES] = _ages(knowledge, name, groups, OLDEST if old_ones else NOT_OLD)
    return person


def concerns(knowledge: Knowledge, fact: str, groups: frozenset[str]) -> bool:
    """Whether a fact is about one of these groups."""
    return any(fact in knowledge.groups[group].facts for group in groups)


def may_be_asked(knowledge: Knowledge, fact: str, groups: frozenset[str]) -> bool:
    """Whether somebody of these groups may be asked for a fact: one that is about nobody in particular, or theirs."""
    belongs = any(fact in group.facts for group in knowledge.groups.values())
    return not belongs or concerns(knowledge, fact, groups)


def _ages(knowledge: Knowledge, name: str, groups: frozenset[str], oldest: int) -> tuple[int, int]:
    """Everybody is of the ages of their groups; nobody is old where no old person was ticked."""
    limits = [knowledge.groups[group].ages or (0, OLDEST) for group in groups]
    low = max([ADULT if name == TELLER else 0, *(limit[0] for limit in limits)])
    high = min([oldest, *(limit[1] for limit in limits)])
    return low, max(low, high)


def _closed(knowledge: Knowledge, facts: Facts, ticked: Ticked) -> dict[str, Any]:
    """The same for the household: what belongs to a group that is not ticked, or to none."""
    asked = {name for group in knowledge.groups.values() for name in group.facts if group.id in ticked.groups}
    unsaid = {
        name: fact.unsaid
        for name, fact in knowledge.facts.items()
        if fact.unsaid is not None and name not in asked and (fact.scope == "household" or fact.shared)
    }
    return {**unsaid, **facts}


def preticked(knowledge: Knowledge, facts: Facts) -> Ticked:
    """The groups that follow from what was told already, and who is in each state."""
    people = facts.get(PEOPLE) or ()
    found = [(group, names) for group in knowledge.groups.values() if group.who and (names := seated(people, group))]
    states = {group.id: names[0] for group, names in found if group.state}
    return Ticked(tuple(group.id for group, _ in found), states)


def candidates(knowledge: Knowledge, facts: Facts, ticked: Ticked, group: Group) -> list[str]:
    """Who of the household may be in a state, by age: the teller and those of the ticked groups."""
    low, high = group.ages or (0, OLDEST)
    others = Ticked(tuple(name for name in ticked.groups if name != group.id), ticked.states)
    whole = household(knowledge, facts, others)
    found = []
    for person in whole[PEOPLE]:
        youngest, oldest = (person[AGE], person[AGE]) if AGE in person else person[AGES]
        if youngest <= high and low <= oldest:
            found.append(person[WHO])
    return found


def looked_at(knowledge: Knowledge, ticked: Ticked) -> frozenset[str]:
    """The benefits that matter: all, without those sought only by households that ticked another group."""
    sought = {want: group.id for group in knowledge.groups.values() for want in group.wants}

    def wanted(key: str) -> bool:
        group = sought.get(key) or sought.get(key.partition(":")[0])
        return group is None or group in ticked.groups

    return frozenset(filter(wanted, knowledge.benefits))
