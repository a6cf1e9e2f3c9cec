"""Codes that came back with a card: each rewrites that card once, within three days."""

from __future__ import annotations

from datetime import timedelta

from bot.services.desk import Desk
from store.rows import OfferRow

#: How long a code of a sent card may rewrite it (WeCom, message/update_template_card, read 2026-11).
CODE_LIVES = timedelta(hours=72)


def can_rewrite(desk: Desk, offer: OfferRow) -> bool:
    """Say whether the offer's own card can be rewritten without a tap, or may be once it has arrived."""
    if offer.send_code is None or offer.send_code_at is None:
        return False
    return desk.now - offer.send_code_at <= CODE_LIVES
