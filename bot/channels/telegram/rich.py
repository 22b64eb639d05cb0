"""The small rich text as Telegram HTML, in pieces that Telegram takes and that are each well-formed."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import takewhile

from bot.channels.cutting import spans

#: The longest message, in UTF-16 units after the tags are taken away.
LIMIT = 4096
_DIGITS = re.compile(r"\D+")

#: Text that reads the same for Telegram, as most answers do: whole marks, none inside another, no space at the edges.
_AS_IT_IS = re.compile(
    r"(?!\s)(?:[^<>&]|&(?:amp|lt|gt);|<(b|i|code)>(?!\s)(?:[^<>&]|&(?:amp|lt|gt);)+(?<!\s)</\1>)+(?<!\s)"
)


@dataclass(frozen=True)
class Mark:
    """A tag around a run of text."""

    name: str
    address: str = ""

    @property
    def opening(self) -> str:
        """The tag as written before the text."""
        return f'<a href="{html.escape(self.address)}">' if self.address else f"<{self.name}>"

    @property
    def closing(self) -> str:
        """The tag as written after the text."""
        return f"</{self.name}>"


@dataclass(frozen=True)
class Run:
    """A run of text inside the same tags, outermost first."""

    text: str
    marks: tuple[Mark, ...] = ()


def pieces(rich: str, limit: int = LIMIT) -> list[str]:
    """``rich`` as Telegram HTML, cut where it is longer than ``limit``; nothing where there is no text."""
    if 2 * len(rich) <= limit and _AS_IT_IS.fullmatch(rich):
        return [rich]
    runs = _runs(rich)
    text = "".join(run.text for run in runs)
    return [_html(_between(runs, start, end)) for start, end in spans(text, limit)]


def _runs(rich: str) -> list[Run]:
    reader = _Reader()
    reader.feed(rich)
    reader.close()
    return reader.runs


def _between(runs: list[Run], start: int, end: int) -> list[Run]:
    """The runs from ``start`` to ``end``, counted in characters of the whole text."""
    kept, position = [], 0
    for run in runs:
        text = run.text[max(start - position, 0) : max(end - position, 0)]
        if text:
            kept.append(Run(text, run.marks))
        position += len(run.text)
    return kept


def _html(runs: list[Run]) -> str:
    """``runs`` as HTML; a tag stays open across runs that share it."""
    out: list[str] = []
    before: tuple[Mark, ...] = ()
    for run in [*runs, Run("")]:
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], zip(before, run.marks, strict=False)))
        out += [mark.closing for mark in reversed(before[shared:])]
        out += [mark.opening for mark in run.marks[shared:]]
        out.append(html.escape(run.text, quote=False))
        before = run.marks
    return "".join(out)


@dataclass
class _Link:
    """A link being read: where it leads and where its label began."""

    address: str
    begun: int = field(default=0)


class _Reader(HTMLParser):
    """Reads the rich text into runs. Unknown tags are dropped, their text stays."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.runs: list[Run] = []
        self._open: list[Mark] = []
        self._links: list[_Link] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a mark; a link only where it leads to the web."""
        if tag == "br":
            self.handle_data("\n")
        elif tag in {"b", "i", "code"}:
            self._open.append(Mark(tag))
        elif tag == "a":
            address = dict(attrs).get("href") or ""
            self._links.append(_Link(address, len(self.runs)))
            self._open += [Mark("a", address)] if _web(address) else []

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost mark of that name, and everything left open inside it."""
        names = [mark.name for mark in self._open]
        if tag in names:
            del self._open[len(names) - 1 - names[::-1].index(tag) :]
        if tag == "a" and self._links:
            self._end_link(self._links.pop())

    def handle_data(self, data: str) -> None:
        """Text, in the marks open now."""
        self.runs.append(Run(data, tuple(self._open)))

    def _end_link(self, link: _Link) -> None:
        """A telephone link shows its number, for Telegram cannot dial: in the label, or after it."""
        scheme, _, number = link.address.partition(":")
        label = "".join(run.text for run in self.runs[link.begun :])
        if scheme == "tel" and _DIGITS.sub("", number) not in _DIGITS.sub("", label):
            self.handle_data(f" ({number})")


def _web(address: str) -> bool:
    return address.startswith(("https://", "http://"))
