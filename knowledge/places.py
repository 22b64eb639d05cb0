"""From what people call a place to the administrative units of today. DESIGN §4, Places: a question, never a guess."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from rapidfuzz import fuzz, process

from knowledge.gazetteer import Former, Gazetteer, Level, Reading, Unit, district_slug, load, slug
from knowledge.mentions import Mention, Words, linked, mentions, words_of
from knowledge.text import clean, fold

__all__ = ["Former", "Kind", "PlaceMatch", "Places", "Unit", "district_slug", "slug"]

Kind = Literal["unit", "split", "ambiguous", "district", "province", "elsewhere"]

_MOST_CHOICES: Final = 12
_MOST_GROUPS: Final = 12
#: How like a name what was typed must be: to be offered beside others, and to be taken for a slip of it (of 100).
_RESEMBLING: Final = 80
_ALIKE: Final = 85


@dataclass(frozen=True)
class PlaceMatch:
    """A place named in a message.

    ``unit``: exactly one of today's; ``split``: a former commune divided among several; ``ambiguous``: several places
    fit; ``district``: only a former district (its units); ``province``: only a province; ``elsewhere``: not covered.
    ``span`` counts in the cleaned text. ``scopes`` are the slugs under which the data may hold something for it.
    """

    said: str
    kind: Kind
    units: tuple[Unit, ...]
    scopes: frozenset[str]
    former: Former | None
    span: tuple[int, int]


@dataclass(frozen=True)
class _Meant:
    """What a group of mentions comes to: the readings that remain, and the mentions that were used."""

    readings: tuple[Reading, ...]
    used: tuple[Mention, ...]
    named: frozenset[str]
    clash: bool = False


class Places:
    """Every place the bot knows, and how to find them in a message."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._places = gazetteer
        self.units: tuple[Unit, ...] = tuple(gazetteer.units.values())
        self.formers: tuple[Former, ...] = gazetteer.formers
        readings = [reading for found in gazetteer.names.values() for reading in found]
        self._districts = {own: reading for reading in readings for _, own in _district_slugs(reading)}
        self._order = {code: index for index, code in enumerate(gazetteer.units)}
        covered = (reading for reading in readings if reading.level != Level.ELSEWHERE)
        self.scopes: frozenset[str] = frozenset(own for reading in covered for own in reading.scopes)

    @classmethod
    def load(cls, path: Path) -> Places:
        """Read the tables in a folder."""
        return cls(load(path))

    def unit(self, code: str) -> Unit | None:
        """A unit of today by its code."""
        return self._places.units.get(code)

    def units_of_district(self, district: str) -> tuple[Unit, ...]:
        """Today's units on the land of a former district, given as ``huyen-dai-tu`` or ``Huyện Đại Từ``."""
        found = self._districts.get(district) or self._districts.get(district_slug(district))
        return self._sorted(found.units) if found else ()

    def same_names(self, unit: Unit) -> tuple[Unit, ...]:
        """Other units whose names sound the same, of any kind and province."""
        key = fold(unit.name)
        return tuple(other for other in self.units if other is not unit and fold(other.name) == key)

    def scopes_of(self, unit: Unit) -> frozenset[str]:
        """The scopes of someone of whom only today's unit is known."""
        return self._readings_of(unit)[0].scopes

    def _readings_of(self, unit: Unit) -> tuple[Reading, ...]:
        return tuple(reading for reading in self._places.names[fold(unit.name)] if reading.unit is unit)

    def find(self, text: str, within: Unit | None = None) -> PlaceMatch | None:
        """The place that a message is about, if it names one; ``within`` (the place known so far) settles doubts."""
        words = words_of(clean(text))
        if not len(words):
            return None
        groups = _grouped(words, mentions(words, self._places))[:_MOST_GROUPS]
        meant = [(group, _meaning(words, group)) for group in groups]
        meant = [(group, one) for group, one in meant if not _is_only_visited(group, one)]
        if not meant:
            return None
        weights = [_weight(group, one, meant) for group, one in meant]
        best = meant[weights.index(max(weights))]
        others = [mention for group, _ in meant for mention in group if group is not best[0]]
        return self._match(words, self._settle(best[1], others, within))

    def search(self, typed: str) -> list[Unit]:
        """Units to choose from for a name or a part of one, best first."""
        match = self.find(typed)
        words = [word for word in words_of(clean(typed)).folded if word]
        key = " ".join(words)
        if not key:
            return []
        codes = list(match.units) if match else []
        found = [*codes, *self._beginning(key), *self._beginning(" ".join(words[1:])), *self._resembling(key)]
        return list(dict.fromkeys(found))[:_MOST_CHOICES]

    def alike(self, typed: str) -> list[tuple[Unit, Former | None]]:
        """The units for whose name, or the name of what became part of them, a typed name may be a slip, likeliest
        first; none where nothing is so alike."""
        words = [word for word in words_of(clean(typed)).folded if word]
        keys = {" ".join(words), " ".join(words[1:]) if len(words) > 2 else ""} - {""}
        near = [found for key in sorted(keys) for found in self._near(key, _ALIKE)]
        names = dict.fromkeys(name for name, _ in sorted(near, key=lambda found: -found[1]))
        readings = [one for name in names for one in sorted(self._places.names[name], key=lambda one: one.unit is None)]
        return [(unit, reading.former) for reading in readings for unit in self._sorted(reading.units)]

    def _near(self, key: str, likeness: float) -> list[tuple[str, float]]:
        near = process.extract(key, self._places.names.keys(), scorer=fuzz.ratio, score_cutoff=likeness, limit=4)
        return [(name, score) for name, score, _ in near]

    def _beginning(self, key: str) -> list[Unit]:
        if len(key) < 2:
            return []
        names = [name for name in self._places.names if name.startswith(key)]
        return self._units_named(sorted(names, key=len))

    def _resembling(self, key: str) -> list[Unit]:
        return self._units_named(name for name, _ in self._near(key, _RESEMBLING))

    def _units_named(self, names: Iterable[str]) -> list[Unit]:
        readings = [reading for name in names for reading in self._places.names[name]]
        ordered = sorted(readings, key=lambda reading: reading.unit is None)
        return [unit for reading in ordered for unit in self._sorted(reading.units)]

    def _sorted(self, codes: Iterable[str]) -> tuple[Unit, ...]:
        return tuple(self._places.units[code] for code in sorted(codes, key=self._order.__getitem__))

    def _settle(self, meant: _Meant, others: Sequence[Mention], within: Unit | None) -> _Meant:
        """What is ambiguous is narrowed by larger places named elsewhere in the message, then by the known place."""
        for other in others:
            if _is_ambiguous(meant.readings) and other.living > -3 and other.has(Level.DISTRICT, Level.PROVINCE):
                fitting = _fitting(meant.readings, other)
                meant = _Meant(fitting, meant.used, meant.named | _own(other)) if fitting else meant
        kind, codes = _kind(meant.readings)
        if within is None or kind not in ("ambiguous", "split"):
            return meant
        if within.code in codes:
            return _Meant(self._readings_of(within), meant.used, meant.named & self.scopes_of(within))
        known = self.scopes_of(within)
        for part in ({slug(within.province)}, {own for own in known if own in self._districts}):
            fitting = tuple(one for one in meant.readings if part & one.inside)
            meant = _Meant(fitting, meant.used, meant.named, meant.clash) if fitting else meant
        return meant

    def _match(self, words: Words, meant: _Meant) -> PlaceMatch:
        start = min(words.starts[mention.first] for mention in meant.used)
        end = max(words.ends[mention.end - 1] for mention in meant.used)
        end += int("(" in words.text[start:end] and words.text[end : end + 1] == ")")
        kind, codes = _kind(meant.readings)
        scopes = frozenset.intersection(*(reading.scopes for reading in _telling(meant.readings)))
        if meant.clash and kind == "unit":
            kind = "ambiguous"
        named = frozenset() if meant.clash or kind == "elsewhere" else meant.named & self.scopes
        return PlaceMatch(
            words.text[start:end],
            kind,
            self._sorted(codes),
            scopes | named,
            _former(kind, meant.readings),
            (start, end),
        )


