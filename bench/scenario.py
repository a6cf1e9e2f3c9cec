"""A company of a given size, its policy, and leads for it: the same for every figure and every run."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import orjson
import yaml

SECRET = b"paidan-bench-secret-0123456789ab"
SOURCES = f"""
sources:
  website:
    kind: generic
    channel: 官网表单
    auth: {{scheme: standard_webhooks, secret: "whsec_{base64.b64encode(SECRET).decode()}"}}
"""

PROVINCES = ("上海", "江苏", "浙江", "安徽", "北京", "广东", "四川", "湖北", "新疆", "山东")
INDUSTRIES = ("工业", "医疗器械", "软件", "物流")
CHANNELS = ("官网表单", "展会", "搜索广告", "老客户介绍")
TEAMS = 8
#: A rule takes leads of companies within a band of this many people.
BAND = 60
#: Budgets lie below this.
BUDGETS = 500_000


def team_file(reps: int) -> str:
    """Give a team file with so many reps in eight teams, on duty round the clock."""
    teams = [f"team{number}" for number in range(TEAMS)]
    people: list[dict[str, Any]] = [
        {
            "id": f"rep{number:05d}", "name": f"销售{number}", "team": teams[number % TEAMS], "languages": ["zh"],
            "skills": {"工业": 1 + number % 3, "医疗器械": 1 + number % 2}, "tiers": {"三甲": number % 101, "二级": 50},
            "level": "senior" if number % 3 else "junior", "weight": 1 + number % 10,
        }
        for number in range(reps)
    ]  # fmt: skip
    people.append({"id": "boss", "name": "主管", "team": teams[0], "role": "manager"})
    document = {
        "teams": [
            {"id": name, "name": name, "managers": ["boss"], "timezone": "Asia/Shanghai", "shift": "always"}
            for name in teams
        ],
        "shifts": {"always": {"everyday": ["00:00-24:00"]}},
        "admins": ["boss"],
        "reps": people,
    }
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def policy_file(rules: int) -> str:
    """Give a policy with so many rules over province, industry, size and channel, and limits that nobody reaches."""
    listed: list[dict[str, Any]] = []
    for number in range(rules - 1):
        when: dict[str, Any] = {
            "province": [PROVINCES[number % 10], PROVINCES[(number + 1) % 10]],
            "company_size": {"gte": BAND * number, "lt": BAND * (number + 1)},
            "any": [{"industry": INDUSTRIES[number % 4]}, {"budget": {"gte": 50_000}}],
        }
        listed.append(
            {"name": f"规则{number}", "when": when, "teams": [f"team{number % TEAMS}", f"team{(number + 3) % TEAMS}"]}
        )
    listed.append({"name": "其余", "teams": [f"team{number}" for number in range(TEAMS)]})
    document = {
        "version": 1,
        "timezone": "Asia/Shanghai",
        "scoring": {
            "base": 20,
            "add": [
                {"name": "大型企业", "when": {"company_size": {"gte": 1000}}, "points": 25},
                {"name": "反复看价格", "when": {"behaviour.pricing_page_visits_7d": {"gte": 3}}, "points": 20},
                {"name": "预算明确", "when": {"budget": {"gte": 100_000}}, "points": 15},
                {"name": "三甲医院", "when": {"attributes.hospital_level": "三甲"}, "points": 15},
            ],
            "grades": {"A": 80, "B": 60, "C": 40, "D": 0},
        },
        "rules": listed,
        "fit": {
            "factors": [
                {"name": "医院等级", "weight": 40, "match": "attributes.hospital_level", "with": "tiers"},
                {"name": "来源渠道", "weight": 30, "rate": "win_rate", "by": "channel"},
                {"name": "当月完成度", "weight": 20, "rep": "attainment", "direction": "help_behind"},
                {"name": "语言偏好", "weight": 10, "match": "language", "with": "languages"},
            ]
        },
        "choose": {"by": "fair_fit", "fairness_slack": 1, "class_slack": 2, "explore": "10%",
                   "share": {"from": "win_rate", "least": 0.5, "most": 2.0}},
        "capacity": {"open": 900_000, "per_day": 900_000},
        "acknowledge": {"within": "10m", "remind": ["5m", "8m"], "rounds": 3},
    }  # fmt: skip
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def lead_body(number: int, rules: int) -> bytes:
    """Give the JSON of one lead, about 600 bytes; every number is another person."""
    return orjson.dumps(
        {
            "external_id": f"web-{number}", "name": f"王芳{number}", "phone": f"+86 13{number % 10**9:09d}",
            "title": "采购经理", "company": f"华医器械{number}有限公司", "company_size": (number * 37) % (BAND * rules),
            "industry": INDUSTRIES[number % 4], "province": PROVINCES[number % 10], "product": "影像设备",
            "quantity": 50, "budget": (number * 7919) % BUDGETS, "demand": "想了解 CT 的报价和交期，最好本周能演示",
            "channel": CHANNELS[number % 4], "campaign": "2026-春季", "language": "zh",
            "behaviour": {"pricing_page_visits_7d": number % 5, "visits_30d": 9, "dwell_seconds": 186, "pages": 12,
                          "form_seconds": 41, "device": "mobile"},
            "attributes": {"hospital_level": ("三甲", "二级")[number % 2]},
        }
    )  # fmt: skip


def signed_requests(count: int, rules: int, *, now: int, first: int = 0) -> Iterator[bytes]:
    """Give whole HTTP requests, signed as Standard Webhooks, ready to be written to a socket."""
    for number in range(first, first + count):
        body = lead_body(number, rules)
        key = f"msg_{number}"
        digest = hmac.digest(SECRET, f"{key}.{now}.".encode() + body, hashlib.sha256)
        head = (
            "POST /webhooks/website HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
            f"webhook-id: {key}\r\nwebhook-timestamp: {now}\r\n"
            f"webhook-signature: v1,{base64.b64encode(digest).decode()}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        yield head.encode() + body
