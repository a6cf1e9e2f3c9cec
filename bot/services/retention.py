"""What is kept no longer than needed: delivery keys, callback keys, refused deliveries, messages that are done.

And codes of managers' cards that rewrite nothing any more.
"""

from __future__ import annotations

from datetime import timedelta

from bot.services.desk import Desk
from bot.services.message_codes import CODE_LIVES
from store import deliveries, manager_cards, outbox

DELIVERY_KEYS = timedelta(days=7)
CALLBACK_KEYS = timedelta(days=1)
REFUSED = timedelta(days=30)
#: Long enough to find out why somebody says that no card came.
MESSAGES = timedelta(days=30)


def forget_old(desk: Desk) -> int:
    """Remove what has been kept long enough; gives how many rows went."""
    gone = deliveries.forget_before(
        desk.tx.connection,
        deliveries=desk.now - DELIVERY_KEYS,
        callbacks=desk.now - CALLBACK_KEYS,
        refused=desk.now - REFUSED,
    )
    gone += manager_cards.forget_before(desk.tx.connection, desk.now - CODE_LIVES)
    return gone + outbox.forget_before(desk.tx.connection, desk.now - MESSAGES, at_once=deliveries.FORGET_AT_ONCE)
