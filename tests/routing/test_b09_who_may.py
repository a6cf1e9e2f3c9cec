"""B-09: who may take which lead, by every kind of rule, at every boundary, in every conflict; a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from routing.decide import Question, decide
from routing.lead import Lead, Scalar, facts_of
from routing.policy_file import load_policy
from routing.reps_table import reps_table
from routing.score import score_of, with_score
from routing.standing import Away, Standing
from routing.team_file import load_team
from routing.traits import traits_of

POLICY = """\
version: 1
scoring:
  base: 20
  add:
    - {name: 大, when: {company_size: {gte: 1000}}, points: 25}
    - {name: 预算, when: {budget: {gte: 100000}}, points: 20}
    - {name: 看价, when: {behaviour.pricing_page_visits_7d: {gte: 3}}, points: 40}
rules:
  - {name: 加急老客户, when: {trait.prior_orders: {gte: 1}, attributes.urgency: 加急}, teams: [east, north], require: {level: [senior]}}
  - {name: 医疗, when: {industry: 医疗器械, budget: {gte: 50000}}, teams: [medical],
     require: {certificates: [经营备案], skills: {医疗器械: 2}}}
  - {name: 重点, when: {trait.grade: A}, teams: [east, north], require: {level: [senior]}}
  - {name: 大客户, when: {company_size: {gte: 1000}}, require: {level: [senior]}}
  - {name: 个人, when: {attributes.customer_type: 个人}, teams: [east, north], require: {level: [junior]}}
  - {name: 海外, when: {language: {not: zh}}, teams: [global], require: {language: true}}
  - {name: 影像, when: {product: [影像设备, CT]}, teams: [medical]}
  - {name: 北京, when: {province: 北京}, teams: [north]}
  - {name: 西北, when: {province: [新疆, 青海]}, teams: [west]}
  - {name: 华东, when: {province: [上海, 江苏, 浙江]}, teams: [east]}
  - {name: 地区不明, when: {trait.region_known: false}, teams: [north]}
  - {name: 其余, teams: [east, north]}
geofence:
  - {provinces: [新疆, 青海], teams: [west, medical]}
capacity: {open: 10, resume_at: 8, per_day: 20}
"""
TEAM = """\
teams:
  - {id: east, name: 华东}
  - {id: north, name: 华北}
  - {id: medical, name: 医疗}
  - {id: west, name: 西北, timezone: Asia/Urumqi}
  - {id: global, name: 海外}
reps:
  - {id: es, name: 甲, team: east, level: senior, languages: [zh]}
  - {id: ej, name: 乙, team: east, level: junior, languages: [zh]}
  - {id: ns, name: 丙, team: north, level: senior, languages: [zh]}
  - {id: nj, name: 丁, team: north, level: junior, languages: [zh]}
  - {id: ma, name: 戊, team: medical, level: senior, skills: {医疗器械: 3},
     certificates: [{name: 经营备案, valid: 2025-04-01..2026-03-31}]}
  - {id: mb, name: 己, team: medical, level: junior, skills: {医疗器械: 2},
     certificates: [{name: 经营备案, valid: 2026-01-01..2027-12-31}]}
  - {id: mc, name: 庚, team: medical, level: senior, skills: {医疗器械: 1},
     certificates: [{name: 经营备案, valid: 2026-01-01..2027-12-31}]}
  - {id: md, name: 辛, team: medical, level: senior, skills: {医疗器械: 3}}
  - {id: wa, name: 壬, team: west, level: senior, languages: [zh, ug]}
  - {id: ge, name: 癸, team: global, level: senior, languages: [en]}
  - {id: gj, name: 子, team: global, level: junior, languages: [ja, en-GB]}
