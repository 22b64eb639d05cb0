"""👍 and 👎 under answers, kept without person. What was answered and offered stays as it is meanwhile."""

from __future__ import annotations

from dataclasses import replace

from handlers.actions import Vote
from handlers.types import Choice, Reply, Session
from handlers.visit import Turn, Visit
from store import votes


async def voted(visit: Visit, vote: Vote) -> Turn:
    """Keep a vote, or change the one given on the same entry; ask why where the answer did not help."""
    reasons = visit.context.wording.labels["votes"]["reasons"]
    reason = vote.reason if vote.reason in reasons and not vote.up else ""
    number = await _kept(visit, vote, reason)
    whys = {} if vote.up or reason else reasons
    asks = tuple(Choice(text, replace(vote, reason=name)) for name, text in whys.items())
    reply = visit.say("vote_thanks", asks, up=vote.up, reason=reason)
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
