"""What a webhook must stand: damaged and hostile requests, without end, the same for the same seed."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.telegram.delivery import HEADER
from tests.telegram.updates import GROUP, PHOTO, edited, membership, mention, pressed, said

#: What every hostile update holds that is personal; it must never be seen in a log.
SECRET = "so cua toi 0912345678"
#: Values that belong nowhere in an update.
WRONG: tuple[Any, ...] = (
    None, True, "", "x", SECRET, "\ud800", "\x00", -1, 0, 1.5, 2**63, -(2**63), 10**400, [], {}, [[]], {"id": {}},
    [SECRET], {"text": SECRET}, "9" * 5000,
)  # fmt: skip


@dataclass(frozen=True)
class Post:
    """A request."""

    body: bytes
    headers: list[tuple[str, str]]
    method: str = "POST"
    path: str = "/telegram"
    chunked: bool = False
    #: Whether it is signed by the secret, so that only its body is wrong.
    signed: bool = field(default=False)


def posts(secret: str, seed: int = 1) -> Iterator[Post]:
    """Hostile requests without end."""
    random = Random(seed)
    right = [(HEADER, secret)]
    number = 10_000_000
    while True:
        number += 1
        update = {"update_id": number, **_update(random)}
        kind = random.randrange(10)
        if kind == 0:
            yield Post(_text(update), _wrong_secret(random, secret))
        elif kind == 1:
            method = random.choice(["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
            yield Post(_text(update), right, method=method)
        elif kind == 2:
            yield Post(_text(update), right, path=random.choice(["/telegram/", "/telegram/../x", "//telegram", "/%00"]))
        elif kind == 3:
            yield Post(_broken(random, _text(update)), right, chunked=random.random() < 0.5, signed=True)
        else:
            yield Post(_text(_damaged(random, update)), right, chunked=random.random() < 0.2, signed=True)


def _update(random: Random) -> dict[str, Any]:
    person = random.randrange(900_000, 990_000)
    text = f"@ChungTayBot {SECRET}"
    return copy.deepcopy(
        random.choice(
            [
                said(SECRET, person=person),
                said(text, GROUP, person, **mention(text)),
                edited(SECRET, person=person),
                pressed("g:start", person=person),
                membership("kicked", person),
                said(caption=SECRET, person=person, **PHOTO),
                said(SECRET, person=person, reply_to_message=said(SECRET, person=person)["message"]),
            ]
        )
    )


def _damaged(random: Random, update: dict[str, Any]) -> dict[str, Any]:
    """``update`` with a wrong value, or nothing, somewhere."""
    holder, name = random.choice(list(_places(update)))
    if random.random() < 0.2:
        del holder[name]
    else:
        holder[name] = random.choice(WRONG)
    return update


def _places(holder: Any) -> Iterator[tuple[Any, Any]]:
    for name, value in list(holder.items() if isinstance(holder, dict) else enumerate(holder)):
        yield holder, name
        if isinstance(value, dict | list):
            yield from _places(value)


def _text(update: dict[str, Any]) -> bytes:
    return json.dumps(update).encode()


def _broken(random: Random, text: bytes) -> bytes:
    """No update at all."""
    at = random.randrange(len(text))
    return random.choice(
        [
            b"",
            text[:at],
            text[:at] + bytes([random.randrange(256)]) + text[at + 1 :],
            b"[" * 100_000,
            b'{"message":' * 900 + b"1" + b"}" * 900,
            b'{"update_id":' + b"9" * 5000 + b"}",
            b'{"update_id": NaN}',
            b'{"update_id": 1, "message": Infinity}',
            gzip.compress(text),
            text.decode().encode("utf-16"),
            b"\xff\xfe\xfd" + text,
            b'"' + text + b'"',
            b"null",
            json.dumps([json.loads(text)]).encode(),
            b" " * (1024 * 1024 + 1),
            b'{"update_id": 5, "message": {"text": "' + b"x" * 1_000_000 + b'"}}',
        ]
    )


def _wrong_secret(random: Random, secret: str) -> list[tuple[str, str]]:
    return random.choice(
        [
            [],
            [(HEADER, "")],
            [(HEADER, secret[:-1])],
            [(HEADER, secret + "x")],
            [(HEADER, secret.upper())],
            [(HEADER, "é" * 300)],
            [(HEADER, secret), (HEADER, "x")],
            [(HEADER, secret), (HEADER, secret)],
            [("Authorization", secret)],
        ]
    )
