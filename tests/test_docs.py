"""Settings, commands, tasks and what the docs say of them go together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.cli import cli
from bot.settings import Settings

ROOT = Path(__file__).parent.parent
DOCS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])


def rows(path: Path) -> dict[str, list[str]]:
    """The rows of the tables in a page, by the name in the first column."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
        if match := re.fullmatch(r"`(\w+)`", cells[0]):
            found[match[1]] = cells[1:]
    return found


def test_every_setting_is_documented_with_its_default_and_meaning() -> None:
    documented = rows(ROOT / "docs" / "settings.md")
    assert set(documented) == {name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        cells = documented[name.upper()]
        if field.default not in (None, ""):
            assert cells[0] == f"`{field.default}`", name
        assert cells[-1] == field.description, name


def test_every_command_is_documented_and_says_what_it_does() -> None:
    documented = rows(ROOT / "docs" / "commands.md")
    commands = {command.callback.__name__: command.callback for command in cli.registered_commands if command.callback}
    assert set(documented) == set(commands)
    assert all(callback.__doc__ for callback in commands.values())


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_every_file_and_task_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)", text, re.MULTILINE):
        name = target[0] or target[1]
        assert re.search(rf"^{name}:", makefile, re.MULTILINE), f"make {name}"
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        if not link.startswith("http"):
            assert (page.parent / link).exists(), link
