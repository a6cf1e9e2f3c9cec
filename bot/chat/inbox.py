"""The inbox: taps and texts of a batch, each once, each with its effect and its answer in the same transaction.

An item that fails takes its whole transaction with it, since half an effect must never be kept. The queue in front then
runs the items of that batch one by one, so that only the guilty one fails; `apologise` answers that one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bot.chat import texts
from bot.chat.command_parser import Command, parse
from bot.chat.commands import answer_text
from bot.chat.speaker import speaker_of
from bot.chat.talk import Talk
from bot.chat.taps import answer_tap, lead_of
from bot.messaging import Entered, Tap, Text, parse_button_key
from bot.services import texts_alarms
from bot.services.desk import Desk
from bot.services.runner import write_down
from store import deliveries
from store.outbox import Urgency

Item = Tap | Text | Entered
#: A stranger is told at most this often how to get in.
STRANGER_TOLD_EVERY: Final = timedelta(hours=1)


def handle(desk: Desk, items: Sequence[Item]) -> None:
    """Handle a batch of callbacks in the order in which they came; one that was handled before changes nothing.

    Raises:
        Exception: whatever one of them ran into; nothing of the batch is kept then.
    """
    new = _unseen(desk, items)
    spoken = [item for item in new if not isinstance(item, Entered)]
    if desk.office is not None and spoken:
        # Locks in their order, once for the batch: standings, then the leads by number.
        desk.tx.standings()
        desk.tx.leads(sorted({lead_id for item in spoken if (lead_id := _lead_of(item)) is not None}))
    for item in spoken:
        _answer(desk, item)
        # The next item asks the database, and must find there what this one did.
        write_down(desk)


def apologise(desk: Desk, item: Item) -> None:
    """Answer an item that could not be handled, so that its repeats change nothing and somebody hears of it."""
    if _unseen(desk, [item]) and not isinstance(item, Entered):
        desk.tell(item.user, texts.FAILED, urgency=Urgency.ANSWER)
        desk.alarm("callback_failed", texts_alarms.CALLBACK_FAILED)


def _unseen(desk: Desk, items: Sequence[Item]) -> list[Item]:
    """Give the items that were never handled, each once, and remember them as handled."""
    by_key: dict[bytes, Item] = {}
    for item in items:
        key = desk.tx.keys.index("callback", item.dedupe_key)
        if key is not None:
            by_key.setdefault(key, item)
    seen = deliveries.callbacks_seen(desk.tx.connection, sorted(by_key))
    new = {key: item for key, item in by_key.items() if key not in seen}
    # Before the effects, and in order: a replica that has the same callback waits here, and then finds it handled.
    deliveries.keep_callbacks(desk.tx.connection, sorted(new), desk.now)
    return list(new.values())


def _lead_of(item: Tap | Text) -> int | None:
    if isinstance(item, Tap):
        key = parse_button_key(item.key)
        return None if key is None else lead_of(key)
    command = parse(item.content)
    return command.lead_id if isinstance(command, Command) else None


def _answer(desk: Desk, item: Tap | Text) -> None:
    if desk.office is None:
        desk.tell(item.user, texts.NOT_IN_FORCE, urgency=Urgency.ANSWER)
        return
    me = speaker_of(desk.office, item.user)
    if me is None:
        _answer_stranger(desk, item.user)
    elif isinstance(item, Tap):
        answer_tap(Talk(desk, me, item.response_code), item)
    else:
        answer_text(Talk(desk, me), item.content)


def _answer_stranger(desk: Desk, user: str) -> None:
    """Tell somebody who is not on the roster how to get in; nothing about any lead."""
    if desk.may_say(f"stranger:{user.casefold()}", every=STRANGER_TOLD_EVERY):
        desk.tell(user, texts.STRANGER, urgency=Urgency.ANSWER)
