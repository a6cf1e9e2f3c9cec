"""What differs between two policies, in words for those who decide by them: Simplified Chinese first, English by locale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from routing.durations import duration_in_words, parse_duration
from routing.policy_diff_texts import FIELDS, KEYS, NAMED, OPERATORS, SECTIONS, VALUES

_ORDER_MATTERS = frozenset({"rules", "pool.first"})
_DURATION_KEYS = frozenset({
    "within", "remind", "after", "warn", "claim_window", "previous_owner_waits", "first_contact", "calm_for", "at_most",
    "p90_acknowledge", "falls_back_after", "without_close", "without_follow_up", "acknowledge",
})  # fmt: skip
#: Texts that people chose themselves; a word of the file among them is still theirs.
_OWN_WORDS = frozenset(
    {"name", "teams", "script", "file", "version", "reasons", "certificates", "documents", "level", "timezone"}
)


def diff(old: Mapping[str, Any], new: Mapping[str, Any], locale: str = "zh") -> tuple[str, ...]:
    """Say what changes from one policy document to the next, one change a line; nothing if they mean the same.

    Entries with names (rules, factors, …) are compared by name; that a rule moved is a change, since the
    first match counts.

    Args:
        old: a document.
        new: the one that comes after it.
        locale: `zh` or `en`.
    """
    told = _Teller(locale)
    lines: list[str] = []
    for section in dict.fromkeys([*SECTIONS, *old, *new]):
        lines += told.changes(old.get(section), new.get(section), (section,))
    return tuple(lines)


def _by_name(entries: list[Any]) -> dict[str, Any]:
    """Key entries by name; versions of one document have the same name, so the version counts as well."""
    named: dict[str, Any] = {}
    for entry in entries:
        name = str(entry.get("name", ""))
        named[name if name not in named else f"{name} {entry.get('version', len(named))}"] = entry
    return named


def _moved(before: list[str], after: list[str]) -> frozenset[str]:
    """Give the names that changed places; those that kept their order among each other did not."""
    old = [name for name in before if name in after]
    new = [name for name in after if name in before]
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    stayed = {name for block in blocks for name in old[block.a : block.a + block.size]}
    return frozenset(old) - stayed


@dataclass(frozen=True, slots=True)
class _Teller:
    """Tells differences in one language."""

    locale: str

    def changes(self, old: Any, new: Any, path: tuple[str, ...]) -> Iterator[str]:
        """Tell what differs at one place of the file, and below it."""
        if old == new and type(old) is type(new):
            return
        key = ".".join(path)
        section = self._section(key)
        if key in NAMED and isinstance(old or [], list) and isinstance(new or [], list):
            yield from self._named_changes(old or [], new or [], path)
        elif isinstance(old, Mapping) and isinstance(new, Mapping) and path[-1] != "when":
            for inner in dict.fromkeys([*old, *new]):
                yield from self.changes(old.get(inner), new.get(inner), (*path, inner))
        elif isinstance(new, Mapping) and old is None and len(path) == 1:
            yield self._say(f"新增{section}：{self._shown(new, path)}", f"new {section}: {self._shown(new, path)}")
        elif isinstance(old, Mapping) and new is None and len(path) == 1:
            yield self._say(f"删除{section}：{self._shown(old, path)}", f"removed {section}: {self._shown(old, path)}")
        else:
            yield f"{self._label(path)}{self._colon}{self._shown(old, path)} → {self._shown(new, path)}"

    def _named_changes(self, old: list[Any], new: list[Any], path: tuple[str, ...]) -> Iterator[str]:
        key = ".".join(path)
        kind = self._say(*NAMED[key])
        before, after = _by_name(old), _by_name(new)
        for name, entry in before.items():
            if name not in after:
                rest = self._content(entry, path)
                yield self._say(f"删除{kind}「{name}」{rest}", f"removed {kind} “{name}”{rest}")
        moved = _moved(list(before), list(after)) if key in _ORDER_MATTERS else frozenset()
        for place, (name, entry) in enumerate(after.items(), start=1):
            if name not in before:
                rest = self._content(entry, path)
                yield self._say(
                    f"新增{kind}「{name}」（第 {place} 条）{rest}", f"new {kind} “{name}” (no. {place}){rest}"
                )
                continue
            if name in moved:
                was = list(before).index(name) + 1
                yield self._say(
                    f"{kind}「{name}」由第 {was} 条移到第 {place} 条",
                    f"{kind} “{name}” moved from no. {was} to no. {place}",
                )
            named = self._say(f"「{name}」", f" “{name}”")
            for inner in dict.fromkeys([*before[name], *entry]):
                yield from self.changes(before[name].get(inner), entry.get(inner), (*path, named, inner))

    def _content(self, entry: Mapping[str, Any], path: tuple[str, ...]) -> str:
        rest = {key: value for key, value in entry.items() if key != "name"}
        return f"{self._colon}{self._shown(rest, path)}" if rest else ""

    def _label(self, path: tuple[str, ...]) -> str:
        """Name the place: section, then keys; `规则「华东」 团队`."""
        words = [self._section(path[0])]
        for step in path[1:]:
            if step.startswith(("「", " “")):
                words[-1] += step
            elif not (words[-1] == self._section(path[0]) and ".".join(path[:2]) in NAMED and step == path[1]):
                words.append(self._key(step))
        return " ".join(words)

    def _shown(self, value: Any, path: tuple[str, ...]) -> str:
        if value is None:
            return self._say("（无）", "(none)")
        if isinstance(value, bool):
            return self._say("是", "yes") if value else self._say("否", "no")
        if isinstance(value, str):
            return self._text(value, path)
        if path[-1] == "when" and isinstance(value, Mapping):
            return self._condition(value)
        if isinstance(value, list):
            return self._comma("、").join(self._shown(each, path) for each in value) or self._say("（空）", "(empty)")
        if isinstance(value, Mapping):
            shown = (f"{self._key(key)} {self._shown(inner, (*path, key))}" for key, inner in value.items())
            return self._comma("，").join(shown)
        return f"{value:,}" if isinstance(value, int) else str(value)

    def _text(self, value: str, path: tuple[str, ...]) -> str:
        if self.locale == "en":
            return value
        if path[-1] in _DURATION_KEYS:
            return _in_words(value)
        return value if path[-1] in _OWN_WORDS else VALUES.get(value, value)

    def _condition(self, when: Mapping[str, Any]) -> str:
        """Say a condition in words: 省份 是 新疆、青海，预算 ≥ 50,000."""
        return self._comma("，").join(self._line(key, value) for key, value in when.items())

    def _line(self, key: str, value: Any) -> str:
        if key == "not" and isinstance(value, Mapping):
            return self._say(f"并非（{self._condition(value)}）", f"not ({self._condition(value)})")
        if key in ("any", "all") and isinstance(value, list):
            either = self._say(" 或 ", " or ") if key == "any" else self._say(" 且 ", " and ")
            return self._say("（{}）", "({})").format(either.join(self._condition(part) for part in value))
        field = self._say(FIELDS.get(key, key), key)
        if not isinstance(value, Mapping):
            return self._compared(field, "in" if isinstance(value, list) else "eq", value)
        return self._comma("，").join(self._compared(field, word, inner) for word, inner in value.items())

    def _compared(self, field: str, operator: str, value: Any) -> str:
        if operator == "exists":
            return self._say("有" if value else "没有", "with " if value else "without ") + field
        if isinstance(value, list):
            value = self._comma("、").join(self._shown(each, ("",)) for each in value)
        word = self._say(*OPERATORS[operator])
        return f"{field} {word} {value if isinstance(value, str) else self._shown(value, ('',))}"

    def _section(self, key: str) -> str:
        return key if self.locale == "en" else SECTIONS.get(key, key)

    def _key(self, key: str) -> str:
        return key if self.locale == "en" else KEYS.get(key, key)

    def _say(self, zh: str, en: str) -> str:
        return en if self.locale == "en" else zh

    def _comma(self, zh: str) -> str:
        return ", " if self.locale == "en" else zh

    @property
    def _colon(self) -> str:
        return self._say("：", ": ")


def _in_words(value: str) -> str:
    try:
        return duration_in_words(parse_duration(value))
    except ValueError:
        return value
