"""Settings, commands, tasks and what the docs say of them go together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli import cli
from bot.settings import Settings

ROOT = Path(__file__).parent.parent
DEPLOY = sorted((ROOT / "deploy").iterdir())
#: Variables that are not the bot's.
OTHERS = {"BROWSER_REQUIRED", "KILLS", "FORWARDED_ALLOW_IPS", "PYTHON"}
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


def test_every_command_is_documented_with_its_options_and_says_what_it_does() -> None:
    documented = rows(ROOT / "docs" / "commands.md")
    commands = get_command(cli).commands  # type: ignore[attr-defined]
    assert set(documented) == set(commands)
    for name, command in commands.items():
        assert command.help, name
        options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
        assert set(re.findall(r"--[a-z-]+", documented[name][-1])) == options, name


def test_every_task_is_listed_and_told() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    told = re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == set(told)


def test_every_page_is_found_from_the_readme() -> None:
    pages, new = {"README.md"}, ["README.md"]
    while new:
        page = ROOT / new.pop()
        for link in re.findall(r"\]\(([^)#]+\.md)\)", page.read_text(encoding="utf-8")):
            found = str((page.parent / link).resolve().relative_to(ROOT))
            if found not in pages:
                pages.add(found)
                new.append(found)
    assert pages - {"README.md"} == {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")}


@pytest.mark.parametrize("page", [ROOT / ".env.example", *DOCS, *DEPLOY], ids=lambda page: page.name)
def test_every_setting_that_is_named_exists(page: Path) -> None:
    named = re.findall(r"(?<![\w$])([A-Z][A-Z_]*[A-Z])=", page.read_text(encoding="utf-8"))
    assert set(named) - OTHERS <= {name.upper() for name in Settings.model_fields}


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
