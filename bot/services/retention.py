"""What is kept no longer than needed: delivery keys, callback keys, refused deliveries."""

from __future__ import annotations

from datetime import timedelta

from bot.services.desk import Desk
from store import deliveries

DELIVERY_KEYS = timedelta(days=7)
CALLBACK_KEYS = timedelta(days=1)
REFUSED = timedelta(days=30)


def forget_old(desk: Desk) -> int:
    """Remove what has been kept long enough; gives how many rows went."""
    return deliveries.forget_before(
        desk.tx.connection,
        deliveries=desk.now - DELIVERY_KEYS,
        callbacks=desk.now - CALLBACK_KEYS,
        refused=desk.now - REFUSED,
    )
