"""Each channel's service is known to its own folder alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHANNELS = ROOT / "bot" / "channels"
#: What may be imported only below which folders.
OWNERS = {
    "telegram": ["telegram"],
    "aiohttp": ["telegram", "zalo"],
    "bot.channels.telegram": ["telegram"],
    "bot.channels.zalo": ["zalo"],
}
#: The wiring: imports a channel where the settings switch it on, inside the function that makes it.
WIRING = ROOT / "bot" / "service.py"
#: The words that name a service; elsewhere only where people set it up, or write it before a number.
NAMES = ("telegram", "zalo")
SET_UP = {
    WIRING,
    ROOT / "handlers" / "masking.py",
    *(ROOT / "bot" / name for name in ("settings.py", "server.py", "cli.py", "posters.py")),
}
FILES = sorted(path for room in ("bot", "handlers", "knowledge", "store") for path in (ROOT / room).rglob("*.py"))


def imports(tree: ast.AST) -> Iterator[str]:
    """The modules imported anywhere in a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def at_the_top(tree: ast.Module) -> list[str]:
    """The modules imported when the file is."""
    return [name for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom) for name in imports(node)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_service_is_imported_outside_its_channel(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = at_the_top(tree) if path == WIRING else list(imports(tree))
    for name in found:
        for owned, folders in OWNERS.items():
            if name == owned or name.startswith(f"{owned}."):
                assert any(CHANNELS / folder in path.parents for folder in folders), f"{path}: {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_service_is_named_outside_its_channel(path: Path) -> None:
    if path in SET_UP:
        return
    text = path.read_text(encoding="utf-8").lower()
    for name in NAMES:
        assert name not in text or CHANNELS / name in path.parents, f"{path} names {name}"


@pytest.mark.parametrize("channel", NAMES)
def test_the_program_starts_without_a_channel_that_is_off(channel: str) -> None:
    tree = ast.parse(WIRING.read_text(encoding="utf-8"))
    assert any(f"bot.channels.{channel}" in name for name in imports(tree))
    assert not any(f"bot.channels.{channel}" in name for name in at_the_top(tree))
