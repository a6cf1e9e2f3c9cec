from __future__ import annotations

from itertools import product

import pytest

from routing.errors import IllegalMove
from routing.lifecycle import LEAD_MOVES, OFFER_MOVES, LeadState, OfferState, move_lead, move_offer

ALLOWED = {
    "received": "offered pooled review invalid merged",
    "offered": "offered owned pooled review invalid",
    "owned": "offered pooled review won lost invalid",
    "pooled": "offered owned pooled review invalid",
    "review": "offered owned pooled review invalid",
    "won": "owned",
    "lost": "owned",
    "invalid": "owned review",
    "merged": "",
}


@pytest.mark.parametrize(("state", "to"), list(product(LeadState, LeadState)))
def test_a_lead_goes_only_where_the_table_says(state: LeadState, to: LeadState) -> None:
    """Every pair of states: allowed, or refused with both named."""
    if to.value in ALLOWED[state.value].split():
        assert move_lead(state, to) is to
    else:
        with pytest.raises(IllegalMove, match=f"a {state.value} lead can't become {to.value}"):
            move_lead(state, to)


@pytest.mark.parametrize(("state", "to"), list(product(OfferState, OfferState)))
def test_an_offer_is_settled_once(state: OfferState, to: OfferState) -> None:
    """Only an open offer moves, and whatever it becomes is final: the loser of a race is told, and changes nothing."""
    if state is OfferState.OPEN and to is not OfferState.OPEN:
        assert move_offer(state, to) is to
    else:
        with pytest.raises(IllegalMove):
            move_offer(state, to)


def test_every_state_has_its_row() -> None:
    """A new state must say where it leads."""
    assert set(LEAD_MOVES) == set(LeadState)
    assert set(OFFER_MOVES) == set(OfferState)
    assert all(LEAD_MOVES[state] for state in LeadState if state is not LeadState.MERGED)
