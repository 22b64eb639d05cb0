"""What goes out to Zalo. Pure: replies in, plain texts with numbered choices out, as few as they fit into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.channels.cutting import cut
from bot.channels.plain import Headings, render
from handlers.types import Reply
from handlers.wording import TEMPLATES

#: The longest text, in UTF-16 units.
LIMIT = 2000


@dataclass(frozen=True)
class Texts:
    """What only Zalo needs said: how choices are picked, and that files do not come along."""

    headings: Headings
    files: str

    @staticmethod
    def read(templates: Path = TEMPLATES) -> Texts:
        """The texts in ``templates/zalo/texts.yaml``."""
        found = yaml.safe_load((templates / "zalo" / "texts.yaml").read_text(encoding="utf-8"))
        return Texts(Headings(found["numbered"], found["worded"]), found["files"])


def texts_of(replies: Sequence[Reply], texts: Texts) -> list[str]:
    """``replies`` to one message as texts to be sent: joined, for nothing sent can be changed and every message makes a
    telephone ring; cut where that is too long."""
    left_out = [texts.files] if any(reply.files for reply in replies) else []
    return cut("\n\n".join([render(replies, texts.headings), *left_out]), LIMIT)
