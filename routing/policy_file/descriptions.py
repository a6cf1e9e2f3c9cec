"""What each key of a policy file means, in one line, for editors; docs/policy-reference.md says the same."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: Path of a key -> its meaning; NAME stands for a key that the operator chooses.
DESCRIPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "version": "the form of the file, not of the policy",
        "timezone": "the zone of traits such as the part of the day",
        "calendar": "which days are public holidays and make-up workdays",
        "calendar.base": "mainland China, with 调休",
        "calendar.file": (
            "a file of such days, relative to the policy file; they are checked and kept with the policy when it "
            "is published, and `calendar.days` goes before them"
        ),
        "calendar.days": "days that differ from the calendar",
        "calendar.days.NAME": "NAME is a day or a span of days",
        "scoring": "how valuable a lead looks, 0 to 100",
        "scoring.base": "where the count begins",
        "scoring.add": "points for leads that a condition holds for; the sum is held within 0 to 100",
        "scoring.add.name": "what a rep reads on the card",
        "scoring.add.when": "for which leads",
        "scoring.add.points": "may be negative",
        "scoring.grades": "the least score of each grade",
        "scoring.grades.NAME": "NAME is A, B, C or D",
        "review": "leads that a manager decides",
        "review.best_share": (
            "of leads, the best by score over the last 90 days; with fewer than 200 leads those from 95 points on"
        ),
        "review.best_by": (
            "`sample` keeps to the share to the lead: of every 20 at 5 % exactly one, the first among the best, "
            "else the last"
        ),
        "review.always": (
            "leads that always go to a manager; one that somebody has already stays there, and the manager gets a "
            "card 确认 / 改派"
        ),
        "review.always.name": "why, as the manager reads it",
        "review.always.when": "which",
        "review.falls_back_after": (
            "then it is decided without a manager, marked `review_timeout`; with no responsible manager on duty "
            "at once, marked `review_skipped`; from `hot.score` on after 5 minutes at the latest"
        ),
        "rules": "who may take a lead at all",
        "rules.name": "what decisions, cards and questions call it; each name once",
        "rules.when": "for which leads; left out, for all that no rule before takes",
        "rules.teams": "an empty list is an error",
        "rules.require": "what the rep must have beside the team",
        "rules.require.certificates": "valid on the day",
        "rules.require.skills": "skill and least level",
        "rules.require.skills.NAME": "at least this level",
        "rules.require.language": "the rep speaks the lead's language",
        "rules.require.level": "the rep's level is one of these",
        "rules.documents": (
            "sent after the card, each in the version that came into force last; where none is in force or its "
            "file is missing, the card says so and the managers are told"
        ),
        "rules.acknowledge": "goes before `acknowledge`, key by key; of two times to answer the shorter holds",
        "rules.acknowledge.within": "of this and the policy's own the shorter counts",
        "rules.acknowledge.remind": "moments after delivery; left out, the policy's own, moved under the deadline",
        "rules.acknowledge.rounds": "offers of one lead before a manager has it",
        "rules.acknowledge.clock": "whether the clock stops while the rep is off duty",
        "rules.script": "the call script named on the card, before and after 接单",
        "geofence": "only these teams may take leads from these places, whatever the rule says",
        "geofence.name": "what people call it",
        "geofence.provinces": "one of three ways to name the place",
        "geofence.polygon": "longitude and latitude, WGS-84, three or more",
        "geofence.phone_prefixes": "beginnings of numbers in China, area codes as people write them",
        "geofence.teams": "the only teams that may take leads from there",
        "price_bands": "upper bounds in yuan of one piece; the last band has none",
        "fit": "how well a lead and a rep suit each other, 0 to 100",
        "fit.factors": "the weights add up to 100",
        "fit.factors.name": "as the card says it",
        "fit.factors.weight": "percent, with at most two decimals",
        "fit.factors.match": "compared with the rep's table or list named by `with`",
        "fit.factors.with": "a table gives its figure; a list gives 100 or 0",
        "fit.factors.rate": "the rep's rate against the company's, 50 when equal",
        "fit.factors.by": "the segment of the rate",
        "fit.factors.rep": "a figure of the rep's own",
        "fit.factors.direction": "who gains by it",
        "fit.model": "what has been learned from closed leads",
        "fit.model.weight": "its part of the fit",
        "fit.model.starts_at": "closed leads before it may start",
        "choose": "how one of those who may is chosen",
        "choose.by": "fairness accounts run under each of them",
        "choose.fairness_slack": "the best fit among those whose deficit is within this much of the largest",
        "choose.class_slack": "the same for grade A and for the rest, each by itself",
        "choose.explore": "of draws are uniform among the candidates; `0%` is allowed",
        "choose.share": "where fair shares come from",
        "choose.share.from": "`weights` takes `reps.weight` of the team file",
        "choose.share.least": "no share is smaller than this times the usual one",
        "choose.share.most": "nor larger than this",
        "choose.ramp": "a joiner's share grows to the usual one; see below",
        "choose.ramp.work_days": "after so many work days it is whole",
        "choose.ramp.from": "of the usual share, on the first day",
        "choose.balance": "fairness in expected value beside counts, under `fair_fit`; see below",
        "choose.balance.value": "the figure that says what a lead is worth",
        "choose.balance.usual": "the figure of an ordinary lead",
        "choose.balance.full": "the figure from which on a lead is worth a whole",
        "choose.balance.slack": "how far value may be out, in leads worth a whole, before it goes before fit",
        "capacity": "the rep's own figure goes before the team's, the team's before these",
        "capacity.open": "leads in work and open offers together; full when reached",
        "capacity.resume_at": "a full rep gets offers again at this number, ten minutes after at the earliest",
        "capacity.per_day": "offers in the rep's local day",
        "capacity.teams": "limits of one team",
        "capacity.teams.NAME": "NAME is a team's id; `open` and `per_day`",
        "capacity.teams.NAME.open": "leads that each of its reps may hold",
        "capacity.teams.NAME.per_day": "offers that each of its reps may have in a day",
        "capacity.when_all_full": "where a lead waits when all are full; see `pool.first`",
        "acknowledge": "how long a rep has to answer",
        "acknowledge.within": "from delivery",
        "acknowledge.remind": "from delivery; those at or after the end are moved in proportion, and `check` says so",
        "acknowledge.rounds": "offers before a manager has the lead",
        "acknowledge.silent": "for reps who do not answer",
        "acknowledge.silent.times": "time-outs in a row",
        "acknowledge.silent.then": "off duty until 上线; or the manager is only told",
        "acknowledge.response_rate": "a smaller share for reps who often do not answer",
        "acknowledge.response_rate.over": "delivered offers looked at; with fewer it is not applied",
        "acknowledge.response_rate.below": "under this rate a rep counts as slow to answer",
        "acknowledge.response_rate.share_times": "what the share is multiplied by",
        "acknowledge.clock": "whether the clock stands still while the rep is off shift",
        "hot": "the breaker for hot leads",
        "hot.score": "from here a lead is hot",
        "hot.opens": "what opens it",
        "hot.opens.count": "hot leads at least",
        "hot.opens.within": "in this time",
        "hot.opens.times_usual": "and more than this many times the usual number of that hour of the week",
        "hot.or_slow": "or slow answers",
        "hot.or_slow.p90_acknowledge": "the 90th percentile of the time from the first offer to 接单 is above this",
        "hot.or_slow.over": "over the last so many hot leads",
        "hot.while_open": "what holds meanwhile",
        "hot.while_open.capacity_times": (
            "what the open and daily limits of quick reps are multiplied by, `resume_at` too"
        ),
        "hot.while_open.only_response_rate_from": (
            "reps who answer at least so often are quick, and so is whoever has had too few offers to say; only "
            "they get more capacity and race"
        ),
        "hot.while_open.acknowledge": (
            "time to answer a hot lead, if the rule gives no less; reminders move in proportion"
        ),
        "hot.while_open.race": "reps who are offered a hot lead at once",
        "hot.closes": "what closes it",
        "hot.closes.calm_for": "below both limits for so long; after half of it capacities are as always again",
        "hot.closes.at_most": (
            "or after this in any case; then, and after 熔断 关, it opens by itself only when it has been calm for "
            "`calm_for`"
        ),
        "follow_up": "what the owner is held to",
        "follow_up.first_contact": "printed on the accepted card",
        "follow_up.remind": "from 接单 on, while the owner has noted no follow-up",
        "follow_up.overdue": "the ladder for leads that the owner has not followed up at all, from 接单 on",
        "follow_up.overdue.after": "from 接单",
        "follow_up.overdue.tell": "who is told",
        "follow_up.overdue.recycle": "or where the lead goes",
        "recycle": "leads that lose their owner; of two entries of one clock the first that holds for the lead counts",
        "recycle.name": "what people call it",
        "recycle.when": "for which leads",
        "recycle.without_follow_up": "since the last follow-up, or 接单",
        "recycle.without_close": "since 接单, whatever was noted",
        "recycle.warn": "when the owner is warned, on the same clock",
        "recycle.to": "where the lead goes",
        "pool": "leads that nobody owns",
        "pool.first": (
            "which waiting leads go first when somebody comes free: class by class, at most three, then all "
            "others; the oldest first within each; a lead that has waited over 30 minutes counts one class higher"
        ),
        "pool.first.name": "what people call it",
        "pool.first.when": "which",
        "pool.claims": "what a rep may claim (领取), beside what rules and fences allow",
        "pool.claims.per_day": "claims in the rep's local day",
        "pool.claims.open": (
            "whoever holds so many leads, open offers included, claims no more; `capacity.open` does not count here"
        ),
        "pool.claims.views_per_day": "entries of the pool shown to a rep in the local day",
        "pool.previous_owner_waits": "before a previous owner may claim the lead again",
        "pool.claim_window": (
            "a recycled lead waits so long to be claimed, then is offered; `work` counts the hours of the "
            "previous owner's shift"
        ),
        "known_customer": "somebody of whom there is an earlier lead",
        "known_customer.within": "a closed lead no older than this leads to its owner",
        "known_customer.to": "who gets the lead",
        "make_up": "turns given back",
        "make_up.reasons": (
            "a lead closed as invalid with words that begin with one of these gives its turn back by itself"
        ),
        "make_up.within": "after 接单; later it takes a manager's 补单",
        "make_up.per_month": "for one rep, a manager's turns included; the month is that of the rep's own calendar",
        "documents": "what a rule may send along",
        "documents.name": "what rules call it; several versions share a name",
        "documents.file": (
            "relative to the policy file; `paidan policy publish` brings it into the database, at most 10 MB"
        ),
        "documents.version": "each version of a document once",
        "documents.in_force": "by the calendar of the policy's zone; the newest one in force is sent",
    }
)
