"""规则, 预览, 发布, 回滚: a manager changes the policy without a file; nothing is in force before it is confirmed."""

from __future__ import annotations

from typing import Any, Final

from bot.chat import pending
from bot.chat import texts_policy as words
from bot.chat.command_parser import Command
from bot.chat.command_words import Verb
from bot.chat.manager_targets import usage
from bot.chat.pending import Question
from bot.chat.policy_targets import change_meant
from bot.chat.talk import Talk
from bot.chat.wording import fit_lines
from bot.services import policy_trial
from bot.services.policy_trial import Tried
from bot.services.problem_language import in_language
from bot.services.publish import publish_policy, roll_back_policy
from bot.services.texts_on_cards import JOINT
from routing.errors import FileRefused, Problem
from routing.policy_change import Figure, PolicyChange
from routing.what_if.effects import Effects
from routing.yaml_change import CannotChange
from store import commands
from store.commands import CANCELLED, DRAFT, CommandRow
from store.errors import NotFound

_MOST_REPS: Final = 5
_LONGEST_REASON: Final = 200


def rules_command(talk: Talk, command: Command) -> None:
    """规则: which version is in force, who published it and why, and its rules in their order."""
    del command
    office, stored = talk.office, policy_trial.in_force(talk.desk)
    head = talk.words(words.IN_FORCE, version=stored.version, by=office.name_of(stored.author),
                      at=talk.clock(stored.published_at))  # fmt: skip
    lines = [head + (talk.words(words.IN_FORCE_WHY, reason=stored.reason) if stored.reason else "")]
    for no, rule in enumerate(office.policy.rules, 1):
        named = [office.roster.teams[team].name if team in office.roster.teams else team for team in rule.teams or ()]
        teams = talk.words(JOINT).join(named) or talk.words(words.ALL_TEAMS)
        lines.append(talk.words(words.RULE_LINE, no=no, name=rule.name, teams=teams))
    talk.say_text(fit_lines([*lines, talk.words(words.RULES_FOOT)], talk.me.locale))


def preview_command(talk: Talk, command: Command) -> None:
    """预览 华东 日上限 10: says what would change, what is doubtful, and what it would have done lately."""
    if not command.rest:
        usage(talk, command)
        return
    change = change_meant(talk, command)
    tried = _tried(talk, change) if change is not None else None
    if change is None or tried is None:
        return
    lines = [talk.words(words.PREVIEW_HEAD), *tried.lines, *_warnings(talk, tried.warnings)]
    lines += _effects(talk, policy_trial.effects_of(talk.desk, tried.text))
    talk.say_text(fit_lines([*lines, talk.words(words.PREVIEW_FOOT)], talk.me.locale))
    pending.keep_draft(talk, Verb.PREVIEW, {**_as_data(change), "base": talk.office.policy.version})


def publish_command(talk: Talk, command: Command) -> None:
    """发布 原因: asks for confirmation of what was previewed last."""
    tx = talk.desk.tx
    draft = commands.latest(tx.connection, talk.me.id, (DRAFT,), tx.keys)
    if draft is None:
        talk.say(words.NO_DRAFT)
        return
    tried = _still_meant(talk, draft)
    if tried is None:
        return
    reason = command.rest[:_LONGEST_REASON]
    if tried.warnings and not reason:
        talk.say_text("\n".join([*_warnings(talk, tried.warnings), talk.words(words.REASON_WANTED)]))
        return
    arguments = {**draft.arguments, "draft": draft.command_id}
    question = Question(Verb.PUBLISH, arguments, talk.words(words.PUBLISH_TITLE), tried.lines, words=reason)
    pending.ask_to_confirm(talk, question)


def confirmed_publish(talk: Talk, command: CommandRow) -> dict[str, Any] | None:
    """Put a confirmed change into force, unless another version came first."""
    tried = _still_meant(talk, command)
    if tried is None:
        return None
    reason = str(command.private.get("words") or "; ".join(tried.lines))
    try:
        done = publish_policy(talk.desk, tried.text, author=talk.me.id, reason=reason)
    except FileRefused as refused:
        _say_refused(talk, refused)
        return None
    commands.finish(talk.desk.tx.connection, int(command.arguments["draft"]), CANCELLED)
    talk.say(words.PUBLISHED, version=done.version)
    return {"kind": "policy", "version": done.version, "back": int(command.arguments["base"])}


