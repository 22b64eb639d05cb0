"""Errors told without what people wrote."""

from __future__ import annotations

import traceback
from pathlib import Path


def described(error: BaseException) -> dict[str, str]:
    """An error's kind and where it arose; never its message, which may hold what somebody wrote."""
    if isinstance(error, BaseExceptionGroup):
        return described(error.exceptions[0])
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return {"error": type(error).__name__, "where": where}
