"""A small policy and team as operators write them, every section once, with line numbers that tests may rely on."""

POLICY = """\
version: 1
timezone: Asia/Shanghai
calendar: {base: CN, days: {2026-10-10: workday}}
scoring:
  base: 20
  add:
    - {name: 大客户, when: {company_size: {gte: 1000}}, points: 25}
    - {name: 凌晨, when: {trait.submit_period: 凌晨}, points: 5}
  grades: {A: 80, B: 60, C: 40, D: 0}
review:
  best_share: 5%
  always:
    - {name: 上市公司, when: {company_listed: true}}
  falls_back_after: work 15m
rules:
  - name: 西北
    when: {province: [新疆, 青海]}
    teams: [west]
  - name: 医疗
    when: {industry: 医疗器械, any: [{budget: {gte: 50000}}, {trait.score: {gte: 80}}]}
    teams: [east]
    require: {certificates: [经营备案], skills: {医疗器械: 2}}
    documents: [合规]
    acknowledge: {within: 5m, remind: [2m, 4m]}
  - name: 海外
    when: {language: {not: zh}}
    require: {language: true}
  - name: 其余
    teams: [east]
geofence:
  - {provinces: [新疆, 青海], teams: [west]}
price_bands: [1000, 10000]
fit:
  factors:
    - {name: 医院, weight: 60, match: attributes.hospital_level, with: tiers}
    - {name: 单价, weight: 40, rate: win_rate, by: price_band}
  model: {weight: 30}
choose: {by: fair_fit, explore: 10%, share: {from: win_rate, least: 0.5, most: 2.0}}
capacity:
  open: 20
  resume_at: 16
  teams: {east: {per_day: 15}}
acknowledge: {within: 10m, remind: [5m, 8m], silent: {times: 2}, response_rate: {below: 60%, share_times: 0.8}}
hot: {score: 80, opens: {count: 10, within: 10m}, closes: {calm_for: 30m, at_most: 4h}}
follow_up:
  first_contact: work 24h
  remind: [2h, 4h]
  overdue: [{after: 3d, tell: rep}, {after: 7d, recycle: pool}]
recycle:
  - {name: 冷, without_follow_up: 45d, warn: [38d], to: pool}
pool: {claims: {per_day: 5}, claim_window: work 2h}
known_customer: {within: 90d}
make_up: {reasons: [空号], per_month: 10}
documents:
  - {name: 合规, file: a.pdf, version: "1", in_force: 2026-01-01..2026-12-31}
"""

TEAM = """\
teams:
  - {id: east, name: 华东, managers: [boss], shift: day}
  - {id: west, name: 西北, managers: [boss], timezone: Asia/Urumqi, shift: day}
shifts:
  day: {workdays: ["09:00-12:00", "13:00-18:00"]}
admins: [root.admin]
reps:
  - {id: zhang, name: 张三, team: east, level: senior, skills: {医疗器械: 3}, languages: [zh, en], tiers: {三甲: 40},
     certificates: [{name: 经营备案, valid: 2023-01-01..2026-12-31}]}
  - {id: li, name: 李四, team: east, backup: zhang}
  - {id: aygul, name: 阿依古丽, team: west}
  - {id: boss, name: 李静, team: east, role: manager}
"""