# --- groups of mentions ----------------------------------------------------------------------------------------------


def _grouped(words: Words, found: Sequence[Mention]) -> list[list[Mention]]:
    """Mentions that stand together, as in "xã Cù Vân, huyện Đại Từ"."""
    groups: list[list[Mention]] = []
    for mention in found:
        if groups and linked(words, groups[-1][-1], mention):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    return groups


def _meaning(words: Words, group: Sequence[Mention]) -> _Meant:
    """The smallest place of a group, narrowed by the larger ones around it."""
    candidates = sorted(group, key=lambda mention: (_rank(mention), mention.first))
    is_commune = _rank(candidates[0]) < 2
    candidates = [target for target in candidates if (_rank(target) < 2) == is_commune]
    attempts = [_narrowed(target, [other for other in group if other is not target]) for target in candidates]
    best = next((attempt for attempt in attempts if not attempt.clash), attempts[0])
    return _as_of_today(words, _as_district(best), group)


def _as_district(meant: _Meant) -> _Meant:
    """A district's name said alone is not a former commune's of that name, unless asked what became of it."""
    districts = any(reading.level == Level.DISTRICT for reading in meant.readings)
    if not districts or meant.used[0].asked:
        return meant
    readings = tuple(reading for reading in meant.readings if reading.former is None)
    return _Meant(readings, meant.used, meant.named, meant.clash)


