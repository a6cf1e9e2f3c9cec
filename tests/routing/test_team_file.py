"""A team file: who is there, on which shift, with what; and what is said of a file that can't be used."""

import json
from datetime import date
from pathlib import Path

import pytest

from routing.errors import FileRefused
from routing.roster import Role, Span
from routing.team_file import load_team, load_team_csv, roster_from_document, roster_to_document
from tests.routing.policy_texts import TEAM

EXAMPLE = (Path(__file__).parents[2] / "examples" / "team.yaml").read_text(encoding="utf-8")


def test_a_rep_has_what_the_file_and_the_team_give() -> None:
    """Zone and shift come from the team where the rep has none; a mapping of points becomes a table for fit."""
    roster = load_team(TEAM, version=3).roster
    zhang, aygul, boss = roster.rep("zhang"), roster.rep("AYGUL"), roster.rep("boss")
    assert roster.version == 3
    assert [rep.id for rep in roster.reps] == ["aygul", "boss", "li", "zhang"]
    assert zhang is not None
    assert zhang.tables == {"tiers": {"三甲": 40}}
    assert zhang.skills == {"医疗器械": 3}
    assert (zhang.certificates[0].first_on, zhang.certificates[0].last_on) == (date(2023, 1, 1), date(2026, 12, 31))
    assert aygul is not None
    assert (aygul.timezone, aygul.shift, aygul.weight, aygul.locale) == ("Asia/Urumqi", "day", 1, "zh")
    assert boss is not None
    assert boss.role is Role.MANAGER


@pytest.mark.parametrize(
    ("written", "takes_leads"),
    [
        ("role: manager}", False),
        ("role: manager, takes_leads: true}", True),
        ("role: rep}", True),
        ("role: rep, takes_leads: false}", False),
    ],
)
def test_managers_take_leads_only_where_the_file_says_so(written: str, takes_leads: bool) -> None:
    """A manager on the roster is not a rep by accident."""
    boss = load_team(TEAM.replace("role: manager}", written)).roster.rep("boss")
    assert boss is not None
    assert boss.takes_leads is takes_leads


SHIFTS = [
    # the shift as written, spans on Monday, on Saturday, on a make-up workday, works on public holidays
    ('{workdays: ["09:00-12:00"]}', [(540, 720)], [], [(540, 720)], False),
    ('{workdays: ["13:00-18:00", "09:00-12:00"]}', [(540, 720), (780, 1080)], [], [(540, 720), (780, 1080)], False),
    ('{workdays: ["10:00-13:00"], saturday: ["10:00-16:00"]}', [(600, 780)], [(600, 960)], [(600, 780)], False),
    ('{workdays: ["10:00-13:00"], monday: []}', [], [], [(600, 780)], False),
    ('{everyday: ["00:00-24:00"]}', [(0, 1440)], [(0, 1440)], [(0, 1440)], True),
    ('{everyday: ["08:00-20:00"], workdays: ["09:00-18:00"]}', [(540, 1080)], [(480, 1200)], [(540, 1080)], True),
    ('{saturday: ["10:00-16:00"]}', [], [(600, 960)], [(600, 960)], False),
    ('{workdays: ["09:00-18:00"], make_up: ["10:00-15:00"]}', [(540, 1080)], [], [(600, 900)], False),
    ('{workdays: ["09:00-18:00"], make_up: []}', [(540, 1080)], [], [], False),
]  # fmt: skip


@pytest.mark.parametrize(("written", "monday", "saturday", "make_up", "holidays"), SHIFTS)
def test_a_shift_covers_the_days_it_names(
    written: str,
    monday: list[tuple[int, int]],
    saturday: list[tuple[int, int]],
    make_up: list[tuple[int, int]],
    holidays: bool,
) -> None:
    """A day's own key goes before `workdays`, this before `everyday`; make-up workdays follow `workdays`."""
    text = TEAM.replace('{workdays: ["09:00-12:00", "13:00-18:00"]}', written)
    shift = load_team(text).roster.shifts["day"]
    assert shift.weekly[0] == tuple(Span(*span) for span in monday)
    assert shift.weekly[5] == tuple(Span(*span) for span in saturday)
    assert shift.workday == tuple(Span(*span) for span in make_up)
    assert shift.works_holidays is holidays


