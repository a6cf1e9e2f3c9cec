"""The words in which differences between policies are told: Simplified Chinese first, English by locale.

In English the keys of the file are said as they are written; in Chinese each has a word.
"""

from __future__ import annotations

SECTIONS = {
    "version": "文件格式", "timezone": "时区", "calendar": "工作日历", "scoring": "线索评分", "review": "人工复核",
    "rules": "规则", "geofence": "地理围栏", "price_bands": "产品单价档", "fit": "适配指数", "choose": "选人方式",
    "capacity": "容量", "acknowledge": "接单时限", "hot": "热线索熔断", "follow_up": "跟进", "recycle": "回收",
    "pool": "公海", "known_customer": "老客户", "make_up": "补单", "documents": "资料",
}  # fmt: skip
KEYS = {
    "add": "加减分", "after": "之后", "always": "必须复核", "acknowledge": "接单时限", "at_most": "最长",
    "balance": "价值均衡", "base": "基础", "below": "低于", "best_by": "最好的选法", "best_share": "最好的占比", "by": "方式", "calm_for": "平静",
    "capacity_times": "容量倍数", "certificates": "证书", "claim_window": "领取窗口", "claims": "领取",
    "class_slack": "等级内余量", "clock": "计时", "closes": "关闭", "count": "数量", "days": "日期",
    "direction": "方向", "documents": "资料", "explore": "探索", "factors": "因素", "fairness_slack": "公平余量",
    "falls_back_after": "无人复核时", "file": "文件", "first": "先派", "first_contact": "首次联系", "from": "依据", "full": "满值", "grades": "等级",
    "in_force": "有效期", "language": "语言", "least": "下限", "level": "级别", "match": "比较", "model": "学习层",
    "most": "上限", "name": "名称", "only_response_rate_from": "应答率不低于", "open": "在手上限", "opens": "打开",
    "or_slow": "或响应慢", "over": "统计最近", "overdue": "逾期", "p90_acknowledge": "接单 P90", "per_day": "日上限",
    "per_month": "每月上限", "phone_prefixes": "号段", "points": "分数", "polygon": "多边形",
    "previous_owner_waits": "原跟进人等待", "provinces": "省份", "race": "抢单人数", "ramp": "新人爬坡", "rate": "比率",
    "reasons": "原因", "recycle": "回收到", "remind": "提醒", "rep": "销售指标", "require": "要求",
    "response_rate": "应答率", "resume_at": "恢复线", "rounds": "轮数", "score": "分数", "script": "话术",
    "share": "份额", "share_times": "份额倍数", "silent": "连续未应答", "skills": "技能", "slack": "余量", "starts_at": "起始量",
    "teams": "团队", "tell": "通知", "then": "然后", "times": "次数", "times_usual": "平时的倍数", "to": "去向",
    "usual": "平常值", "value": "价值", "version": "版本", "views_per_day": "每日查看", "warn": "预警", "weight": "权重", "when": "条件",
    "when_all_full": "全部满员时", "while_open": "打开期间", "with": "对照", "within": "时限",
    "without_close": "久未成交", "without_follow_up": "久未跟进", "work_days": "工作日数",
}  # fmt: skip
#: Lists in which every entry has a name of its own: section -> what one entry is called, in Chinese and in English.
NAMED = {
    "rules": ("规则", "rule"), "pool.first": ("先派", "first"), "scoring.add": ("加减分", "points"), "review.always": ("必须复核", "review trigger"),
    "fit.factors": ("因素", "factor"), "recycle": ("回收", "recycling"), "documents": ("资料", "document"),
}  # fmt: skip
#: Values that are words of the file.
VALUES = {
    "fair_fit": "公平适配", "round_robin": "轮流", "least_loaded": "手上最少者", "best_fit": "最适配者", "roulette": "按份额抽签",
    "equal": "均等", "weights": "按权重", "win_rate": "成交率", "attainment": "完成度", "help_behind": "帮助落后者",
    "reward_ahead": "奖励领先者", "on_duty": "只计在岗时间", "always": "全天", "pause": "暂停派单", "tell": "只通知", "pool": "公海",
    "review": "人工复核", "manager": "主管", "rep": "销售", "owner": "跟进人", "holiday": "休", "workday": "班", "none": "无",
}  # fmt: skip
#: Fields of conditions; any other is said as it is written.
FIELDS = {
    "province": "省份", "city": "城市", "district": "区县", "industry": "行业", "product": "产品", "channel": "渠道", "source": "来源",
    "campaign": "活动", "language": "语言", "budget": "预算", "quantity": "数量", "company": "公司", "company_size": "公司规模",
    "company_listed": "上市公司", "title": "职位", "demand": "需求", "trait.score": "评分", "trait.grade": "等级",
    "trait.submit_period": "提交时段", "trait.submit_hour": "提交钟点", "trait.weekday": "星期", "trait.workday": "工作日",
    "trait.email_kind": "邮箱类型", "trait.prior_orders": "历史订单", "trait.returning_customer": "老客户",
    "trait.seniority": "职级", "trait.demand_intent": "需求意图", "trait.unit_price": "单价", "phone": "电话", "email": "邮箱",
    "wechat": "微信", "name": "姓名",
}  # fmt: skip
#: Comparisons, in Chinese and in English.
OPERATORS = {
    "eq": ("是", "is"), "not": ("不是", "is not"), "in": ("属于", "is one of"), "not_in": ("不属于", "is none of"),
    "gte": ("≥", "≥"), "gt": (">", ">"), "lte": ("≤", "≤"), "lt": ("<", "<"), "contains": ("含", "contains"),
    "contains_any": ("含任一", "contains any of"), "matches_prefix": ("开头是", "begins with"),
}  # fmt: skip
