"""The small rich text that templates write, and its plain form.

Allowed are ``<b> <i> <a href> <code>`` and line breaks; everything else was escaped by the templates.
"""

from __future__ import annotations

import html
import re

_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"</?(?:b|i|code|a)(?: [^>]*)?>")


def plain(text: str) -> str:
    """``text`` as plain text; a web link keeps its address in brackets, a telephone link only its number."""
    return html.unescape(_TAG.sub("", _LINK.sub(_plain_link, text)))


def _plain_link(match: re.Match[str]) -> str:
    address, label = match.groups()
    if address.startswith(("tel:", "/")) or html.unescape(address) in html.unescape(label):
        return label
    return f"{label} ({address})"