BROKEN = [
    ("shift: day}\n  - {id: west", "shift: dya}\n  - {id: west", 2, "teams[0].shift", "day"),
    ("managers: [boss], shift", "managers: [bos], shift", 2, "teams[0].managers[0]", "boss"),
    ("{id: west, name: 西北", "{id: East, name: 西北", 3, "teams[1].id", "its own id"),
    ("timezone: Asia/Urumqi", "timezone: Asia/Urumchi", 3, "teams[1].timezone", "Asia/"),
    ('"09:00-12:00"', '"09:00-13:30"', 5, "shifts.day.workdays", "one after the other"),
    ('"09:00-12:00"', '"9-12"', 5, "shifts.day.workdays[0]", "09:00-12:00"),
    ('"09:00-12:00"', '"22:00-06:00"', 5, "shifts.day.workdays[0]", "22:00-24:00"),
    ('"09:00-12:00"', '"09:00-24:30"', 5, "shifts.day.workdays[0]", "09:00-12:00"),
    ("workdays:", "weekdays:", 5, "shifts.day.weekdays", "workdays"),
    ("skills: {", "skils: {", 8, "reps[0].skils", "skills"),
    ("医疗器械: 3}", "医疗器械: 30}", 8, "reps[0].skills.医疗器械", "10 or less"),
    ("languages: [zh, en]", "languages: [zh, 火星语]", 8, "reps[0].languages[1]", "zh, en"),
    ("三甲: 40", "三甲: 400", 8, "reps[0].tiers.三甲", "0 to 100"),
    ("tiers: {三甲: 40}", "tiers: 40", 8, "reps[0].tiers", "use one of"),
    ("2023-01-01..2026-12-31", "2026-12-31", 9, "reps[0].certificates[0].valid", "2026-01-01..2026-12-31"),
    ("{id: li, name: 李四, team: east", "{id: Zhang, name: 李四, team: east", 10, "reps[1].id", "its own id"),
    ("backup: zhang", "backup: zhagn", 10, "reps[1].backup", "zhang"),
    ("backup: zhang", "backup: li", 10, "reps[1].backup", "somebody else"),
    ("backup: zhang", "backup: boss", 10, "reps[1].backup", "who does"),
    ("{id: aygul,", "{id: 阿依,", 11, "reps[2].id", "letters, digits"),
    ("team: west", "team: wset", 11, "reps[2].team", "west"),
    ("role: manager", "role: boss", 12, "reps[3].role", "manager"),
    ("{id: boss, name: 李静, ", "{id: boss, ", 12, "reps[3]", "add name"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "instead", "line", "path", "mend"),
    BROKEN,
    ids=[f"{row[3]}-{number}" for number, row in enumerate(BROKEN)],
)
def test_one_mistake_gives_one_message_with_its_line_and_mend(
    written: str, instead: str, line: int, path: str, mend: str
) -> None:
    """An operator sees where it stands and what to write instead."""
    assert TEAM.count(written) == 1
    with pytest.raises(FileRefused) as refused:
        load_team(TEAM.replace(written, instead))
    assert [(problem.line, problem.path) for problem in refused.value.problems] == [(line, path)]
    assert mend in refused.value.problems[0].mend


@pytest.mark.parametrize(
    ("written", "instead", "path"),
    [
        ("managers: [boss], shift: day}", "shift: day}", "teams[0]"),
        ("timezone: Asia/Urumqi, shift: day}", "timezone: Asia/Urumqi}", "reps[2]"),
    ],
)
def test_what_is_doubtful_is_told_but_loads(written: str, instead: str, path: str) -> None:
    """A team without a manager or a rep without hours may be meant; somebody should have looked."""
    assert [warning.path for warning in load_team(TEAM.replace(written, instead)).warnings] == [path]


def test_a_table_of_places_uses_the_names_that_leads_have() -> None:
    """One normaliser for leads and team file: a table written with short names must still be found."""
    zhang = load_team(TEAM.replace("tiers: {三甲: 40}", "regions: {江苏: 80, 新疆: 20}")).roster.rep("zhang")
    assert zhang is not None
    assert zhang.tables == {"regions": {"江苏省": 80, "新疆维吾尔自治区": 20}}


def test_a_roster_comes_back_from_the_store_as_it_was() -> None:
    """Decisions name a roster version; replaying one needs exactly the people of that day."""
    for text in (TEAM, EXAMPLE):
        roster = load_team(text, version=4).roster
        assert roster_from_document(json.loads(json.dumps(roster_to_document(roster)))) == roster


CSV = """\
账号,姓名,团队,级别,技能,语言,证书,日上限,替补,tiers
zhang,张三,east,senior,医疗器械:3,zh;en,经营备案|A1|2023-01-01..2026-12-31,30,,三甲：40；二级：90

li,"李, 四",east,,,zh,,,zhang,
"""


def test_a_spreadsheet_says_the_same_as_the_yaml() -> None:
    """People lists live in spreadsheets; what a row can hold means what it means in YAML."""
    base = load_team(TEAM).roster
    loaded = load_team_csv(CSV, base=base, version=5)
    zhang, li = loaded.roster.rep("zhang"), loaded.roster.rep("li")
    assert loaded.warnings == ()
    assert zhang is not None
    assert (zhang.skills, zhang.languages, zhang.day_cap) == ({"医疗器械": 3}, ("zh", "en"), 30)
    assert zhang.tables == {"tiers": {"三甲": 40, "二级": 90}}
    assert zhang.certificates[0].number == "A1"
    assert li is not None
    assert (li.name, li.backup, li.shift) == ("李, 四", "zhang", "day")
    assert loaded.roster.shifts == base.shifts
    assert loaded.roster.teams == base.teams


def test_a_spreadsheet_alone_makes_the_teams_that_it_names() -> None:
    """The first import of a small company is one list of people."""
    assert set(load_team_csv(CSV).roster.teams) == {"east"}


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("", 1, "there are no headings"),
        ("id,name\nx,y\n", 1, "the column «team» is missing"),
        ("id,name,team,id\n", 1, "the column «id» is there twice"),
        ("id,name,team\nx,y,z,w\n", 2, "more cells"),
        ("id,name,team,weight\nx,y,z,heavy\n", 2, "must be a whole number"),
        ("id,name,team,role\n\n\nx,y,z,chief\n", 4, "not possible here"),
    ],
)
def test_a_broken_row_is_told_by_its_line(text: str, line: int, told: str) -> None:
    """The line is the one that the spreadsheet shows."""
    with pytest.raises(FileRefused) as refused:
        load_team_csv(text)
    assert refused.value.problems[0].line == line
    assert told in refused.value.problems[0].message
