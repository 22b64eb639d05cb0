"""What the people of a household are called, and what is still to be known of whom."""

from __future__ import annotations

from handlers.context import Context
from handlers.wording import lower_first
from knowledge.household import TELLER
from knowledge.household import WHO as PERSON
from knowledge.interview import SOMEBODY_ELSE
from knowledge.rules import PEOPLE, Facts, Outcome

#: How many missing facts are named.
MOST = 3


def person_name(context: Context, who: str, *, alone: bool = False) -> str:
    """What somebody is called: a group's person, a relation, the person spoken with."""
    if who == SOMEBODY_ELSE:
        return context.wording.label("interview", "somebody")
    group = context.knowledge.groups.get(who)
    kin, _, number = who.partition("-") if group is None else (who, "", "")
    names = context.wording.labels["people"]
    name = group.who if group and group.who else str(names.get(who) or names.get(kin) or names["?"])
    name = f"{name} {number}".strip() if number.isdigit() else name
    return name[:1].upper() + name[1:] if alone else name


def missing_names(outcome: Outcome, facts: Facts, context: Context) -> tuple[str, ...]:
    """What is still to be known: "tuổi (con)", "đã vào tổ tiết kiệm và vay vốn"."""
    names = []
    people = facts.get(PEOPLE) or ()
    for gap in outcome.needed:
        fact = context.knowledge.facts[gap.fact]
        who = people[gap.person].get(PERSON, "") if gap.person is not None and gap.person < len(people) else ""
        about = f" ({person_name(context, who)})" if who not in {"", TELLER} and not fact.shared else ""
        names.append(f"{lower_first(fact.name)}{about}")
    return tuple(dict.fromkeys(names))[:MOST]
