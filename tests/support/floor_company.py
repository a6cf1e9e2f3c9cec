"""The company of a busy floor: two teams in two zones, and a policy that uses nearly everything."""

TEAM = """
shifts:
  day: {workdays: ["09:00-12:00", "13:00-18:00"]}
  west: {everyday: ["10:00-19:00"]}
teams:
  - {id: east, name: 华东, managers: [lijing], timezone: Asia/Shanghai, shift: day}
  - {id: west, name: 西北, managers: [chenmin], timezone: Asia/Urumqi, shift: west}
admins: [root.admin]
reps:
  - {id: e1, name: 东一, team: east, backup: e2}
  - {id: e2, name: 东二, team: east, weight: 3}
  - {id: e3, name: 东三, team: east, skills: {CT: 2}}
  - {id: w1, name: 西一, team: west}
  - {id: w2, name: 西二, team: west, backup: w1}
  - {id: lijing, name: 李静, team: east, role: manager}
  - {id: chenmin, name: 陈敏, team: west, role: manager}
"""
POLICY = """
version: 1
timezone: Asia/Shanghai
scoring: {base: 50, add: [{name: 大客户, when: {company_size: {gte: 500}}, points: 40}]}
rules:
  - {name: 西北, when: {province: [新疆]}, teams: [west]}
  - {name: 影像, when: {product: CT}, teams: [east], require: {skills: {CT: 2}}, acknowledge: {within: 3m}}
  - {name: 其余, teams: [east, west]}
geofence: [{provinces: [新疆], teams: [west]}]
choose: {by: fair_fit, explore: 20%}
capacity: {open: 4, resume_at: 2, per_day: 9}
acknowledge: {within: 10m, remind: [5m, 8m], rounds: 3, silent: {times: 2, then: pause}, clock: CLOCK}
known_customer: {within: 90d}
make_up: {reasons: [空号], within: 30m, per_month: 40}
follow_up:
  first_contact: work 2h
  remind: [1h, work 3h]
  overdue: [{after: 5h, tell: rep}, {after: 9h, tell: manager}, {after: 2d, recycle: pool}]
recycle:
  - {name: 大单, when: {product: CT}, without_follow_up: 9d, warn: [7d], to: review}
  - {name: 冷线索, without_follow_up: 4d, warn: [2d, 3d], to: pool}
  - {name: 久未成交, without_close: 12d, to: review}
pool: {claims: {per_day: 3, open: 6, views_per_day: 30}, previous_owner_waits: 1d, claim_window: work 2h}
hot:
  score: 80
  opens: {count: 4, within: 20m, times_usual: 1.5}
  or_slow: {p90_acknowledge: 2m, over: 4}
  while_open: {capacity_times: 1.5, only_response_rate_from: 30%, acknowledge: 4m, race: 3}
  closes: {calm_for: 15m, at_most: 1h}
"""
REPS = ("e1", "e2", "e3", "w1", "w2")
MANAGERS = ("lijing", "chenmin", "root.admin")
