"""What the check of a policy sees of the leads that came in lately (B-13)."""

import itertools
from datetime import timedelta

from bot.services import leads_of_late
from bot.services.leads_of_late import doubts_of_history
from routing.lead import Lead
from tests.bot.services.given import policy, post
from tests.support.office import Company

_NUMBERS = itertools.count()


def _asks(words: str) -> str:
    return policy(
        rules=f"[{{name: 行业, when: {{industry: [{words}]}}, teams: [east]}}, {{name: 其余, teams: [east]}}]"
    )


async def _arrive(floor: Company, industry: str, count: int) -> None:
    numbers = (next(_NUMBERS) for _ in range(count))
    await post(floor, *(Lead(source="web", phone=f"+86139{number:08d}", industry=industry) for number in numbers))


async def test_a_word_unseen_for_ninety_days_is_doubtful(floor: Company) -> None:
    """Semantics 10: said with the line; a word that some lead had is not, nor anything while leads are few."""
    await _arrive(floor, "教育", 60)
    few = await floor.runner.look(lambda desk: doubts_of_history(desk, _asks("教育, 数育")))
    await _arrive(floor, "工业", 60)

    doubts = await floor.runner.look(lambda desk: doubts_of_history(desk, _asks("教育, 数育")))
    floor.later(days=89)
    still = await floor.runner.look(lambda desk: doubts_of_history(desk, _asks("教育, 工业")))
    floor.clock.forward(timedelta(days=2))
    later = await floor.runner.look(lambda desk: doubts_of_history(desk, _asks("教育, 工业")))

    assert few == ()
    assert [(doubt.path, doubt.severity) for doubt in doubts] == [("rules[0].when.industry[1]", "warning")]
    assert doubts[0].line > 0
    assert "教育" in doubts[0].mend
    assert (still, later) == ((), ())


async def test_b13_a_rule_that_none_of_the_newest_leads_came_to_is_doubtful(floor: Company) -> None:
    """B-13: judged by the rules of the new file, whatever rule the leads came to when they arrived."""
    for _ in range(10):
        await _arrive(floor, "教育", 100)
    late = await floor.runner.look(lambda desk: leads_of_late.leads_of_late(desk, {}))
    doubts = await floor.runner.look(lambda desk: doubts_of_history(desk, _asks("教育")))
    others = await floor.runner.look(
        lambda desk: doubts_of_history(desk, policy(rules="[{name: 大单, when: {budget: {gte: 1}}}, {name: 其余}]"))
    )

    assert len(late.facts) == 1_000
    assert doubts == ()
    assert [doubt.path for doubt in others] == ["rules[0]"]
