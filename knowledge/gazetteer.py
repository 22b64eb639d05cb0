"""The places of today and what they were formed from, as read from ``data/places``, with an index of their names."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Final

from knowledge.text import fold, normalise

_TYPES: Final = ("Thị trấn", "Phường", "Xã", "Đặc khu", "Thành phố", "Thị xã", "Huyện")
_ORIGIN: Final = re.compile(r"([^;()]+) \(([^,()]+)[^()]*\)")
_NAMES_LIKE: Final[dict[str, str]] = {"bac can": "Bắc Kạn", "hon gai": "Hồng Gai"}


class Level(IntEnum):
    """How large a place is; ``ELSEWHERE`` is a province that is not covered."""

    COMMUNE = 0
    DISTRICT = 1
    PROVINCE = 2
    ELSEWHERE = 3


@dataclass(frozen=True)
class Unit:
    """A commune, ward or special zone of today."""

    code: str
    type: str
    name: str
    province: str
    hq: str
    resolution: str

    @property
    def title(self) -> str:
        """Its kind and name: ``Xã An Khánh``."""
        return f"{self.type} {self.name}"

    @property
    def full(self) -> str:
        """Its title and province: ``Xã An Khánh, Thái Nguyên``."""
        return f"{self.title}, {self.province}"


@dataclass(frozen=True)
class Former:
    """A commune of before 1 July 2025 and the units that its land is in; ``also`` names its earlier districts."""

    commune: str
    district: str
    province: str
    units: tuple[Unit, ...]
    split: bool
    verified: bool
    slug: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Reading:
    """One thing that a name can mean.

    ``own``: its slugs, each with the kind that it goes with; ``inside``: slugs of what it lies in.
    """

    level: Level
    type: str
    name: str
    units: frozenset[str] = frozenset()
    own: tuple[tuple[str, str], ...] = ()
    inside: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    unit: Unit | None = None
    former: Former | None = None


@dataclass(frozen=True)
class Gazetteer:
    """All places, and what each folded name can mean.

    Names that are ordinary words: ``always_common`` even with their accents (``thành công``), ``plainly_common`` when
    typed without (``co to``: ``có tổ``), ``topics`` even as a whole message (``tien an``: ``tiền ăn``),
    ``openings`` such as begin ordinary sentences (``luc nam``: ``lúc năm``).
    """

    units: Mapping[str, Unit]
    formers: tuple[Former, ...]
    names: Mapping[str, tuple[Reading, ...]]
    lengths: Mapping[str, tuple[int, ...]]
    joined: Mapping[str, str]
    always_common: frozenset[str]
    plainly_common: frozenset[str]
    topics: frozenset[str]
    openings: frozenset[str]


def load(path: Path) -> Gazetteer:
    """Read the four tables under a folder."""
    units, origins = _units(_rows(path / "units.csv"))
    rows = [_Row(row, units) for row in _rows(path / "former.csv")]
    formers = _formers(rows, origins)
    readings = [
        *_province_readings(rows),
        *_elsewhere_readings(_rows(path / "elsewhere.csv")),
        *_district_readings(rows),
        *_former_readings(formers),
        *_unit_readings(units, rows, origins),
    ]
    return _indexed(units, formers, readings, _rows(path / "common.csv"))


def slug(text: str) -> str:
    """``Thị xã Chũ`` → ``thi-xa-chu``."""
    return fold(text).replace(" ", "-")


def district_slug(district: str) -> str:
    """``Huyện Đại Từ`` → ``huyen-dai-tu``; cities and towns end in ``-cu``, for there may be one of that name again."""
    return slug(district) if district.startswith("Huyện ") else f"{slug(district)}-cu"


def split_title(title: str) -> tuple[str, str]:
    """``Thị trấn Hùng Sơn`` → its kind and its name."""
    kind = next(kind for kind in _TYPES if title.startswith(f"{kind} "))
    return kind, title[len(kind) + 1 :]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- units of today --------------------------------------------------------------------------------------------------

_Origins = dict[str, list[tuple[str, str]]]


def _units(rows: list[dict[str, str]]) -> tuple[dict[tuple[str, str], Unit], _Origins]:
    """Today's units by province and title, and the (commune, district) pairs that each was formed from, by code."""
    origins = [_ORIGIN.findall(row["formed_from"]) for row in rows]
    origins = [[(commune.strip(), district) for commune, district in pairs] for pairs in origins]
    codes = _codes(rows, origins)
    units = {
        (row["province"], f"{row['type']} {row['name']}"): Unit(
            code, row["type"], row["name"], row["province"], row["hq_reported"], row["resolution"]
        )
        for row, code in zip(rows, codes, strict=True)
    }
    return units, dict(zip(codes, origins, strict=True))


