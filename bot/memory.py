"""What Python's garbage collector need not look at."""

from __future__ import annotations

import gc

#: How many new objects make the program look for garbage; a message makes a few thousand and leaves hardly any.
OBJECTS = 20_000


def spare_garbage_collection() -> None:
    """The knowledge stays as long as the program: no use to look through it for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS, 20, 20)
