"""Leads that are decided together: those that waited, and imports. Who gets which is dealt out so that the fits add up to the most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.services.assign import Ask, board_of, question_of
from bot.services.desk import Desk
from routing.batch import deal


def dealt_out(desk: Desk, asks: Sequence[Ask]) -> list[Ask]:
    """Give the same asks in the order in which to decide them, each with the rep planned for it, if any.

    New leads come singly and are never kept waiting for others, so this is for leads that are there already.
    """
    if desk.office is None or len(asks) < 2:  # noqa: PLR2004  one lead is nobody else's business
        return list(asks)
    office = desk.office
    questions = [question_of(desk, ask) for ask in asks]
    board = board_of(desk)
    groups = deal(office.policy, board.table, board.standing, questions)
    return [replace(asks[number], planned=rep) for group in groups for number, rep in group.order]
