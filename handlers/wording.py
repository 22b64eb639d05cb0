"""The one Jinja environment: every sentence the bot says is rendered here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent.parent / "templates"


class Wording:
    """Renders the replies and knows the labels of buttons."""

    def __init__(self, templates: Path = TEMPLATES, *, operator: str) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(templates / "replies"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["day"] = vietnamese_date
        self._environment.filters["lower_first"] = lower_first
        self._environment.globals["operator"] = operator
        self.labels: Mapping[str, Any] = yaml.safe_load((templates / "labels.yaml").read_text(encoding="utf-8"))

    def say(self, template: str, **values: Any) -> str:
        """The rich text of ``templates/replies/<template>.html`` filled with ``values``; blank runs are closed up."""
        rendered = self._environment.get_template(f"{template}.html").render(**values)
        lines = [line.strip() for line in rendered.splitlines()]
        kept = [line for index, line in enumerate(lines) if line or (index and lines[index - 1])]
        return "\n".join(kept).strip()

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


def lower_first(text: str) -> str:
    """``text`` as it reads inside a sentence: "Xã An Khánh" as "xã An Khánh"."""
    return text[:1].lower() + text[1:]


def vietnamese_date(day: date | None) -> str:
    """``1/12/2025``, the way dates are read aloud; empty where there is none."""
    return f"{day.day}/{day.month}/{day.year}" if day else ""
