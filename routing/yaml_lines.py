"""YAML as operators mean it, with the line of every value.

YAML 1.1, as PyYAML reads it, turns `12:30` into 750, `no` into False, `0123` into 83 and dates into objects: traps for
shifts, languages and codes. Here only true/false, decimal numbers and null are anything but text. The document is built
from the parser's events, not by its recursive composer, so that no nesting and no anchor can exhaust the process.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from routing.errors import FileRefused, Problem
from routing.findings import Lines, Path, dotted

_MOST_CHARACTERS = 4_000_000
_MOST_VALUES = 400_000
_DEEPEST = 40

_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\Z")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}\Z")
#: What YAML allows nowhere: control characters but tab and line ends, and halves of surrogate pairs.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_WORDS: dict[str, bool | None] = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "null": None, "Null": None, "NULL": None, "~": None, "": None,
}  # fmt: skip

Plain = Any
"""What a document is made of: dict with text keys, list, str, int, float, bool, None."""


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A document as plain data, and where each value stands."""

    data: Plain
    lines: Lines


def text_of(raw: bytes) -> str:
    """Decode a file.

    Raises:
        FileRefused: it isn't UTF-8, with the line where that shows.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _refused(line, "the text isn't UTF-8", "save the file as UTF-8 (not GBK, not UTF-16)") from error


def read_yaml(text: str) -> YamlDocument:
    """Read one YAML document.

    Raises:
        FileRefused: it isn't YAML, holds more than one document, repeats a key, uses tags, or would grow
            without bounds.
    """
    if len(text) > _MOST_CHARACTERS:
        raise _refused(0, "the file is larger than 4 million characters", "split it, or take out what nobody needs")
    builder = _Builder()
    try:
        for event in yaml.parse(text.removeprefix("\ufeff"), Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise _syntax_refused(error, text) from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise _refused(_line_of_control(text), "there is a character that YAML forbids", _CONTROL_MEND) from error
    if not builder.documents:
        raise _refused(0, "the file is empty", "start from the example file")
    return YamlDocument(builder.documents[0], Lines(builder.lines))


_CONTROL_MEND = "take out the invisible character and save the file as UTF-8"


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not been read yet."""

    container: dict[str, Plain] | list[Plain]
    path: Path
    anchor: str | None
    values_before: int
    key: str | None = None


@dataclass(slots=True)
class _Builder:
    """Turns parser events into plain data, counting as it goes."""

    documents: list[Plain] = field(default_factory=list)
    lines: dict[Path, int] = field(default_factory=dict)
    _stack: list[_Open] = field(default_factory=list)
    _anchors: dict[str, tuple[Plain, int]] = field(default_factory=dict)
    _values: int = 0

    def take(self, event: Any) -> None:
        """Take the next event."""
        line = event.start_mark.line + 1
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, yaml.MappingStartEvent):
            self._begin({}, event, line)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._begin([], event, line)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event.anchor, line)
        elif isinstance(event, yaml.DocumentStartEvent) and self.documents:
            raise _refused(line, "a second document begins here", "keep one document in a file: take out the `---`")

    def _scalar(self, event: Any, line: int) -> None:
        top = self._stack[-1] if self._stack else None
        if top is not None and isinstance(top.container, dict) and top.key is None:
            self._key(top, event, line)
            return
        _no_tag(event.tag, line)
        value = _resolved(event.value) if event.implicit[0] else event.value
        self._count(1, line)
        self._put(value, line)
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)

    def _key(self, top: _Open, event: Any, line: int) -> None:
        """Keys stay text as they are written, so that `0123:` and `no:` mean themselves."""
        _no_tag(event.tag, line)
        if event.value in top.container:
            first = self.lines[(*top.path, event.value)]
            raise _refused(
                line, f"«{event.value}» is written twice, first in line {first}", "keep one of the two",
                (*top.path, event.value),
            )  # fmt: skip
        top.key = event.value
        self.lines[(*top.path, event.value)] = line

    def _begin(self, container: dict[str, Plain] | list[Plain], event: Any, line: int) -> None:
        _no_tag(event.tag, line)
        if len(self._stack) >= _DEEPEST:
            raise _refused(line, f"nested more than {_DEEPEST} deep", "write it flatter")
        before = self._values
        self._count(1, line)
        path = self._put(container, line)
        self._stack.append(_Open(container, path, event.anchor, before))

    def _end(self) -> None:
        closed = self._stack.pop()
        if closed.anchor:
            self._anchors[closed.anchor] = (closed.container, self._values - closed.values_before)

    def _alias(self, anchor: str | None, line: int) -> None:
        if anchor is None or anchor not in self._anchors:
            raise _refused(line, f"«*{anchor}» has no finished «&{anchor}» before it", "write the value out")
        value, size = self._anchors[anchor]
        self._count(size, line)
        self._put(value, line)

    def _count(self, values: int, line: int) -> None:
        self._values += values
        if self._values > _MOST_VALUES:
            raise _refused(
                line, f"more than {_MOST_VALUES} values, aliases unfolded", "write it without so many aliases"
            )

    def _put(self, value: Plain, line: int) -> Path:
        if not self._stack:
            self.documents.append(value)
            self.lines[()] = line
            return ()
        top = self._stack[-1]
        path: Path
        if isinstance(top.container, list):
            path = (*top.path, len(top.container))
            top.container.append(value)
            self.lines[path] = line
        else:
            if top.key is None:
                raise _refused(
                    line, "a mapping or a list stands where a key is expected", "write `key: value`", top.path
                )
            path = (*top.path, top.key)
            top.container[top.key] = value
            top.key = None
        return path


def _resolved(text: str) -> Plain:
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.match(text):
        return int(text)
    if _DECIMAL.match(text):
        return float(text)
    return text


def _no_tag(tag: str | None, line: int) -> None:
    if tag is not None and tag != "!":
        raise _refused(line, f"the tag «{tag}» is not understood", "take the tag out")


def _syntax_refused(error: yaml.MarkedYAMLError, text: str) -> FileRefused:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark is not None else 0
    problem = error.problem or "it can't be read"
    written = "".join(text.split("\n")[line - 1 : line])
    if "\t" in written[: len(written) - len(written.lstrip())]:
        return _refused(line, "a tab is used for indenting", "indent with spaces")
    began = f", begun in line {error.context_mark.line + 1}" if error.context_mark is not None else ""
    context = f" ({error.context}{began})" if error.context else ""
    return _refused(
        line, f"this isn't YAML: {problem}{context}", "check the indenting, colons, quotes and brackets here"
    )


def _line_of_control(text: str) -> int:
    found = _CONTROL.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def _refused(line: int, message: str, mend: str, path: Path = ()) -> FileRefused:
    return FileRefused((Problem(line, dotted(path), message, mend),))