def _codes(rows: list[dict[str, str]], origins: list[list[tuple[str, str]]]) -> list[str]:
    """Short codes; with the province, or the former district, where another unit has the same."""
    short = [slug(f"{row['type']} {row['name']}") for row in rows]
    longer = [f"{code}-{slug(row['province'])}" for code, row in zip(short, rows, strict=True)]
    longest = [f"{code}-{slug(split_title(pairs[0][1])[1])}" for code, pairs in zip(short, origins, strict=True)]
    return [
        next((code for code, others in ((a, short), (b, longer)) if others.count(code) == 1), c)
        for a, b, c in zip(short, longer, longest, strict=True)
    ]


def _unit_readings(units: Mapping[tuple[str, str], Unit], rows: list[_Row], origins: _Origins) -> Iterator[Reading]:
    members: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        members[row.unit.code].append(row)
    for unit in units.values():
        mine = members[unit.code]
        inside = {part for row in mine for part in row.inside}
        scopes = {unit.code, slug(unit.province), *_shared(mine, origins[unit.code])}
        yield Reading(
            Level.COMMUNE, fold(unit.type), unit.name, frozenset({unit.code}), (), frozenset(inside),
            frozenset(scopes), unit,
        )  # fmt: skip


def _shared(rows: list[_Row], origins: list[tuple[str, str]]) -> set[str]:
    """The former provinces and districts that all of a unit was in: in the end, or at an earlier time."""
    names = [split_title(commune)[1] for commune, _ in origins]
    provinces = {row.old_province for row in rows if (row.commune, row.district) in origins}
    held: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        held[row.district_slug].add(row.name)
    whole = {district for district, inside in held.items() if inside.issuperset(names)}
    return whole | provinces if len(provinces) == 1 else whole


# --- what was before -------------------------------------------------------------------------------------------------


class _Row:
    """One line of ``former.csv``: a former commune under a district's name, and a unit that its land is in."""

    def __init__(self, row: dict[str, str], units: Mapping[tuple[str, str], Unit]) -> None:
        self.commune = row["commune"]
        self.type, self.name = split_title(row["commune"])
        self.district = row["district"]
        self.district_type, self.stem = split_title(row["district"])
        self.district_slug = district_slug(row["district"])
        self.province = row["province"]
        self.old_province = f"{slug(row['province'])}-cu"
        self.unit = units[row["new_province"], row["new_commune"]]
        self.split = row["split"] == "yes"
        self.verified = row["verified"] == "yes"

    @property
    def inside(self) -> frozenset[str]:
        """Slugs of what the commune lay in, then and now."""
        return frozenset({self.district_slug, self.old_province, slug(self.unit.province)})


def _formers(rows: list[_Row], origins: _Origins) -> tuple[Former, ...]:
    """Former communes, each once though it may be listed under two names of its district."""
    listed: dict[tuple[str, str, str], list[_Row]] = defaultdict(list)
    for row in rows:
        listed[row.province, row.district, row.commune].append(row)
    merged: dict[tuple[str, str, frozenset[str]], list[_Row]] = defaultdict(list)
    for (province, _, commune), group in listed.items():
        merged[province, commune, frozenset(row.unit.code for row in group)].extend(group)
    final = {pair for pairs in origins.values() for pair in pairs}
    latest = [sorted(group, key=lambda row: (row.commune, row.district) not in final) for group in merged.values()]
    titles = [slug(group[0].commune) for group in latest]
    counts = {title: titles.count(title) for title in titles}
    return tuple(_former(group, counts[title] == 1) for group, title in zip(latest, titles, strict=True))


