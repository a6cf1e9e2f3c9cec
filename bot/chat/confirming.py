"""确认 and 取消, tapped or typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from bot.chat import texts_managers as words
from bot.chat.breaker_commands import confirmed_breaker
from bot.chat.command_parser import Command
from bot.chat.command_words import Verb
from bot.chat.manager_moves import confirmed_give, confirmed_withdraw
from bot.chat.manager_people import confirmed_pause
from bot.chat.pending import CONFIRM, still_open
from bot.chat.policy_commands import confirmed_publish, confirmed_rollback
from bot.chat.talk import Talk
from store import commands
from store.commands import AWAITING, CANCELLED, DONE, UNDONE, CommandRow

#: Verb -> what is done once it is confirmed; gives how to take it back, None where nothing was done.
CONFIRMED: Final[Mapping[Verb, Callable[[Talk, CommandRow], dict[str, Any] | None]]] = MappingProxyType(
    {
        Verb.ASSIGN: confirmed_give,
        Verb.REASSIGN: confirmed_give,
        Verb.WITHDRAW: confirmed_withdraw,
        Verb.PAUSE: confirmed_pause,
        Verb.BREAKER: confirmed_breaker,
        Verb.PUBLISH: confirmed_publish,
        Verb.ROLLBACK: confirmed_rollback,
    }
)


def confirm_command(talk: Talk, command: Command) -> None:
    """确认, typed: the latest question."""
    del command
    confirm(talk, _latest(talk))


def cancel_command(talk: Talk, command: Command) -> None:
    """取消, typed: the latest question."""
    del command
    cancel(talk, _latest(talk))


def _latest(talk: Talk) -> CommandRow | None:
    """Give the question that was asked last, unless something was done since: a second 确认 must not reach an older one."""
    tx = talk.desk.tx
    last = commands.latest(tx.connection, talk.me.id, (AWAITING, DONE, CANCELLED, UNDONE), tx.keys)
    return last if last is not None and last.state == AWAITING else None


def confirm(talk: Talk, row: CommandRow | None) -> None:
    """Carry out what was asked, once."""
    found = still_open(talk, row, CONFIRM)
    if found is None:
        return
    undo = CONFIRMED[Verb(found.verb)](talk, found)
    state = DONE if undo is not None else CANCELLED
    commands.finish(talk.desk.tx.connection, found.command_id, state, undo=undo)
    talk.close_command(found, "done" if undo is not None else "handled")


def cancel(talk: Talk, row: CommandRow | None) -> None:
    """Drop a question, also one that asked for a choice."""
    found = still_open(talk, row, CONFIRM if row is None else str(row.arguments.get("kind")))
    if found is not None:
        commands.finish(talk.desk.tx.connection, found.command_id, CANCELLED)
        talk.close_command(found, "cancelled")
        talk.say(words.CANCELLED)
