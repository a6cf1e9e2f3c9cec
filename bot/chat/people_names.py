"""Whom a name means: userid, name, pinyin, or the beginning of one of these. Never a guess between several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice, product
from typing import Final

from pypinyin import Style, pinyin

from bot.chat.command_words import folded
from routing.roster import Rep

_MOST_READINGS: Final = 16
#: What may follow a Chinese name without a blank: a number, in either script.
_VALUE: Final = re.compile(r"[\s,:;、，]|[0-9零一二两三四五六七八九十半¥]|$")


@dataclass(frozen=True, slots=True)
class Named:
    """What the beginning of a text names.

    Attributes:
        people: one, several that it may mean, or nobody.
        rest: what stands behind the name.
        said: the name as it was typed.
    """

    people: tuple[Rep, ...]
    rest: str = field(default="", repr=False)
    said: str = ""


def read_person(text: str, people: Sequence[Rep]) -> Named:
    """Read a name from the beginning of a text: a whole name first, the longest; else the beginning of a name."""
    shown = text.strip(" ,:;、，")
    plain = folded(shown)
    longest = 0
    found: list[Rep] = []
    for rep in people:
        for key in _keys(rep.id, rep.name):
            if len(key) >= longest and _stands_at_beginning(plain, key):
                found = [rep] if len(key) > longest else [*found, rep]
                longest = len(key)
    if found:
        return Named(tuple({rep.id: rep for rep in found}.values()), shown[longest:].strip(" ,:;、，"), shown[:longest])
    word = re.match(r"[^\s,:;、，]+", plain)
    if word is None:
        return Named(())
    head = word[0]
    if not head.isascii():
        head = re.split(r"[0-9]", head, maxsplit=1)[0] or head
    begins = tuple(rep for rep in people if any(key.startswith(head) for key in _keys(rep.id, rep.name)))
    return Named(begins, shown[len(head) :].strip(" ,:;、，"), shown[: len(head)])


def _stands_at_beginning(plain: str, key: str) -> bool:
    """Say whether a text begins with a whole name: 张三 stands in 张三 and 张三2小时, not in 张三丰."""
    if not plain.startswith(key):
        return False
    after = plain[len(key) :]
    if key[-1].isascii():
        return not after or not (after[0].isascii() and (after[0].isalnum() or after[0] in "_.@-"))
    return _VALUE.match(after) is not None


@lru_cache(maxsize=4096)
def _keys(rep_id: str, name: str) -> tuple[str, ...]:
    """Give everything that a person may be called by, comparable."""
    plain = folded(name)
    return tuple(dict.fromkeys(key for key in (folded(rep_id), plain, *_readings(plain)) if key))


def _readings(plain: str) -> tuple[str, ...]:
    """Give the name in pinyin without tones; several readings where a character has them (单: shan, dan)."""
    if plain.isascii():
        return ()
    syllables = pinyin(plain, style=Style.NORMAL, heteronym=True)
    return tuple("".join(reading).replace(" ", "") for reading in islice(product(*syllables), _MOST_READINGS))
