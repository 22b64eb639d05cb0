"""The one Jinja environment: every sentence the bot says is rendered here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from knowledge.model import Fact

TEMPLATES = Path(__file__).parent.parent / "templates"


class Wording:
    """Renders the replies and knows the labels of buttons."""

    def __init__(self, templates: Path = TEMPLATES, *, operator: str, web: str = "") -> None:
        self._environment = Environment(
            loader=FileSystemLoader(templates / "replies"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._listings = Environment(
            loader=FileSystemLoader(templates / "commands"),
            autoescape=False,  # noqa: S701 - plain text for a terminal
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        for environment in (self._environment, self._listings):
            environment.filters["day"] = vietnamese_date
            environment.filters["lower_first"] = lower_first
            environment.globals["value"] = self.value
        self.operator = operator
        self._environment.globals.update(operator=operator, web=web)
        self._environment.globals["parts"] = self._environment.get_template("_parts.html").module
        self.labels: Mapping[str, Any] = yaml.safe_load((templates / "labels.yaml").read_text(encoding="utf-8"))

    def say(self, template: str, **values: Any) -> str:
        """The rich text of ``templates/replies/<template>.html`` filled with ``values``; blank runs are closed up."""
        rendered = self._environment.get_template(f"{template}.html").render(**values)
        lines = [line.strip() for line in rendered.splitlines()]
        kept = [line for index, line in enumerate(lines) if line or (index and lines[index - 1])]
        return "\n".join(kept).strip()

    def listing(self, template: str, **values: Any) -> str:
        """The plain text of ``templates/commands/<template>.txt`` filled with ``values``, without empty lines."""
        rendered = self._listings.get_template(f"{template}.txt").render(**values)
        return "\n".join(line.rstrip() for line in rendered.splitlines() if line.strip())

    def value(self, fact: Fact, value: Any) -> str:
        """The value of a fact in words: a choice by its label, a number with its unit, a day as it is read aloud."""
        if isinstance(value, bool):
            return self.label("values", "yes" if value else "no")
        if isinstance(value, date):
            return vietnamese_date(value)
        if isinstance(value, int | float):
            return f"{vietnamese_number(value)} {fact.unit or ''}".strip()
        return next((choice.label for choice in fact.choices if choice.value == value), str(value))

    @staticmethod
    def day(day: date | None) -> str:
        """A date as the replies write it."""
        return vietnamese_date(day)

    def label(self, *path: str) -> str:
        """The button label or short text at ``path`` in ``templates/labels.yaml``."""
        found: Any = self.labels
        for step in path:
            found = found[step]
        return str(found)


def short_label(text: str, most: int = 60) -> str:
    """``text`` as a button's label: cut between words where it is too long."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + "…"


def lower_first(text: str) -> str:
    """``text`` as it reads inside a sentence: "Xã An Khánh" as "xã An Khánh"."""
    return text[:1].lower() + text[1:]


def vietnamese_number(number: float) -> str:
    """``1.500.000``, ``2,5``: a number as it is written in Vietnamese."""
    whole = f"{number:,.10g}" if number % 1 else f"{number:,.0f}"
    return whole.translate({ord(","): ".", ord("."): ","})


def vietnamese_date(day: date | None) -> str:
    """``1/12/2025``, the way dates are read aloud; empty where there is none."""
    return f"{day.day}/{day.month}/{day.year}" if day else ""
