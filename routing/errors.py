"""Errors of deciding.

RoutingError
├── FileRefused        a policy or team file that can't be used; carries every problem with its line
├── UnknownVersion     a stored decision names a policy or roster version that was not given
└── IllegalMove        a lead or offer can't go that way from where it is
"""

from __future__ import annotations

from dataclasses import dataclass


class RoutingError(Exception):
    """Deciding could not go on."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, or doubtful, in a file that an operator wrote.

    Attributes:
        line: 1-based line in the file; 0 where no single line is to blame.
        path: where it stands, as `rules[2].when.province`.
        message: what is wrong, in plain words.
        mend: what to write instead, in one line.
        severity: `error` refuses the file, `warning` needs a reason to be published.
    """

    line: int
    path: str
    message: str
    mend: str
    severity: str = "error"

    def __str__(self) -> str:
        """Give the one-line form: `line 5: rules[0].teams: no team «eats»; did you mean «east»?`."""
        return f"line {self.line}: {self.path}: {self.message}; {self.mend}"


class FileRefused(RoutingError):
    """The file was refused whole; what was in force stays."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep every problem, in the order of the file's lines."""
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class UnknownVersion(RoutingError):
    """A stored decision names a policy or roster version that is not at hand."""


class IllegalMove(RoutingError):
    """The lead or the offer can't go that way from the state it is in."""
