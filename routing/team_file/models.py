"""The shape of a team file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from routing.policy_file.scalars import Day, DayRange, DaySpan, Language, Name, PositiveCount, Section, Text, Zone

_Spans = Annotated[list[DaySpan], Field(max_length=20)]
Weight = Annotated[int, Field(ge=1, le=1000)]
#: What WeCom allows in a userid (创建成员: digits, letters and `_-@.`, the first a digit or letter, at most 64).
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$")]


class TeamModel(Section):
    """One entry of `teams`."""

    id: Name
    name: Name | None = None
    managers: list[Id] = Field(default_factory=list)
    timezone: Zone = "Asia/Shanghai"
    shift: Name | None = None


class ShiftModel(Section):
    """One entry of `shifts`: spans of a day; a day's own key goes before `workdays`, this before `everyday`."""

    everyday: _Spans | None = None
    workdays: _Spans | None = None
    monday: _Spans | None = None
    tuesday: _Spans | None = None
    wednesday: _Spans | None = None
    thursday: _Spans | None = None
    friday: _Spans | None = None
    saturday: _Spans | None = None
    sunday: _Spans | None = None
    make_up: _Spans | None = None


class CertificateModel(Section):
    """One entry of `reps[].certificates`."""

    name: Name
    number: Annotated[str, Field(max_length=100)] = ""
    valid: DayRange | None = None


class RepCapacityModel(Section):
    """`reps[].capacity`."""

    open: PositiveCount | None = None
    per_day: PositiveCount | None = None


class QuotaModel(Section):
    """`reps[].quota`."""

    month: Annotated[int, Field(ge=0)] | None = None


class RepModel(Section):
    """One entry of `reps`. Any other key is a table of points for fit factors: value -> 0..100."""

    model_config = ConfigDict(extra="allow")

    id: Id
    name: Name
    team: Name
    role: Literal["rep", "manager", "admin", "auditor"] = "rep"
    takes_leads: bool | None = None
    level: Name | None = None
    timezone: Zone | None = None
    shift: Name | None = None
    skills: dict[Name, Annotated[int, Field(ge=1, le=10)]] = Field(default_factory=dict)
    languages: list[Language] = Field(default_factory=list)
    certificates: list[CertificateModel] = Field(default_factory=list)
    capacity: RepCapacityModel = Field(default_factory=RepCapacityModel)
    quota: QuotaModel = Field(default_factory=QuotaModel)
    weight: Weight = 1
    backup: Id | None = None
    locale: Literal["zh", "en"] = "zh"
    joined: Day | None = None


class TeamFileModel(Section):
    """The whole file."""

    version: Literal[1] = 1
    teams: list[TeamModel] = Field(default_factory=list)
    shifts: dict[Text, ShiftModel] = Field(default_factory=dict)
    admins: list[Id] = Field(default_factory=list)
    auditors: list[Id] = Field(default_factory=list)
    reps: list[RepModel] = Field(default_factory=list)


def table_keys(data: Any) -> list[str]:
    """Give the keys of a rep's raw entry that are tables of points."""
    return [key for key in data if key not in RepModel.model_fields] if isinstance(data, dict) else []