"""
DAY = date(2026, 3, 31)
NOON = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    """One lead of the table: what differs from an ordinary lead of Shanghai, and who may have it.

    Attributes:
        what: the kind, boundary or conflict.
        may: ids, by a blank.
        lead: fields of the lead; `attributes__x` and `behaviour__x` for those below.
        rule: that takes it.
        on: the day of the decision.
        full: who holds ten leads.
        spent: who had twenty today.
        away: who is off duty.
        offered: who was offered it before.
    """

    what: str
    may: str
    rule: str
    lead: dict[str, Scalar | None]
    on: date = DAY
    full: str = ""
    spent: str = ""
    away: str = ""
    offered: str = ""


def row(what: str, rule: str, may: str, *, on: date = DAY, full: str = "", spent: str = "", away: str = "",
        offered: str = "", **lead: Scalar | None) -> Row:  # fmt: skip
    """Write one line of the table."""
    return Row(what, may, rule, lead, on, full, spent, away, offered)


URGENT: dict[str, Any] = {"attributes__prior_orders": 1, "attributes__urgency": "加急"}
MEDICAL: dict[str, Any] = {"industry": "医疗器械", "budget": 50_000}
BEST: dict[str, Any] = {"budget": 100_000, "behaviour__pricing_page_visits_7d": 3}

TABLE = [
    # Region.
    row("the region's team", "华东", "ej es"),
    row("another province of the same rule", "华东", "ej es", province="江苏省"),
    row("the last province of the rule", "华东", "ej es", province="浙江省"),
    row("a province just outside the rule", "其余", "ej es nj ns", province="安徽省"),
    row("北京 goes to 北京's team", "北京", "nj ns", province="北京市"),
    row("a neighbour of 北京 does not", "其余", "ej es nj ns", province="河北省"),
    row("a fenced province", "西北", "wa", province="新疆维吾尔自治区"),
    row("the other fenced province", "西北", "wa", province="青海省"),
    row("a province beside the fence", "其余", "ej es nj ns", province="甘肃省"),
    row("no region at all: the named fallback", "地区不明", "nj ns", province=None),
    row("a city without its province is no region", "地区不明", "nj ns", province=None, city="上海市"),
    # Product.
    row("the product's team", "影像", "ma mb mc md", product="影像设备"),
    row("another product of the same rule", "影像", "ma mb mc md", product="CT"),
    row("a product that only begins alike", "华东", "ej es", product="CT 耗材"),
    row("no product", "华东", "ej es", product=None),
    row("product before region", "影像", "ma mb mc md", product="CT", province="北京市"),
    row("product inside a fence that lets the team in", "影像", "ma mb mc md", product="CT", province="青海省"),
    row("product without a region", "影像", "ma mb mc md", product="CT", province=None),
    # Industry, certificates, skills.
    row("industry and budget at the limit", "医疗", "ma mb", **MEDICAL),
    row("budget one yuan below", "华东", "ej es", **{**MEDICAL, "budget": 49_999}),
    row("budget far above", "医疗", "ma mb", **{**MEDICAL, "budget": 99_999}),
    row("the right budget in another industry", "华东", "ej es", industry="物流", budget=50_000),
    row("the industry without any budget: unknown is not true", "华东", "ej es", industry="医疗器械"),
    row("a certificate's last day", "医疗", "ma mb", on=DAY, **MEDICAL),
    row("the day after it", "医疗", "mb", on=date(2026, 4, 1), **MEDICAL),
    row("another's first day", "医疗", "ma mb", on=date(2026, 1, 1), **MEDICAL),
    row("the day before it", "医疗", "ma", on=date(2025, 12, 31), **MEDICAL),
    row("before anybody was certified", "医疗", "", on=date(2025, 3, 31), **MEDICAL),
    row("industry before region", "医疗", "ma mb", province="北京市", **MEDICAL),
    row("industry inside a fence that lets the team in", "医疗", "ma mb", province="青海省", **MEDICAL),
    row("industry before product", "医疗", "ma mb", product="CT", **MEDICAL),
    # Customer type.
    row("a private person goes to juniors", "个人", "ej nj", attributes__customer_type="个人"),
    row("a company does not", "华东", "ej es", attributes__customer_type="企业"),
    row("type before language", "个人", "ej nj", attributes__customer_type="个人", language="en"),
    row("type before product", "个人", "ej nj", attributes__customer_type="个人", product="CT"),
    row("type inside a fence that lets neither team in", "个人", "", attributes__customer_type="个人", province="青海省"),
    # Customer size.
    row("a thousand people", "大客户", "es ns ma mc md ge wa", company_size=1000),
    row("one fewer", "华东", "ej es", company_size=999),
    row("far more", "大客户", "es ns ma mc md ge wa", company_size=100_000),
    row("nobody counted them", "华东", "ej es", company_size=None),
    row("size before type", "大客户", "es ns ma mc md ge wa", company_size=1000, attributes__customer_type="个人"),
    row("size before language", "大客户", "es ns ma mc md ge wa", company_size=1000, language="ja"),
    row("size inside a fence: its teams alone", "大客户", "ma mc md wa", company_size=1000, province="青海省"),
    # Language.
    row("English", "海外", "ge gj", language="en"),
    row("British English is English", "海外", "ge gj", language="en-GB"),
    row("American English is not British", "海外", "ge", language="en-US"),
    row("Japanese", "海外", "gj", language="ja"),
    row("a language that nobody speaks", "海外", "", language="fr"),
    row("simplified Chinese is Chinese", "华东", "ej es", language="zh-CN"),
    row("no language: unknown is not «not zh»", "华东", "ej es", language=None),
    row("language before product", "海外", "ge gj", language="en", product="CT"),
    row("language inside a fence that keeps its team out", "海外", "", language="en", province="青海省"),
    # Importance.
    row("grade A, exactly 80", "重点", "es ns", **BEST),
    row("one visit fewer is no A", "华东", "ej es", **{**BEST, "behaviour__pricing_page_visits_7d": 2}),
    row("one yuan fewer is no A", "华东", "ej es", **{**BEST, "budget": 99_999}),
    row("importance before size", "重点", "es ns", company_size=1000, **BEST),
    row("importance before region", "重点", "es ns", province="北京市", **BEST),
    row("industry before importance", "医疗", "ma mb", industry="医疗器械", **BEST),
    row("importance inside a fence that keeps its teams out", "重点", "", province="青海省", **BEST),
    # Urgency.
    row("urgent and known", "加急老客户", "es ns", **URGENT),
    row("urgent, but never bought", "华东", "ej es", **{**URGENT, "attributes__prior_orders": 0}),
    row("urgent, orders not known", "华东", "ej es", attributes__urgency="加急"),
    row("known, but in no hurry", "华东", "ej es", attributes__prior_orders=5),
    row("urgency before industry", "加急老客户", "es ns", **URGENT, **MEDICAL),
    row("urgency before importance and size", "加急老客户", "es ns", company_size=1000, **URGENT, **BEST),
    # Load.
    row("one at the cap", "华东", "es", full="ej"),
    row("all at the cap", "华东", "", full="ej es"),
    row("the day's offers used up", "华东", "es", spent="ej"),
    row("one full, the other spent", "华东", "", full="ej", spent="es"),
    row("load never opens another team", "北京", "", full="nj ns", province="北京市"),
    row("load inside a rule with a certificate", "医疗", "mb", full="ma", **MEDICAL),
    # Duty and turn.
    row("off duty", "华东", "ej", away="es"),
    row("nobody there", "华东", "", away="ej es"),
    row("offered before", "华东", "ej", offered="es"),
    row("everybody was asked", "华东", "", offered="ej es"),
    row("one asked, one away, in the fallback", "地区不明", "", offered="nj", away="ns", province=None),
    row("certificate, load and rounds at once", "医疗", "", on=date(2026, 4, 1), offered="mb", **MEDICAL),
]  # fmt: skip

ORDINARY: dict[str, Scalar | None] = {"province": "上海市", "language": "zh", "product": "软件", "company_size": 50}


def lead_of(fields: dict[str, Scalar | None]) -> Lead:
    """Give an ordinary lead of Shanghai with some fields changed."""
    values = {**ORDINARY, **fields}
    groups: dict[str, dict[str, Scalar]] = {"attributes": {}, "behaviour": {}}
    plain: dict[str, Scalar | None] = {}
    for name, value in values.items():
        group, _, key = name.partition("__")
        if key and value is not None:
            groups[group][key] = value
        elif not key:
            plain[name] = value
    return Lead("website", **plain, **groups)  # type: ignore[arg-type]


@pytest.mark.parametrize("given", TABLE, ids=[one.what for one in TABLE])
def test_b09_exactly_these_may_take_the_lead(given: Row) -> None:
    """The first rule that holds names the teams; fence, demands, duty, load and rounds only take away."""
    roster = load_team(TEAM).roster
    policy = load_policy(POLICY, roster=roster).policy
    table = reps_table(policy, roster)
    lead = lead_of(given.lead)
    orders = lead.attributes.get("prior_orders")
    traits = traits_of(
        lead, received_at=NOON, zone=ZoneInfo("Asia/Shanghai"), prior_orders=None if orders is None else int(orders)
    )
    facts = with_score({**facts_of(lead), **traits}, score_of(policy.scoring, {**facts_of(lead), **traits}))
    standing = Standing.empty(table)
    for rep in given.full.split():
        standing.open[table.index[rep]] = 10
    for rep in given.spent.split():
        standing.today[table.index[rep]] = 20
    for rep in given.away.split():
        standing.away[table.index[rep]] = Away.OFF_SHIFT
    decision = decide(policy, table, standing, Question(facts, 1, 1, given.on, tuple(given.offered.split())))
    assert decision.rule == given.rule
    assert {table.ids[at] for at in decision.eligible} == set(given.may.split())


def test_b09_the_table_is_long_enough_and_meets_every_rule() -> None:
    """At least sixty leads; each rule takes some of them."""
    assert len(TABLE) >= 60
    assert {one.rule for one in TABLE} == {rule.name for rule in load_policy(POLICY).policy.rules}
