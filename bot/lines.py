"""What the commands that read JSON lines share."""

from __future__ import annotations

from pydantic import ValidationError


def fault(error: ValidationError) -> str:
    """What is wrong with a line, in one sentence that names the field."""
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {first['msg']}" if where else str(first["msg"])
