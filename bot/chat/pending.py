"""Commands that wait for 确认 or for a choice, and the record of those that were carried out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from bot.chat import texts_managers as texts
from bot.chat.command_parser import Command
from bot.chat.command_words import Verb
from bot.chat.talk import Talk
from bot.messaging import Option
from store import commands
from store.commands import AWAITING, DONE, DRAFT, CommandRow
from store.outbox import NewMessage, Urgency

#: A question that was not answered by then is void.
LAPSES_AFTER: Final = timedelta(minutes=5)
CONFIRM: Final = "confirm"
CHOICE: Final = "choice"


@dataclass(frozen=True, slots=True)
class Question:
    """Something to be confirmed: `arguments` are ids and codes, `lines` say what will happen, `words` are the person's own."""

    verb: Verb
    arguments: dict[str, Any]
    title: str
    lines: tuple[str, ...] = field(default=())
    words: str = field(default="", repr=False)


def record(talk: Talk, verb: Verb, arguments: dict[str, Any], undo: dict[str, Any] | None, *, words: str = "") -> None:
    """Keep a command that was carried out at once, and how to take it back."""
    _add(talk, verb, DONE, arguments, undo=undo, private={"words": words} if words else {})


def keep_draft(talk: Talk, verb: Verb, arguments: dict[str, Any]) -> None:
    """Keep what was only tried, so that a later command can do it."""
    _add(talk, verb, DRAFT, arguments)


def ask_to_confirm(talk: Talk, question: Question) -> None:
    """Ask 确认 / 取消 by card, before something that touches other people."""
    arguments = {**question.arguments, "kind": CONFIRM}
    kept = {"title": question.title} | ({"words": question.words} if question.words else {})
    command_id = _add(talk, question.verb, AWAITING, arguments, private=kept)
    private: dict[str, object] = {"title": question.title, "lines": list(question.lines)}
    _send(talk, "confirm_card", command_id, private)


def ask_which(talk: Talk, command: Command, title: str, options: Sequence[Option], *, rest: str = "") -> None:
    """Ask by card which of several was meant; the command goes on with the choice in front of `rest`.

    Args:
        talk: with whom.
        command: that is not clear.
        title: what is asked.
        options: what may be meant, ids without blanks.
        rest: what stands behind the unclear word.
    """
    arguments = {"kind": CHOICE, "lead": command.lead_id, "options": [option.id for option in options]}
    command_id = _add(talk, command.verb, AWAITING, arguments, private={"rest": rest, "title": title})
    shown = [[option.id, option.text, *([option.short] if option.short else [])] for option in options]
    _send(talk, "choice_card", command_id, {"title": title, "options": shown})


def _add(
    talk: Talk,
    verb: Verb,
    state: str,
    arguments: dict[str, Any],
    *,
    undo: dict[str, Any] | None = None,
    private: dict[str, Any] | None = None,
) -> int:
    tx = talk.desk.tx
    command_id = tx.reserve("command", 1)[0]
    row = CommandRow(command_id, talk.me.id, verb, talk.desk.now, state, arguments, undo, private or {})
    commands.add(tx.connection, row, tx.keys)
    return command_id


def _send(talk: Talk, kind: str, command_id: int, private: dict[str, object]) -> None:
    payload: dict[str, object] = {"command": f"C{command_id}"}
    talk.desk.tx.message(NewMessage(talk.me.id, kind, Urgency.ANSWER, payload=payload, private=private))


def lapsed(talk: Talk, row: CommandRow) -> bool:
    """Say whether a question has waited too long for its answer."""
    return talk.desk.now - row.given_at > LAPSES_AFTER


def still_open(talk: Talk, row: CommandRow | None, kind: str) -> CommandRow | None:
    """Give a question that this person may answer now; else say why not, on the card where it was tapped."""
    if row is None or row.arguments.get("kind") != kind:
        talk.say(texts.NOTHING_PENDING)
    elif row.actor != talk.me.id:
        talk.say(texts.NOT_YOUR_COMMAND)
    elif row.state != AWAITING:
        talk.close_command(row, "handled")
        talk.say(texts.SETTLED)
    elif lapsed(talk, row):
        commands.finish(talk.desk.tx.connection, row.command_id, commands.CANCELLED)
        talk.close_command(row, "lapsed")
        talk.say(texts.LAPSED)
    else:
        return row
    return None
