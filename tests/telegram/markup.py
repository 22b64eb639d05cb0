"""Telegram's HTML as its server reads it: what it refuses, and how long the text is without the tags."""

from __future__ import annotations

import html
import re

TAGS = {
    *("b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre"),
    *("span", "tg-spoiler", "tg-emoji", "blockquote"),
}
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")
_TAG = re.compile(r"<(/?)([a-zA-Z-]*)([^<>]*)(>?)")
_ATTRIBUTES = re.compile(r'(?:\s+[a-zA-Z-]+(?:=(?:"[^"]*"|\'[^\']*\'|[^\s"\'>]+))?)*\s*')


class Refusal(Exception):
    """A call that Telegram refuses with 400 and this description."""


def read(text: str) -> str:
    """The text of ``text`` without its tags. Raises Refusal in Telegram's words where it cannot be read."""
    open_tags: list[str] = []
    for match in _TAG.finditer(text):
        at = len(text[: match.start()].encode())
        if match[1]:
            _close(open_tags, match[2].lower(), at)
        else:
            open_tags.append(_opened(match, at))
    if open_tags:
        raise _unreadable(f'Can\'t find end tag corresponding to start tag "{open_tags[-1]}"')
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), _TAG.sub("", text))


def _opened(match: re.Match[str], at: int) -> str:
    name = match[2].lower()
    if name not in TAGS:
        raise _unreadable(f'Unsupported start tag "{name}" at byte offset {at}')
    if not match[4] or not _ATTRIBUTES.fullmatch(match[3]):
        raise _unreadable(f"Unclosed start tag at byte offset {at}")
    return name


def _close(open_tags: list[str], name: str, at: int) -> None:
    if not open_tags:
        raise _unreadable(f"Unexpected end tag at byte offset {at}")
    expected = open_tags.pop()
    if name != expected:
        raise _unreadable(f'Unmatched end tag at byte offset {at}, expected "</{expected}>", found "</{name}>"')


def _unreadable(why: str) -> Refusal:
    return Refusal(f"Bad Request: can't parse entities: {why}")


def units(text: str) -> int:
    """The length of ``text`` in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2