def _rank(mention: Mention) -> int:
    if mention.is_commune_typed:
        return 0
    if mention.has(Level.DISTRICT):
        return 2
    if mention.has(Level.PROVINCE):
        return 3
    return 1 if mention.has(Level.COMMUNE) else 4


def _narrowed(target: Mention, others: Sequence[Mention]) -> _Meant:
    readings, used, named, clash = target.readings, [target], frozenset[str](), False
    for other in others:
        if other.is_commune_typed or _rank(other) in (0, 1) or _rank(other) < _rank(target):
            continue
        if _is_abroad(target, other):
            return _Meant(other.readings, (target, other), frozenset())
        fitting = _fitting(readings, other) or (_fitting(target.wider, other) if target.is_commune_typed else ())
        if fitting:
            readings, named = fitting, named | _said_slugs(other, fitting)
            used.append(other)
        else:
            clash = clash or not named
    return _Meant(readings, tuple(used), named, clash)


def _is_abroad(target: Mention, other: Mention) -> bool:
    """A commune of a province that is not covered, though one here has the same name."""
    return target.has(Level.COMMUNE) and all(reading.level == Level.ELSEWHERE for reading in other.readings)


def _fitting(readings: Sequence[Reading], larger: Mention) -> tuple[Reading, ...]:
    """The readings inside a larger place; with a former district, its own communes before today's units."""
    areas = [reading for reading in larger.readings if reading.level in (Level.DISTRICT, Level.PROVINCE)]
    exact = {own for area in areas for kind, own in area.own if kind == larger.level}
    every = {own for area in areas for _, own in area.own}
    inside = [reading for reading in readings if reading.inside & exact]
    inside = inside or [reading for reading in readings if reading.inside & every]
    formers = [reading for reading in inside if reading.former is not None]
    only_district = all(area.level == Level.DISTRICT for area in areas)
    return tuple(formers if formers and only_district else inside)


def _said_slugs(larger: Mention, fitting: Sequence[Reading]) -> frozenset[str]:
    """The former districts and provinces that were named, and that all the readings lie in."""
    return frozenset(own for own in _own(larger) if all(own in reading.inside for reading in fitting))


def _own(mention: Mention) -> frozenset[str]:
    """The slugs that a mention surely says: not the former province where today's has its name."""
    pairs = [(reading, kind, own) for reading in mention.readings for kind, own in reading.own]
    large = {own for reading, kind, own in pairs if reading.level > Level.COMMUNE and kind != "cu"}
    several = len({reading.level for reading, _, _ in pairs if reading.level > Level.COMMUNE}) > 1
    return frozenset(own for own in large if not (several and own.startswith(("thanh-pho", "thi-xa"))))


