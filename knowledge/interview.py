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


def household(knowledge: Knowledge, facts: Facts, ticked: Ticked) -> dict[str, Any]:
    """The whole household: told people and ticked ones, with what was not ticked taken as not so."""
    people: dict[str, Person] = {person[WHO]: dict(person) for person in facts.get(PEOPLE) or ()}
    members: dict[str, set[str]] = {}
    for group in _chosen(knowledge, ticked, state=False):
        members[group.id] = set(seated(people.values(), group)) or {_joined(people, group)}
    people.setdefault(TELLER, {WHO: TELLER})
    for group in _chosen(knowledge, ticked, state=True):
        name = ticked.states.get(group.id, SOMEBODY_ELSE)
        members[group.id] = {name if name in people else _joined(people, group)}
        for name in members[group.id]:
            people[name] = {**group.sets, **people[name]}
    for person in people.values():
        _close(knowledge, person, {name for name, names in members.items() if person[WHO] in names})
    _give_ages(knowledge, people, members, ticked)
    return {**_closed(knowledge, facts, ticked), PEOPLE: list(people.values())}


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


def _joined(people: dict[str, Person], group: Group) -> str:
    """A person of this group who was not told of yet."""
    people.setdefault(group.id, {WHO: group.id})
    return group.id


def _close(knowledge: Knowledge, person: Person, groups: set[str]) -> None:
    """What is asked only of groups that a person is not in, is taken as not so of them."""
    open_to: dict[str, bool] = {}
    for group in knowledge.groups.values():
        for name in group.facts:
            open_to[name] = open_to.get(name, False) or group.id in groups
    for name, fact in knowledge.facts.items():
        if fact.scope == "person" and not fact.shared and fact.unsaid is not None and not open_to.get(name, False):
            person.setdefault(name, fact.unsaid)


def _closed(knowledge: Knowledge, facts: Facts, ticked: Ticked) -> dict[str, Any]:
    """The same for the household: what belongs to a group that is not ticked, or to none."""
    asked = {name for group in knowledge.groups.values() for name in group.facts if group.id in ticked.groups}
    unsaid = {
        name: fact.unsaid
        for name, fact in knowledge.facts.items()
        if fact.unsaid is not None and name not in asked and (fact.scope == "household" or fact.shared)
    }
    return {**unsaid, **facts}


def _give_ages(
    knowledge: Knowledge, people: Mapping[str, Person], members: Mapping[str, set[str]], ticked: Ticked
) -> None:
    """Everybody whose age is not told is of the ages of their group; nobody is old where no old person was ticked."""
    oldest = OLDEST if OLD in ticked.groups else NOT_OLD
    for name, person in people.items():
        if AGE in person:
            continue
        ages = [knowledge.groups[group].ages for group, names in members.items() if name in names]
        low = max([ADULT if name == TELLER else 0, *(limits[0] for limits in ages if limits)])
        high = min([oldest, *(limits[1] for limits in ages if limits)])
        person[AGES] = (low, max(low, high))


def preticked(knowledge: Knowledge, facts: Facts) -> Ticked:
    """The groups that follow from what was told already, and who is in each state."""
    people = facts.get(PEOPLE) or ()
    found = {group: names for group in knowledge.groups.values() if (names := seated(people, group))}
    states = {group.id: names[0] for group, names in found.items() if group.state}
    return Ticked(tuple(group.id for group in found), states)


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
