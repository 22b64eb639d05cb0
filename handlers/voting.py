"""👍 and 👎 under answers, pressed or typed, kept without person. What was answered and offered stays meanwhile."""

from __future__ import annotations

from dataclasses import replace

from handlers.actions import Vote
from handlers.choosing import chosen
from handlers.context import Context
from handlers.phrases import asks, holds, says
from handlers.types import Choice, Heard, Incoming, IncomingKind, Reply, Session
from handlers.visit import Turn, Visit
from knowledge.text import clean, plain_words, tokens
from knowledge.understanding.understander import Decision
from store import votes

#: The reason that is kept where it was given in own words; the words themselves are not kept with the vote.
OTHER = "khac"
THUMBS = {"👍": True, "👎": False}
#: Colours of skin that may follow a thumb.
_SKINS = "🏻🏼🏽🏾🏿"
#: A text with a thumb up and more words than this is a question.
SHORT = 5


def typed(text: str, session: Session, context: Context) -> Vote | None:
    """The vote that a text beginning with a thumb gives on the answer above; what it says after 👎 is why."""
    offered = [choice.action.entry for choice in session.offered if isinstance(choice.action, Vote)]
    up, rest = THUMBS.get(text[:1]), text.lstrip("".join(THUMBS) + _SKINS + " ")
    if not offered or up is None or (up and len(tokens(rest)) > SHORT):
        return None
    if up or not tokens(rest) or says(rest, context.wording.labels["votes"]["only_down"], context):
        return Vote(offered[-1], up)
    return Vote(offered[-1], False, _reason(rest, context))


def _reason(text: str, context: Context) -> str:
    """The listed reason that ``text`` gives, or that it was another."""
    reasons = context.wording.labels["votes"]["reasons"]
    choice = chosen(text, tuple(Choice(label, Vote("", False, name)) for name, label in reasons.items()))
    return choice.action.reason if choice and isinstance(choice.action, Vote) else OTHER


def reason_typed(incoming: Incoming, session: Session, context: Context) -> Vote | None:
    """The reason in own words where it was asked for; none where the text is a question or a cry for help."""
    asked = [choice.action for choice in session.offered if isinstance(choice.action, Vote) and choice.action.reason]
    text = clean(incoming.text)
    if not asked or len(asked) < len(session.offered) or not tokens(text):
        return None
    understood = context.understander.understand(text, context.day(incoming.at), session.entry, session.subject)
    another = understood.decision is Decision.ANSWER and understood.entry != asked[0].entry
    question = not _complains(text, context) and (another or asks(text, context) or text.isdigit())
    return None if understood.decision is Decision.EMERGENCY or question else Vote(asked[0].entry, False, OTHER)


def _complains(text: str, context: Context) -> bool:
    return holds(plain_words(text), map(plain_words, context.wording.labels["votes"]["complaints"]))


async def voted(visit: Visit, vote: Vote) -> Turn:
    """Keep a vote, or change the one given on the same entry; ask why where the answer did not help."""
    reasons = visit.context.wording.labels["votes"]["reasons"]
    reason = vote.reason if vote.reason in (*reasons, OTHER) and not vote.up else ""
    number = await _kept(visit, vote, reason)
    whys = {} if vote.up or reason else reasons
    asks = tuple(Choice(text, replace(vote, reason=name)) for name, text in whys.items())
    reply = visit.say("vote_thanks", asks, up=vote.up, reason=reason)
    if reason == OTHER and visit.incoming.kind is IncomingKind.TEXT:
        # Logged, masked, as a question about the entry is.
        reply = replace(reply, heard=Heard(Decision.ANSWER.value, vote.entry))
    return _beside(visit.session, reply, vote.entry, number), [reply]


async def _kept(visit: Visit, vote: Vote, reason: str) -> int:
    """The number under which the vote is kept: the one it had, or a new one."""
    before = visit.session.votes.get(vote.entry)
    if before is not None and await votes.change(visit.tx, before, vote.entry, vote.up, reason or None):
        return before
    return await votes.add(visit.tx, visit.day, vote.entry, vote.up, reason or None)


def _beside(session: Session, reply: Reply, entry: str, number: int) -> Session:
    """``session`` with what is shown and the thanks after it; the choices offered before count again after the last."""
    answer = tuple(shown for shown in session.shown if not _is_about_votes(shown))
    before = tuple(choice for shown in answer for choice in shown.choices)
    return replace(
        session, shown=(*answer, reply), offered=reply.choices or before, votes={**session.votes, entry: number}
    )


def _is_about_votes(reply: Reply) -> bool:
    return not reply.choices or all(isinstance(c.action, Vote) and c.action.reason for c in reply.choices)
