"""The small values of the files as pydantic types: each refuses with one message that says what to write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from routing import vocabulary
from routing.durations import parse_day, parse_day_range, parse_duration, parse_percent, parse_span
from routing.findings import mend_with
from routing.policy import MILLION, Duration
from routing.roster import Span


class Section(BaseModel):
    """A mapping of a file: unknown keys are mistakes, nothing is converted behind the operator's back."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def refuse(message: str, mend: str) -> NoReturn:
    """Refuse a value; the two texts become a `Problem`.

    Raises:
        PydanticCustomError: always.
    """
    raise PydanticCustomError("paidan", "{message}", {"message": message, "mend": mend})


def _by(parse: Callable[[str], Any], kind: str, example: str) -> Callable[[Any], Any]:
    """Make a validator of a parser of text whose errors read `what is wrong; what to write`."""

    def validate(value: Any) -> Any:
        if not isinstance(value, str):
            refuse(f"«{value}» is no {kind}", f"write it as {example}")
        try:
            return parse(value)
        except ValueError as error:
            message, _, mend = str(error).partition("; ")
            return refuse(message, mend or f"write it as {example}")

    return validate


def _duration(text: str) -> Duration:
    return parse_duration(text)


def _clock_time(text: str) -> timedelta:
    duration = parse_duration(text)
    if duration.at_work:
        raise ValueError(f"«{text}» counts working time, which is not possible here; write it without `work`")
    return duration.length


def _percent(value: Any) -> int:
    if value == 0 and not isinstance(value, bool):
        return 0
    if not isinstance(value, str):
        refuse(
            f"«{value}» is no percentage", f"write {value}% with its sign" if _is_number(value) else "write it as 5%"
        )
    try:
        return parse_percent(value)
    except ValueError as error:
        message, _, mend = str(error).partition("; ")
        return refuse(message, mend)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _millionths(value: Any) -> int:
    if not _is_number(value):
        refuse(f"«{value}» is no number", "write it as 0.5 or 2")
    number = round(value * MILLION)
    if number < 0:
        refuse(f"{value} is below 0", "write 0 or more")
    return int(number)


def _times(value: Any) -> int:
    number = _millionths(value)
    return number if number >= MILLION else refuse(f"{value} is below 1", "write 1 or more")


def _part(value: Any) -> int:
    number = _millionths(value)
    return number if number <= MILLION else refuse(f"{value} is above 1", "write 0 to 1")


def _weight(value: Any) -> int:
    number = _millionths(value)
    if number > 100 * MILLION:
        refuse(f"{value} is above 100", "write 100 or less")
    if number % (MILLION // 100):
        refuse(f"{value} has more than two decimals", "write it as 19.55")
    return number * 100 // MILLION


def _zone(value: Any) -> str:
    if not isinstance(value, str):
        refuse(f"«{value}» is no time zone", "write it as Asia/Shanghai")
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        refuse(f"there is no time zone «{value}»", mend_with(value, available_timezones()))
    return str(value)


def _province(value: Any) -> str:
    text = _text(value, "province")
    name = vocabulary.province(text)
    if name is not None:
        return name
    near = vocabulary.province_candidates(text)
    return refuse(f"«{text}» is no province", f"did you mean «{near[0]}»?" if near else "check the spelling")


def _language(value: Any) -> str:
    text = _text(value, "language")
    tag = vocabulary.language(text)
    if tag is not None:
        return tag
    near = vocabulary.language_candidates(text)
    return refuse(f"«{text}» is no language", f"did you mean «{near[0]}»?" if near else "write zh, en, ja, …")


def _text(value: Any, kind: str) -> str:
    if not isinstance(value, str):
        refuse(f"«{value}» is no {kind}", "write its name")
    return str(value)


Text = Annotated[str, Field(min_length=1, max_length=200)]
Name = Annotated[str, Field(min_length=1, max_length=64)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
PositiveCount = Annotated[int, Field(ge=1, le=1_000_000)]
Score = Annotated[int, Field(ge=0, le=100)]
Names = Annotated[list[Name], Field(min_length=1)]

_TEXT_SCHEMA: dict[str, Any] = {"type": "string"}
_DURATION_SCHEMA = {**_TEXT_SCHEMA, "pattern": r"^(work +)?([0-9]+[smhd] *)+$", "examples": ["90s", "10m", "work 24h"]}
_PERCENT_SCHEMA = {"anyOf": [{**_TEXT_SCHEMA, "pattern": r"^[0-9]+(\.[0-9]+)? *%$"}, {"const": 0}], "examples": ["5%"]}
_RANGE_SCHEMA = {**_TEXT_SCHEMA, "pattern": r"^([0-9-]{10})?\.\.([0-9-]{10})?$", "examples": ["2026-01-01..2026-12-31"]}
_NUMBER_SCHEMA = {"type": "number", "minimum": 0}
#: Stands in the schema where a condition is written, until `routing.policy_file.schema` puts the reference there.
CONDITION_MARK = {"title": "Condition"}

#: `10m`, or `work 24h`: counted only while the person concerned is on duty.
AnyDuration = Annotated[
    Duration, PlainValidator(_by(_duration, "duration", "10m or work 24h")), WithJsonSchema(_DURATION_SCHEMA)
]
#: `10m`, by the clock on the wall.
ClockTime = Annotated[timedelta, PlainValidator(_by(_clock_time, "duration", "10m")), WithJsonSchema(_DURATION_SCHEMA)]
#: `5%`, in millionths.
Percent = Annotated[int, PlainValidator(_percent), WithJsonSchema(_PERCENT_SCHEMA)]
#: `0.8`, in millionths.
Millionths = Annotated[int, PlainValidator(_millionths), WithJsonSchema(_NUMBER_SCHEMA)]
#: `1.5`, in millionths, from 1 upwards.
Times = Annotated[int, PlainValidator(_times), WithJsonSchema({"type": "number", "minimum": 1})]
#: `0.8`, in millionths, 0 to 1.
Part = Annotated[int, PlainValidator(_part), WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1})]
#: `30` or `19.55` percent, in hundredths of a percent.
Weight = Annotated[
    int,
    PlainValidator(_weight),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100}),
]
Zone = Annotated[str, BeforeValidator(_zone)]
Province = Annotated[str, BeforeValidator(_province)]
Language = Annotated[str, BeforeValidator(_language)]
Day = Annotated[
    date, PlainValidator(_by(parse_day, "day", "2026-10-01")), WithJsonSchema({**_TEXT_SCHEMA, "format": "date"})
]
DayRange = Annotated[
    tuple[date, date],
    PlainValidator(_by(parse_day_range, "range of days", "2026-01-01..2026-12-31")),
    WithJsonSchema(_RANGE_SCHEMA),
]
DaySpan = Annotated[
    Span, PlainValidator(_by(parse_span, "span of a day", '"09:00-12:00"')), WithJsonSchema({**_TEXT_SCHEMA})
]
#: The shape of conditions is checked by `routing.condition_reading`, with one message for each mistake.
ConditionData = Annotated[Any, WithJsonSchema(CONDITION_MARK)]