def _former(rows: list[_Row], unique: bool) -> Former:
    first = rows[0]
    units = {row.unit.code: row.unit for row in rows}
    district = "" if unique else f"-{slug(first.stem)}"
    return Former(
        first.commune, first.district, first.province, tuple(units.values()), first.split,
        any(row.verified for row in rows), f"{slug(first.commune)}{district}-cu",
        tuple(dict.fromkeys(row.district for row in rows if row.district != first.district)),
    )  # fmt: skip


def _former_readings(formers: Iterable[Former]) -> Iterator[Reading]:
    for former in formers:
        kind, name = split_title(former.commune)
        districts = {district_slug(district) for district in (former.district, *former.also)}
        provinces = {slug(unit.province) for unit in former.units}
        inside = frozenset({*districts, *provinces, f"{slug(former.province)}-cu"})
        codes = frozenset(unit.code for unit in former.units)
        resolved = codes if len(codes) == 1 else frozenset()
        yield Reading(
            Level.COMMUNE, fold(kind), name, codes, (), inside,
            inside | {former.slug} | resolved, None, former,
        )  # fmt: skip


def _district_readings(rows: list[_Row]) -> Iterator[Reading]:
    """One per name: a district that became a town has both slugs."""
    stems: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        stems[row.stem].append(row)
    for stem, group in stems.items():
        own = {fold(row.district_type): row.district_slug for row in group}
        inside = frozenset({group[0].old_province, slug(group[0].unit.province)})
        codes = frozenset(row.unit.code for row in group)
        yield Reading(
            Level.DISTRICT, "huyen", stem, codes, tuple(own.items()), inside, inside | frozenset(own.values())
        )


def _province_readings(rows: list[_Row]) -> Iterator[Reading]:
    today = {row.unit.province for row in rows}
    for name, now in dict.fromkeys((row.province, row.unit.province) for row in rows):
        if name != now and name in today:
            continue
        old, new = f"{slug(name)}-cu", slug(now)
        if name == now:
            yield Reading(Level.PROVINCE, "tinh", name, own=(("", new), ("cu", old)), scopes=frozenset({new}))
        yield Reading(
            Level.PROVINCE, "tinh cu" if name == now else "tinh", name, own=(("", old),),
            inside=frozenset({new}), scopes=frozenset({new, old}),
        )  # fmt: skip


def _elsewhere_readings(rows: list[dict[str, str]]) -> Iterator[Reading]:
    for row in rows:
        yield Reading(Level.ELSEWHERE, "tinh", row["name"], own=(("", slug(row["province"])),))


# --- the index -------------------------------------------------------------------------------------------------------


def _indexed(
    units: Mapping[tuple[str, str], Unit],
    formers: tuple[Former, ...],
    readings: list[Reading],
    common: list[dict[str, str]],
) -> Gazetteer:
    names: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        lowered = normalise(reading.name)
        known = Reading(**{**vars(reading), "name": lowered})
        for key in _keys(lowered):
            names[key].append(known)
    for alias, name in _NAMES_LIKE.items():
        names[alias].extend(names[fold(name)])
    lengths: dict[str, set[int]] = defaultdict(set)
    for key in names:
        lengths[key.split(" ", 1)[0]].add(key.count(" ") + 1)
    always = frozenset(row["phrase"] for row in common if row["common"] == "always")
    return Gazetteer(
        units={unit.code: unit for unit in units.values()},
        formers=formers,
        names={key: tuple(found) for key, found in names.items()},
        lengths={head: tuple(sorted(counts, reverse=True)) for head, counts in lengths.items()},
        joined={key.replace(" ", ""): key for key in names if len(key) > 6 and " " in key},
        always_common=always,
        plainly_common=frozenset(fold(row["phrase"]) for row in common),
        topics=frozenset(fold(row["phrase"]) for row in common if row["common"] == "topic"),
        openings=frozenset(fold(row["phrase"]) for row in common if row["common"] == "opening"),
    )


_LATE_Y: Final = re.compile(r"\b([hklmst]|qu)(?:y|i)\b")


def _keys(name: str) -> set[str]:
    """The folded name, also with the other of ``y`` and ``i`` (``Bảo Lý``, ``Bảo Lí``)."""
    key = fold(name)
    return {key, _LATE_Y.sub(r"\1y", key), _LATE_Y.sub(r"\1i", key)}
