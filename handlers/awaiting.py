"""What the desk awaits an answer to, as it stands in the session's ``desk``.

``dangky/muc/vay-von,san-xuat`` while topics are chosen, ``dangky/noi/…`` while a place is, with what is ticked so far.
``dongy/noi`` and ``dongy/dangky`` while consent is asked for, ``dongy/dangky?vay-von`` where topics were named;
``AGAIN`` stands at the end once it was asked a second time.
"""

from __future__ import annotations

from handlers.types import Session

HOME = "noi"
CONSENT, AGAIN = "dongy/", "/lai"
TOPICS, PLACE = "dangky/muc/", "dangky/noi/"
ERASURE = "xoa"
#: Stands before what was ticked while something else is talked of: nothing is awaited, the ticks are kept.
PAUSED = "tam/"


def awaited(session: Session) -> str | None:
    """What the desk awaits; none while something else is talked of."""
    return None if (session.desk or "").startswith(PAUSED) else session.desk


def after_consent(awaits: str) -> tuple[str, tuple[str, ...]]:
    """What goes on after consent, and the topics named before it was asked for."""
    then, _, topics = awaits.removeprefix(CONSENT).removesuffix(AGAIN).partition("?")
    return then, tuple(filter(None, topics.split(",")))


def ticking(session: Session) -> str:
    """Where choosing topics and their place stands, also while something else is talked of; empty where it does not."""
    state = (session.desk or "").removeprefix(PAUSED)
    return state if state.startswith((TOPICS, PLACE)) else ""
