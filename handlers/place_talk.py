"""What my commune is called today, and who sits there."""

from __future__ import annotations

from datetime import date

from handlers import answering
from handlers.actions import Go, PickPlace
from handlers.context import Context
from handlers.types import Choice, Reply
from knowledge.places import PlaceMatch, Unit
from knowledge.text import plain_words
from knowledge.understanding.understander import Understanding

#: Words around a place name that only say where one lives.
HOME_WORDS = frozenset(
    """
    toi em e minh tui chau con bac co chu anh chi nha o tai xa phuong huyen tinh thanh pho thi tran tx tp que ben a nhe
    nham da vang song hien dang ban thon xom khu day thuoc la cu moi khong phai ma ca oi lai sua
    """.split()
)
#: And those that ask what it is called now.
FRAME = HOME_WORDS | frozenset("gio nay ten goi gi nao truoc sap nhap vao voi doi ve dau roi chung ta bay".split())
#: The entry that tells what became of provinces and districts.
MERGERS = "sap-nhap-don-vi"


def only_place(text: str, understood: Understanding) -> bool:
    """Whether a message says a place, or asks what it is called now, and nothing else."""
    place = understood.place
    if place is None or (place.kind == "province" and understood.entry == MERGERS):
        return False
    return is_place(text, place)


def is_place(text: str, place: PlaceMatch) -> bool:
    """Whether a message names ``place`` and asks at most what it is called now."""
    said = set(plain_words(place.said).split())
    return all(word in said or word in FRAME for word in plain_words(text).split())


def tells_home(text: str, place: PlaceMatch) -> bool:
    """Whether a message only tells where the person lives, in one commune of today, and asks nothing."""
    said = set(plain_words(place.said).split())
    return place.kind == "unit" and all(word in said or word in HOME_WORDS for word in plain_words(text).split())


def about_place(context: Context, place: PlaceMatch, day: date) -> Reply:
    """What a place named by the person is today; where several fit, which one is meant."""
    if place.kind == "unit":
        return about_unit(context, place.units[0], day, place)
    picks = tuple(Choice(unit.full, PickPlace(unit.code)) for unit in place.units[: answering.MOST_PLACES])
    start = Choice(context.wording.label("buttons", "start"), Go("start"))
    return Reply(context.wording.say("which_place", place=place), choices=(*picks, start))


def about_unit(context: Context, unit: Unit, day: date, place: PlaceMatch | None = None) -> Reply:
    """A commune of today: its name, what was said of it, its one-stop desk."""
    rich = context.wording.say("place", unit=unit, place=place, day=day)
    remember = Choice(context.wording.label("desk", "nho"), Go("noi/nho"))
    return Reply(rich, choices=(*answering.topics(context), remember))
