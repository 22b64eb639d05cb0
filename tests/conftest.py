"""What tests share: the knowledge, loaded once, and a context without a preview day."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("XDG_RUNTIME_DIR", "/tmp")


@pytest.fixture(scope="session")
def context() -> object:
    from bot.app import build_context
    from bot.settings import Settings

    return build_context(Settings(_env_file=None, operator_name="UBND xã An Khánh"))
