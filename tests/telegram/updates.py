"""Updates as Telegram sends them."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.telegram.bot_api import BOT

PERSON = 77
GROUP = -100200
_ids = count(5000)


def user(person: int = PERSON, **more: Any) -> dict[str, Any]:
    """A person."""
    return {"id": person, "is_bot": False, "first_name": "Tester", **more}


def chat(chat_id: int) -> dict[str, Any]:
    """A private chat where the id is positive, else a group."""
    return {"id": chat_id, "type": "private" if chat_id > 0 else "supergroup", "title": "Test"}


def message(text: str | None = None, chat_id: int | None = None, person: int = PERSON, **more: Any) -> dict[str, Any]:
    """A message, in the person's private chat unless said otherwise."""
    here = chat(person if chat_id is None else chat_id)
    content = {} if text is None else {"text": text}
    return {"message_id": next(_ids), "date": 1_790_000_000, "chat": here, "from": user(person), **content, **more}


def said(text: str | None = None, chat_id: int | None = None, person: int = PERSON, **more: Any) -> dict[str, Any]:
    """An update: a person says something."""
    return {"message": message(text, chat_id, person, **more)}


def edited(text: str | None = None, **more: Any) -> dict[str, Any]:
    """An update: a person corrects a message."""
    return {"edited_message": message(text, edit_date=1_790_000_060, **more)}


def pressed(data: str | None, chat_id: int | None = None, person: int = PERSON, **more: Any) -> dict[str, Any]:
    """An update: a person presses a button under a message of ours."""
    under = {**message("x", chat_id, person), "from": BOT}
    query = {"id": f"q{next(_ids)}", "from": user(person), "chat_instance": "c", "message": under, **more}
    return {"callback_query": query if data is None else {**query, "data": data}}


def mention(text: str, name: str = f"@{BOT['username']}") -> dict[str, Any]:
    """The entities of ``text`` in which ``name`` is mentioned."""
    start = len(text[: text.index(name)].encode("utf-16-le")) // 2
    return {"entities": [{"type": "mention", "offset": start, "length": len(name)}]}


def membership(status: str, person: int = PERSON) -> dict[str, Any]:
    """An update: a person blocks the bot (``kicked``) or unblocks it (``member``)."""
    before = "member" if status == "kicked" else "kicked"
    states: dict[str, dict[str, Any]] = {"old": {"user": BOT, "status": before}, "new": {"user": BOT, "status": status}}
    for state in states.values():
        state.update({"until_date": 0} if state["status"] == "kicked" else {})
    return {
        "my_chat_member": {
            "chat": chat(person),
            "from": user(person),
            "date": 1_790_000_000,
            "old_chat_member": states["old"],
            "new_chat_member": states["new"],
        }
    }


STICKER: dict[str, Any] = {
    "sticker": {
        "file_id": "f",
        "file_unique_id": "u",
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
    }
}
PHOTO: dict[str, Any] = {"photo": [{"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9}]}
VOICE: dict[str, Any] = {"voice": {"file_id": "f", "file_unique_id": "u", "duration": 3}}
PLACE: dict[str, Any] = {"location": {"latitude": 21.6, "longitude": 105.8}}
UNREADABLE = {"sticker": STICKER, "photo": PHOTO, "voice": VOICE, "place": PLACE}