def rollback_command(talk: Talk, command: Command) -> None:
    """回滚, 回滚 3: asks whether the version before, or the one named, is to be in force again."""
    stored = policy_trial.in_force(talk.desk)
    named = "".join(sign for sign in command.rest if sign.isascii() and sign.isdigit())[:9]
    wanted = int(named) if named else stored.version - 1
    if not talk.office.is_admin(talk.me.id) and stored.author != talk.me.id:
        talk.say(words.NOT_YOUR_VERSION)
    elif wanted < 1 and not named:
        talk.say(words.NO_EARLIER)
    else:
        _ask_to_roll_back(talk, wanted)


def _ask_to_roll_back(talk: Talk, wanted: int) -> None:
    try:
        lines = policy_trial.difference(talk.desk, wanted, talk.me.locale)
    except NotFound:
        talk.say(words.NO_VERSION, version=wanted)
        return
    except FileRefused as refused:
        _say_refused(talk, refused)
        return
    if not lines:
        talk.say(words.SAME)
        return
    arguments = {"to": wanted, "base": talk.office.policy.version}
    title = talk.words(words.ROLLBACK_TITLE, version=wanted)
    pending.ask_to_confirm(talk, Question(Verb.ROLLBACK, arguments, title, lines))


def confirmed_rollback(talk: Talk, command: CommandRow) -> dict[str, Any] | None:
    """Put the earlier version into force, unless another came first."""
    base = int(command.arguments["base"])
    if not _is_in_force(talk, base):
        return None
    return _back_to(talk, int(command.arguments["to"]), base)


def undo_policy(talk: Talk, undo: dict[str, Any]) -> bool:
    """Put back what was in force before, if nobody has changed it since."""
    if talk.office.policy.version != int(undo["version"]):
        talk.say(words.UNDO_TOO_LATE)
        return False
    return _back_to(talk, int(undo["back"]), int(undo["version"])) is not None


def _back_to(talk: Talk, wanted: int, base: int) -> dict[str, Any] | None:
    try:
        done = roll_back_policy(talk.desk, wanted, author=talk.me.id)
    except FileRefused as refused:
        _say_refused(talk, refused)
        return None
    talk.say(words.ROLLED_BACK, back=wanted, version=done.version)
    return {"kind": "policy", "version": done.version, "back": base}


def _still_meant(talk: Talk, command: CommandRow) -> Tried | None:
    """Give a kept change anew, while the version that it was made for is in force; else say so."""
    arguments = command.arguments
    if not _is_in_force(talk, int(arguments["base"])):
        return None
    return _tried(talk, PolicyChange(Figure(arguments["figure"]), arguments["of"], int(arguments["value"])))


def _is_in_force(talk: Talk, version: int) -> bool:
    now = talk.office.policy.version
    if now != version:
        talk.say(words.MOVED, version=now)
    return now == version


def _tried(talk: Talk, change: PolicyChange) -> Tried | None:
    """Try a change; None where it can't be, or changes nothing, which is said."""
    try:
        tried = policy_trial.try_change(talk.desk, change, talk.me.locale)
    except CannotChange:
        talk.say(words.BY_FILE)
        return None
    except FileRefused as refused:
        _say_refused(talk, refused)
        return None
    if not tried.lines:
        talk.say(words.SAME)
        return None
    return tried


def _say_refused(talk: Talk, refused: FileRefused) -> None:
    problem, locale = refused.problems[0], talk.me.locale
    talk.say(words.REFUSED, problem=in_language(problem.message, locale), mend=in_language(problem.mend, locale))


def _warnings(talk: Talk, problems: tuple[Problem, ...]) -> list[str]:
    locale = talk.me.locale
    return [
        talk.words(words.WARNING, problem=in_language(item.message, locale), mend=in_language(item.mend, locale))
        for item in problems
    ]


def _effects(talk: Talk, found: Effects | None) -> list[str]:
    """Say what the change would have done lately, and for whom most."""
    if found is None:
        return [talk.words(words.NO_PAST)]
    if not found.differences and not found.changed:
        return [talk.words(words.EFFECT_NONE, decisions=found.decisions)]
    lines = [talk.words(words.EFFECT, decisions=found.decisions, changed=found.changed, longer=found.longer,
                        shorter=found.shorter)]  # fmt: skip
    moved = sorted((rep for rep in found.reps if rep.before != rep.after), key=lambda rep: -abs(rep.after - rep.before))
    told = [
        talk.words(words.EFFECT_REP, name=talk.office.name_of(rep.rep), change=f"{rep.after - rep.before:+d}")
        for rep in moved[:_MOST_REPS]
    ]
    return [*lines, talk.words(words.EFFECT_REPS, reps=talk.words(JOINT).join(told))] if told else lines


def _as_data(change: PolicyChange) -> dict[str, Any]:
    return {"figure": change.figure.value, "of": change.of, "value": change.value}