def _as_of_today(words: Words, meant: _Meant, group: Sequence[Mention]) -> _Meant:
    """``xã Cù Vân nay là xã An Khánh``: the second name settles the first."""
    target = meant.used[0]
    for other in group:
        between = words.folded[target.end : other.first]
        if other.first > target.first and "nay" in between and other.has(Level.COMMUNE):
            codes = {reading.unit.code for reading in other.readings if reading.unit}
            whole = tuple(reading for reading in meant.readings if reading.units <= codes)
            today = (one for one in other.readings if one.unit and any(one.units & r.units for r in meant.readings))
            settled = whole or tuple(today)
            if settled:
                return _Meant(settled, (*meant.used, other), meant.named)
    return meant


# --- which group counts ----------------------------------------------------------------------------------------------


def _is_only_visited(group: Sequence[Mention], meant: _Meant) -> bool:
    """A place not covered counts only where someone lives there or it is all that is said."""
    if not any(reading.level == Level.ELSEWHERE for reading in meant.readings):
        return False
    return group[0].living < 0


def _weight(group: Sequence[Mention], meant: _Meant, every: Sequence[tuple[Sequence[Mention], _Meant]]) -> float:
    """Where the speaker lives weighs most; then a smaller place inside another that is named."""
    elsewhere = any(reading.level == Level.ELSEWHERE for reading in meant.readings)
    weight = float(group[0].living) - 4.0 * elsewhere
    for others, larger in every:
        if others is not group and _refines(meant, larger):
            weight = max(weight, others[0].living) + 0.5
    return weight


def _refines(meant: _Meant, larger: _Meant) -> bool:
    smaller = all(reading.level == Level.COMMUNE for reading in meant.readings)
    areas = {own for reading in larger.readings if reading.level > Level.COMMUNE for _, own in reading.own}
    return smaller and any(reading.inside & areas for reading in meant.readings)


# --- what it comes to ------------------------------------------------------------------------------------------------


def _kind(readings: Sequence[Reading]) -> tuple[Kind, frozenset[str]]:
    levels = {reading.level for reading in readings}
    if Level.PROVINCE in levels:
        return "province", frozenset()
    if Level.DISTRICT in levels:
        return _district_kind(readings)
    if Level.ELSEWHERE in levels:
        return "elsewhere", frozenset()
    return _commune_kind(readings)


def _district_kind(readings: Sequence[Reading]) -> tuple[Kind, frozenset[str]]:
    """All units of the district and of what else has its name; one alone (Cô Tô) is no question."""
    codes = frozenset(code for reading in readings for code in reading.units)
    return ("unit" if len(codes) == 1 else "district"), codes


def _commune_kind(readings: Sequence[Reading]) -> tuple[Kind, frozenset[str]]:
    """One place if all readings agree or one divided commune covers them, else a question."""
    every = frozenset(code for reading in readings for code in reading.units)
    if len(every) == 1:
        return "unit", every
    return ("split" if any(reading.units == every for reading in readings) else "ambiguous"), every


def _former(kind: Kind, readings: Sequence[Reading]) -> Former | None:
    """The former commune that was surely meant; of a divided one also where a unit took its name."""
    formers = {reading.former for reading in readings if reading.former or kind != "split"}
    return formers.pop() if len(formers) == 1 else None


def _is_ambiguous(readings: Sequence[Reading]) -> bool:
    return _kind(readings)[0] == "ambiguous"


def _telling(readings: Sequence[Reading]) -> list[Reading]:
    """The readings whose scopes count: with a province those of the province, with a district not those inside it."""
    provinces = [reading for reading in readings if reading.level in (Level.PROVINCE, Level.ELSEWHERE)]
    if provinces:
        return provinces
    districts = [reading for reading in readings if reading.level == Level.DISTRICT]
    inside = {code for reading in districts for code in reading.units}
    named_so = [reading for reading in readings if reading.level == Level.COMMUNE]
    outside = [reading for reading in named_so if not reading.units <= inside]
    return districts + outside if districts else list(readings)


def _district_slugs(reading: Reading) -> tuple[tuple[str, str], ...]:
    return reading.own if reading.level == Level.DISTRICT else ()
