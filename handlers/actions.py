"""What a button does, packed into at most 64 bytes so that an old button still works after a restart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from knowledge.model import Aspect

LIMIT = 64


@dataclass(frozen=True)
class Ask:
    """Ask about an entry, or one aspect of it."""

    entry: str
    aspect: Aspect | None = None


@dataclass(frozen=True)
class Answer:
    """Answer the question about a fact; an empty value means "do not know"."""

    fact: str
    value: str = ""


@dataclass(frozen=True)
class PickPlace:
    """Choose a place of today by its code."""

    code: str


@dataclass(frozen=True)
class Go:
    """Go somewhere that is not an entry: ``start``, ``topic/vay-von``, ``help`` …"""

    where: str


@dataclass(frozen=True)
class Vote:
    """Say whether the answer about an entry helped; ``reason``: why not, one of ``labels.yaml``'s."""

    entry: str
    up: bool
    reason: str = ""


Action: TypeAlias = Ask | Answer | PickPlace | Go | Vote


class BadActionError(ValueError):
    """A packed action that cannot be read: forged, damaged or of another version."""


def pack(action: Action) -> str:
    """``action`` as a short string. Raises ValueError where it would not fit into 64 bytes."""
    match action:
        case Ask(entry, aspect):
            packed = f"a:{entry}:{aspect.value if aspect else ''}"
        case Answer(fact, value):
            packed = f"f:{fact}:{value}"
        case PickPlace(code):
            packed = f"p:{code}"
        case Go(where):
            packed = f"g:{where}"
        case Vote(entry, up, reason):
            packed = f"v:{entry}:{'1' if up else '0'}{reason}"
    if len(packed.encode()) > LIMIT:
        raise ValueError(f"action does not fit into {LIMIT} bytes: {packed}")
    return packed


def unpack(packed: str) -> Action:
    """The action packed as ``packed``. Raises BadActionError."""
    kind, _, rest = packed.partition(":")
    head, _, tail = rest.rpartition(":")
    try:
        match kind:
            case "a":
                return Ask(head, Aspect(tail) if tail else None)
            case "f":
                fact, _, value = rest.partition(":")
                return Answer(fact, value)
            case "p":
                return PickPlace(rest)
            case "g":
                return Go(rest)
            case "v" if tail[:1] in {"0", "1"}:
                return Vote(head, tail[0] == "1", tail[1:])
    except ValueError:
        pass
    raise BadActionError(f"unreadable action: {packed[:LIMIT]!r}")
