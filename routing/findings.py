"""Problems of a file, gathered as they are found: where they stand, what is wrong, how to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from routing.errors import FileRefused, Problem

#: Where something stands in a file: keys and list positions from the root, as `("rules", 2, "when", "province")`.
Path = tuple[str | int, ...]

_NAMED_AT_MOST = 8
_LISTED_AT_MOST = 6


def dotted(path: Path) -> str:
    """Write a path as people do: `rules[2].when.province`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text or "the file"


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Find the known word that was probably meant.

    A word that misses only its prefix (`submit_period` for `trait.submit_period`) or differs only in case, is found
    first.
    """
    by_folded = {name.casefold(): name for name in sorted(known)}
    folded = word.casefold()
    if folded in by_folded:
        return by_folded[folded]
    tail = f".{folded}"
    for name, known_name in by_folded.items():
        if name.endswith(tail):
            return known_name
    close = difflib.get_close_matches(folded, by_folded, n=1, cutoff=cutoff)
    return by_folded[close[0]] if close else None


def mend_with(word: str, known: Iterable[str]) -> str:
    """Say what to write instead of an unknown word: the nearest known one, else what there is to choose from."""
    names = sorted(known)
    meant = nearest(word, names)
    if meant is not None:
        return f"did you mean «{meant}»?"
    if not names:
        return "there is none to choose from yet"
    if len(names) == 1:
        return f"write {names[0]}"
    rest = f" … ({len(names)} in all)" if len(names) > _NAMED_AT_MOST else ""
    return f"use one of {', '.join(names[:_NAMED_AT_MOST])}{rest}"


class Lines:
    """The line of every path of a file; a path that is not in the file has the line of what contains it."""

    __slots__ = ("_of",)

    def __init__(self, of: Mapping[Path, int] | None = None) -> None:
        """Take 1-based lines by path; nothing for a document that has no text (one read from the database)."""
        self._of = of or {}

    def of(self, path: Path) -> int:
        """Give the line of a path, of its nearest parent, or 0 where there is no text."""
        for length in range(len(path), -1, -1):
            line = self._of.get(path[:length])
            if line is not None:
                return line
        return 0


class Findings:
    """Everything found in one file so far. Saying the same thing of the same place twice counts once."""

    __slots__ = ("_found", "lines")

    def __init__(self, lines: Lines | None = None) -> None:
        """Start with nothing found."""
        self.lines = lines or Lines()
        self._found: dict[Problem, Path] = {}

    def error(self, path: Path, message: str, mend: str) -> None:
        """Note something that refuses the file."""
        self._found[Problem(self.lines.of(path), dotted(path), message, mend)] = path

    def warning(self, path: Path, message: str, mend: str) -> None:
        """Note something doubtful; the file can be used."""
        self._found[Problem(self.lines.of(path), dotted(path), message, mend, "warning")] = path

    def broken(self) -> frozenset[str]:
        """Give the top-level keys in which an error was found, so that later checks leave them alone."""
        return frozenset(str(path[0]) for problem, path in self._found.items() if problem.severity == "error" and path)

    def errors(self) -> tuple[Problem, ...]:
        """Give the errors by line."""
        return _by_line(problem for problem in self._found if problem.severity == "error")

    def warnings(self) -> tuple[Problem, ...]:
        """Give the warnings by line."""
        return _by_line(problem for problem in self._found if problem.severity != "error")

    def refuse_on_error(self) -> None:
        """Raise `FileRefused` with all errors, by line, if there is any."""
        errors = self.errors()
        if errors:
            raise FileRefused(errors)


def _by_line(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: (problem.line, problem.path, problem.message)))


def listed(names: Iterable[str]) -> str:
    """Name a few, and say how many more there are."""
    few = list(names)
    rest = f" and {len(few) - _LISTED_AT_MOST} more" if len(few) > _LISTED_AT_MOST else ""
    return ", ".join(few[:_LISTED_AT_MOST]) + rest
