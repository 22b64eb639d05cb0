"""The nouns of the knowledge base, as typed records. See DESIGN §3; ``docs/knowledge.md`` explains each field."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from knowledge.conditions import Benefit
from knowledge.record import Record, Slug, Text


class Kind(StrEnum):
    """What sort of thing an entry is."""

    PROGRAMME = "programme"
    GUIDE = "guide"
    SMALLTALK = "smalltalk"
    EMERGENCY = "emergency"
    BOUNDARY = "boundary"


class Confidence(StrEnum):
    """How sure a claim is; ``recalled`` claims are kept on the register but never shown."""

    CONFIRMED = "confirmed"
    REPORTED = "reported"
    RECALLED = "recalled"


class Aspect(StrEnum):
    """The side of an entry that a question is about."""

    OVERVIEW = "tong-quan"
    WHO = "doi-tuong"
    AMOUNT = "muc-ho-tro"
    PAPERS = "ho-so"
    STEPS = "thu-tuc"
    WHERE = "noi-nop"
    WHEN = "thoi-han"
    WHY = "ly-do"


class Source(Record):
    """Where something was read. ``copy``: a copy of a legal text on a code host, to be said so."""

    id: Slug
    title: Text
    publisher: Text
    url: str | None = None
    dated: date | None = Field(default=None, alias="date")
    copy_of_text: bool = Field(default=False, alias="copy")


class Claim(Record):
    """One researched claim: its source, when it holds and the figures it contains."""

    id: Text
    source: Slug | None = None
    confidence: Confidence
    from_: date | None = Field(default=None, alias="from")
    until: date | None = None
    seen: date | None = None
    basis: str | None = None
    figures: tuple[str, ...] = ()
    group: str


class Statement(Record):
    """The smallest thing the bot asserts.

    ``from``, ``until``, ``seen``, ``confidence`` and ``sources`` are taken from the cited claims where they are
    not given. ``places``/``except_places`` name provinces, former districts or communes (``quang-ninh``,
    ``huyen-dai-tu``). ``history`` marks what happened once at a place: shown as past, never as a rule.
    ``varies``: a province may set its own value, which is said where the place is unknown.
    ``cues``: words in a question that call for this statement. ``guidance``: advice that asserts no fact and so
    needs no source.
    """

    id: Slug
    text: Text
    claims: tuple[str, ...] = ()
    sources: tuple[Slug, ...] = ()
    from_: date | None = Field(default=None, alias="from")
    until: date | None = None
    seen: date | None = None
    confidence: Confidence | None = None
    lead: bool = False
    places: tuple[Slug, ...] = ()
    except_places: tuple[Slug, ...] = ()
    history: bool = False
    varies: bool = False
    guidance: bool = False
    cues: tuple[Text, ...] = ()


class Entry(Record):
    """One thing the bot can talk about, as written in ``data/entries/<id>.yaml``.

    ``alarm`` is the kind of an emergency (``scam``), ``label`` the short name on a button, ``names`` the proper names
    and abbreviations people use, ``phrasings`` questions as residents type them, ``roles`` who handles it, ``say`` what
    to say at the counter, ``next_step`` what to do tomorrow, ``shared`` the shared statement files that belong to it.
    """

    id: Slug
    kind: Kind
    title: Text
    alarm: Slug | None = None
    label: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=32)]
    topic: Slug | None = None
    names: tuple[Text, ...] = ()
    phrasings: tuple[Text, ...] = Field(min_length=5)
    roles: tuple[Slug, ...] = ()
    say: Text | None = None
    next_step: Text | None = None
    related: tuple[Slug, ...] = ()
    shared: tuple[Slug, ...] = ()
    aspects: dict[Aspect, tuple[Statement, ...]] = Field(min_length=1)
    benefits: tuple[Benefit, ...] = ()


class Topic(Record):
    """A life topic of the first screen: a name and the entries behind it."""

    id: Slug
    label: Text
    entries: tuple[Slug, ...]


class Role(Record):
    """Who handles something. ``name`` may hold ``{commune}`` and ``{province}`` of the person's place."""

    id: Slug
    name: Text
    name_without_place: Text
    ask: Text | None = None
    claims: tuple[str, ...] = ()


class Office(Record):
    """A known office: which role it plays where, with only those contacts that a source confirms."""

    id: Slug
    role: Slug
    name: Text
    place: Text
    places: tuple[Slug, ...] = ()
    address: str | None = None
    phone: str | None = None
    website: str | None = None
    hours: str | None = None
    note: str | None = None
    claims: tuple[str, ...]


class FactType(StrEnum):
    """How the value of a fact is given."""

    YES_NO = "yes-no"
    CHOICE = "choice"
    NUMBER = "number"
    AGE = "age"
    DATE = "date"


class FactChoice(Record):
    """One value of a choice fact and its label on a button."""

    value: Slug
    label: Text


class Fact(Record):
    """One thing about a household, or a person in it, that a rule asks for.

    ``unsaid``: what is taken to be so of a household or person that it is not said of, where it was said of others or
    was asked about all of them at once. ``shared``: the question to ask once for everybody in the household.
    """

    id: Slug
    scope: Literal["household", "person"]
    type: FactType
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    name: Text
    question: Text
    help: Text
    choices: tuple[FactChoice, ...] = ()
    sensitivity: Literal["basic", "sensitive"] = "basic"
    unsaid: bool | int | Slug | None = None
    shared: Text | None = None


class Group(Record):
    """What a household may tick on the first screen of the interview: somebody it has, or something it seeks.

    With ``who`` somebody is meant, of the ages ``ages``; a ``state`` is asked to be one of the others or another
    person. ``signs`` are told values that show somebody to be of the group (empty: any value), as does the age alone
    with ``by-age``. ``sets`` is what ticking tells of that person. ``facts`` are about this group alone: where it is
    not ticked, they take their ``unsaid`` values. ``wants`` are the entries and benefits that are looked at only where
    it is ticked.
    """

    id: Slug
    alarm: Slug | None = None
    label: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=40)]
    who: Text | None = None
    state: bool = False
    ages: tuple[int, int] | None = None
    by_age: bool = Field(default=False, alias="by-age")
    signs: dict[Slug, tuple[bool | Slug, ...]] = Field(default_factory=dict)
    sets: dict[Slug, bool | Slug] = Field(default_factory=dict)
    facts: tuple[Slug, ...] = ()
    wants: tuple[Text, ...] = ()
