"""A sales floor's quarter in a database: real use cases, an own clock, rules and people that change on the way."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial

from bot.services.publish import import_team, publish_policy
from bot.services.receive import Incoming, receive
from bot.services.runner import Runner
from routing.lead import Lead, Scalar
from store.database import open_database
from store.sealed_fields import KeyRing
from tests.support.manual_clock import ManualClock

_POLICY = """
version: 1
timezone: Asia/Shanghai
scoring:
  base: 30
  add: [{{name: 三甲, when: {{attributes.hospital_level: 三甲}}, points: 25}}, {{name: 预算, when: {{budget: {{gte: 100000}}}}, points: 30}}]
  grades: {{A: 80, B: 60, C: 40, D: 0}}
rules:
  - {{name: 医疗, when: {{industry: 医疗器械, budget: {{gte: {least}}}}}, teams: [medical], require: {{skills: {{医疗器械: 2}}}}}}
  - {{name: 华东, when: {{province: [上海, 江苏, 浙江]}}, teams: [east]}}
  - {{name: 其余, teams: [east, north, medical]}}
geofence: [{{provinces: [新疆], teams: [north]}}]
fit:
  factors:
    - {{name: 等级, weight: 60, match: attributes.hospital_level, with: tiers}}
    - {{name: 渠道, weight: 20, rate: win_rate, by: channel}}
    - {{name: 语言, weight: 20, match: language, with: languages}}
choose: {{by: {by}, fairness_slack: 1, explore: 10%, share: weights}}
capacity: {{open: 1000000, per_day: 60, teams: {{north: {{per_day: 25}}}}}}
acknowledge: {{within: 10m, rounds: 3}}
"""
_PROVINCES = ("上海", "江苏", "浙江", "四川", "新疆", "北京", "广东")
_AT_ONCE = 40


def _team(reps: int) -> str:
    lines = ["teams:"]
    lines += [
        f"  - {{id: {team}, name: {name}, timezone: {zone}, shift: day}}"
        for team, name, zone in (
            ("east", "华东", "Asia/Shanghai"),
            ("north", "华北", "Asia/Shanghai"),
            ("medical", "医疗", "Asia/Urumqi"),
        )
    ]
    lines += ['shifts: {day: {everyday: ["08:00-20:00"]}}', "reps:"]
    rng = random.Random(reps)
    for number in range(reps):
        lines.append(
            f"  - {{id: r{number:03}, name: 销售{number}, team: {('east', 'north', 'medical')[number % 3]}, weight: {rng.randint(1, 5)}, "
            f"skills: {{医疗器械: {rng.randint(1, 3)}}}, languages: [{rng.choice(['zh', 'zh, en'])}], "
            f"tiers: {{三甲: {rng.randint(0, 100)}, 二级: {rng.randint(0, 100)}}}}}"
        )
    return "\n".join(lines)


async def fill_quarter(url: str, keys: KeyRing, *, leads: int, seed: int) -> None:
    """Let so many leads come over ninety days; rules and roster change four times, the chooser once."""
    rng = random.Random(seed)
    database, clock = open_database(url), ManualClock()
    runner = Runner(database, keys, clock)
    batches = -(-leads // _AT_ONCE)
    step = timedelta(days=90) / batches
    try:
        for number in range(batches):
            if number * 5 % batches < 5:
                part = number * 5 // batches
                by = "round_robin" if part == 2 else "fair_fit"
                team, rules = _team(24 + 3 * part), _POLICY.format(least=50_000 * (1 + part), by=by)
                await runner.run(partial(import_team, text=team, author="test"))
                await runner.run(partial(publish_policy, text=rules, author="test", reason="a test"))
            count = min(_AT_ONCE, leads - number * _AT_ONCE)
            batch = [_lead(rng, number * _AT_ONCE + at) for at in range(count)]
            await runner.run(partial(receive, incoming=batch))
            clock.forward(step)
    finally:
        await database.close()


def _lead(rng: random.Random, number: int) -> Incoming:
    attributes: dict[str, Scalar] = {"hospital_level": rng.choice(["三甲", "二级"])} if rng.random() < 0.8 else {}
    lead = Lead(
        source="web",
        external_id=f"q{number}",
        phone=f"+86139{number:08d}",
        company=f"公司{number}",
        province=rng.choice(_PROVINCES),
        industry=rng.choice(["医疗器械", "软件"]),
        channel=rng.choice(["官网表单", "抖音", "百度"]),
        language=rng.choice(["zh", "zh", "en"]),
        budget=rng.randrange(300_000),
        attributes=attributes,
    )
    return Incoming(lead, None, b"")
