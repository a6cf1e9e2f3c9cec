"""The states of a lead and of an offer, and the moves that are allowed between them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from routing.errors import IllegalMove


class LeadState(StrEnum):
    """Where a lead is; exactly one at any time."""

    RECEIVED = "received"
    OFFERED = "offered"
    OWNED = "owned"
    POOLED = "pooled"
    REVIEW = "review"
    WON = "won"
    LOST = "lost"
    INVALID = "invalid"
    MERGED = "merged"


class OfferState(StrEnum):
    """What became of an offer; everything but `open` is final."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


_LEAD = LeadState
_UNOWNED = frozenset({_LEAD.OFFERED, _LEAD.POOLED, _LEAD.REVIEW})
_CLOSED = frozenset({_LEAD.WON, _LEAD.LOST, _LEAD.INVALID})

#: State -> states that a lead may go to.
LEAD_MOVES: Mapping[LeadState, frozenset[LeadState]] = MappingProxyType(
    {
        _LEAD.RECEIVED: _UNOWNED | {_LEAD.INVALID, _LEAD.MERGED},
        # The same state again is the next round; an owner may come by 改派 as well as by 接单.
        _LEAD.OFFERED: _UNOWNED | {_LEAD.OWNED, _LEAD.INVALID},
        # 改派 makes an offer to somebody else; a recycled lead goes to the pool, 撤回 to review.
        _LEAD.OWNED: _UNOWNED | _CLOSED,
        # 领取 owns at once; an update decides a pooled or reviewed lead anew, and it may end where it was.
        _LEAD.POOLED: _UNOWNED | {_LEAD.OWNED, _LEAD.INVALID},
        _LEAD.REVIEW: _UNOWNED | {_LEAD.OWNED, _LEAD.INVALID},
        # 撤销 of a close gives the lead back to its owner.
        _LEAD.WON: frozenset({_LEAD.OWNED}),
        _LEAD.LOST: frozenset({_LEAD.OWNED}),
        _LEAD.INVALID: frozenset({_LEAD.OWNED, _LEAD.REVIEW}),
        _LEAD.MERGED: frozenset(),
    }
)

#: State -> states that an offer may go to.
OFFER_MOVES: Mapping[OfferState, frozenset[OfferState]] = MappingProxyType(
    {
        OfferState.OPEN: frozenset(OfferState) - {OfferState.OPEN},
        OfferState.ACCEPTED: frozenset(),
        OfferState.DECLINED: frozenset(),
        OfferState.EXPIRED: frozenset(),
        OfferState.WITHDRAWN: frozenset(),
    }
)

_State = TypeVar("_State", LeadState, OfferState)


def move_lead(state: str, to: LeadState) -> LeadState:
    """Give the new state of a lead; it may be stored as plain text.

    Raises:
        IllegalMove: it can't go there from where it is.
    """
    return _move("lead", LEAD_MOVES, LeadState(state), to)


def move_offer(state: str, to: OfferState) -> OfferState:
    """Give the new state of an offer; it may be stored as plain text.

    Raises:
        IllegalMove: it has been answered, has run out or was withdrawn already.
    """
    return _move("offer", OFFER_MOVES, OfferState(state), to)


def _move(thing: str, moves: Mapping[_State, frozenset[_State]], state: _State, to: _State) -> _State:
    if to not in moves[state]:
        raise IllegalMove(f"a {state.value} {thing} can't become {to.value}")
    return to
