"""Why a delivery was refused, in words that say what to mend (RFC 9457).

Refused
├── Unauthenticated  401  no proof, or a wrong one
├── Malformed        400  the body can't be parsed
├── TooLarge         413  the body is longer than the source allows
├── WrongType        415  a content type that is no lead
├── Unfit            422  it parses, but is no lead; names every field
└── TooMany          429  the source has sent more than its limit
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple


class Wording(NamedTuple):
    """One sentence in both languages; never with a value that somebody sent, which may be personal."""

    zh: str
    en: str

    def text(self, locale: str = "zh") -> str:
        """Give the sentence in the locale's language, Chinese unless it is English."""
        return self.en if locale.startswith("en") else self.zh


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field that does not fit.

    Attributes:
        field: its name as the sender wrote it, with dots for nested ones (`behaviour.dwell_seconds`).
        message: what is wrong.
        mend: what to send instead.
    """

    field: str
    message: Wording
    mend: Wording

    def as_member(self, locale: str = "zh") -> dict[str, str]:
        """Give the entry of the `errors` member of the problem details."""
        return {"field": self.field, "message": self.message.text(locale), "mend": self.mend.text(locale)}


class Refused(Exception):
    """A delivery was not taken; `str()` is for logs and holds no personal data."""

    status: ClassVar[int]
    kind: ClassVar[str]
    title: ClassVar[Wording]

    def __init__(self, message: Wording, mend: Wording) -> None:
        super().__init__(message.en)
        self.message = message
        self.mend = mend

    def problem_details(self, locale: str = "zh") -> dict[str, object]:
        """Give the members of an `application/problem+json` answer (RFC 9457)."""
        return {
            "type": f"urn:paidan:problem:{self.kind}",
            "title": self.title.text(locale),
            "status": self.status,
            "detail": self.message.text(locale),
            "mend": self.mend.text(locale),
        }


class Unauthenticated(Refused):
    """The sender did not prove who it is."""

    status = 401
    kind = "unauthenticated"
    title = Wording("来源验证未通过", "The source could not be authenticated")


class Malformed(Refused):
    """The body is not what its content type says."""

    status = 400
    kind = "malformed"
    title = Wording("内容无法解析", "The body can't be parsed")


class TooLarge(Refused):
    """The body is longer than allowed."""

    status = 413
    kind = "too_large"
    title = Wording("内容过大", "The body is too large")


class WrongType(Refused):
    """The content type is none that a lead comes in."""

    status = 415
    kind = "wrong_type"
    title = Wording("不支持的内容类型", "The content type is not supported")


class Unfit(Refused):
    """The body parses and is no lead; every field that is wrong is named."""

    status = 422
    kind = "unfit"
    title = Wording("线索内容不符合要求", "The body does not fit a lead")

    def __init__(self, problems: tuple[FieldProblem, ...]) -> None:
        names = ", ".join(problem.field for problem in problems)
        super().__init__(
            Wording(f"{len(problems)} 处需要修改：{names}", f"{len(problems)} to mend: {names}"),
            Wording("请按 errors 中的说明修改后重发", "mend what errors lists, then send again"),
        )
        self.problems = problems

    def problem_details(self, locale: str = "zh") -> dict[str, object]:
        """Give the problem details with one entry of `errors` per field."""
        details = super().problem_details(locale)
        details["errors"] = [problem.as_member(locale) for problem in self.problems]
        return details


class TooMany(Refused):
    """The source has sent more than its limit; `retry_after` is when to come again, in seconds."""

    status = 429
    kind = "too_many"
    title = Wording("发送过于频繁", "Too many deliveries")

    def __init__(self, message: Wording, mend: Wording, *, retry_after: int) -> None:
        super().__init__(message, mend)
        self.retry_after = retry_after
