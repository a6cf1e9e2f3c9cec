"""What people type, read as commands. Pure; whatever is typed, there is an answer and never an exception."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

from pypinyin import lazy_pinyin

from bot.chat.command_words import NAMES, NOT_BUILT, Verb, folded, visible

#: Whatever follows these is read as a value, so nothing else may follow the others.
_ALONE: Final = frozenset({Verb.ONLINE, Verb.OFFLINE, Verb.UNDO, Verb.CONFIRM, Verb.CANCEL})
_WITH_LEAD: Final = frozenset(
    {Verb.ACCEPT, Verb.DECLINE, Verb.SNOOZE, Verb.NOTE, Verb.WON, Verb.LOST, Verb.INVALID, Verb.CLAIM, Verb.WHY,
     Verb.WHY_NOT, Verb.APPEAL,
     Verb.ASSIGN, Verb.REASSIGN, Verb.WITHDRAW}
)  # fmt: skip
_LEAD_ANYWHERE: Final = frozenset({Verb.ASSIGN, Verb.REASSIGN, Verb.WHY_NOT})
_OPENING: Final = " \t\r\n/／、「『“\"'‘【《"
_QUOTES: Final = frozenset("「『“\"'‘【《")
_CLOSING: Final = " \t\r\n」』”\"'’】》。.!~"
_SEPARATORS: Final = " \t\r\n,:;，：；、"
_PARTICLES: Final = re.compile(r"[了吧啦呀啊呢哦嘛的一下]{0,3}")
#: L1024, l 1024, 线索1024; a bare number only where it isn't the beginning of an amount, a duration or a date.
_LEAD: Final = re.compile(
    r"[\s,:;#、]*(?:线索\s*|lead\s*)?"
    r"(?:l\s*#?\s*([0-9]+)|#?([0-9]{4,})(?![0-9.,:/%~-])(?![年月日号天周点时分秒个小万千百亿元块次]|[hmdwk](?![a-z])))"
)
_LEAD_INSIDE: Final = re.compile(r"(?<![a-z0-9_.@-])l\s?([0-9]{1,})(?![0-9a-z_])|(?:^|(?<=\s))#?([0-9]{4,})(?=\s|$)")
_MOST_DIGITS: Final = 12
_ALIKE: Final = 0.5
_ALIKE_ENGLISH: Final = 0.6
_SUGGESTED: Final = 3
_LONGEST_WORD: Final = 12


@dataclass(frozen=True, slots=True)
class Command:
    """A command as it was typed.

    Attributes:
        verb: what is asked for.
        lead_id: of which lead, if one is named; a number that no lead can have stands for any that is too long.
        rest: what was typed besides, as it was typed.
        word: the word that named the command.
    """

    verb: Verb
    lead_id: int | None = None
    rest: str = field(default="", repr=False)
    word: str = ""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Not understood; the nearest commands, most alike first."""

    suggestions: tuple[Verb, ...] = ()


def parse(text: str) -> Command | Unclear:
    """Read what somebody typed."""
    shown = visible(text).strip()
    # Copied from an answer, quotes and all.
    shown = shown.strip(_OPENING + _CLOSING) if shown[:1] in _QUOTES else shown.lstrip(_OPENING)
    plain = folded(shown)
    for name, verb in _BY_LENGTH:
        end = _end_of(plain, name)
        if end is None:
            continue
        if verb in _ALONE and not _says_nothing(plain[end:]):
            continue
        return _command(verb, name, shown[end:])
    return Unclear(nearest(plain))


def _names() -> Iterator[tuple[str, Verb]]:
    for verb, names in NAMES.items():
        for name in names:
            yield name, verb
    for name in NOT_BUILT:
        yield name, Verb.NOT_BUILT


_BY_LENGTH: Final = sorted(_names(), key=lambda item: -len(item[0]))


def _end_of(plain: str, name: str) -> int | None:
    """Say where the name ends if the text begins with it; English names end with the word or before a number."""
    if not plain.startswith(name):
        return None
    if name[-1].isascii() and name[-1].isalpha():
        after = plain[len(name) :]
        if after[:1].isalpha() and after[:1].isascii() and not re.match(r"l\s?[0-9]", after):
            return None
    return len(name)


def _command(verb: Verb, name: str, rest: str) -> Command:
    plain = folded(rest)
    found = _LEAD.match(plain) if verb in _WITH_LEAD else None
    if found is not None:
        return Command(verb, _number(found), _said(rest[found.end() :]), name)
    inside = _LEAD_INSIDE.search(plain) if verb in _LEAD_ANYWHERE else None
    if inside is not None:
        return Command(verb, _number(inside), _said(f"{rest[: inside.start()]} {rest[inside.end() :]}"), name)
    return Command(verb, None, _said(rest), name)


def _said(rest: str) -> str:
    """Give what was typed besides, or nothing where it is but a full stop."""
    return "" if _says_nothing(folded(rest)) else rest.strip(_SEPARATORS)


def _says_nothing(plain: str) -> bool:
    return _PARTICLES.fullmatch(plain.strip(_SEPARATORS + _CLOSING + "?")) is not None


def _number(found: re.Match[str]) -> int:
    digits = found[1] or found[2]
    return int(digits) if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS


def nearest(plain: str) -> tuple[Verb, ...]:
    """Give the commands that were perhaps meant: by a name inside the text, by sound, or by most of the letters."""
    scores: dict[Verb, float] = {}
    for verb, names in NAMES.items():
        scores[verb] = max(_likeness(plain, name) for name in names)
    ranked = sorted((verb for verb in scores if scores[verb] > 0), key=lambda verb: -scores[verb])
    return tuple(ranked[:_SUGGESTED])


def _likeness(plain: str, name: str) -> float:
    if len(name) < 2:  # noqa: PLR2004  one character is like anything
        return 0.0
    if name.isascii():
        word = re.split(r"[^a-z ]", plain, maxsplit=1)[0][:_LONGEST_WORD].strip()
        ratio = SequenceMatcher(None, word.split(" ")[0] if " " not in name else word, name).ratio()
        return ratio if ratio >= _ALIKE_ENGLISH else 0.0
    if name in plain:
        return 1.0
    head = plain[: len(name)]
    if len(head) == len(name) and lazy_pinyin(head) == _SOUNDS[name]:
        return 0.9
    same = sum(one == other for one, other in zip(head, name, strict=False)) / len(name)
    return same if same >= _ALIKE else 0.0


_SOUNDS: Final = {name: lazy_pinyin(name) for names in NAMES.values() for name in names if not name.isascii()}
