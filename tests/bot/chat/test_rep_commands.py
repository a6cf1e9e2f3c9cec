"""What reps type about their offers and leads: the right person, the wrong one, the wrong words, too late, and twice."""

import pytest

from bot.chat import texts, texts_leads
from bot.chat.command_words import MANAGER_VERBS, REP_VERBS, Verb
from store.people import disclosed
from tests.support import office
from tests.support.office import TEAM, Company


async def _disclosures(company: Company, lead_id: int, person: str, how: str) -> set[int]:
    since = company.clock.now().replace(year=2020)
    return await company.runner.look(lambda desk: disclosed(desk.tx.connection, [lead_id], person, how, since=since))


async def _recorded(company: Company) -> int:
    """Count the times that a list has shown a number."""
    return await company.runner.look(
        lambda desk: int(
            desk.tx.connection.exec_driver_sql("SELECT count(*) FROM disclosure WHERE how = 'list'").scalar_one()
        )
    )


async def test_accept_by_word_makes_the_owner(company: Company) -> None:
    """Typed or tapped is the same; the second time says so."""
    lead_id = await company.offered("zhangsan")
    shown = await company.says("zhangsan", f"接单{lead_id}")
    assert shown == ["AcceptedCard", texts_leads.ACCEPTED.zh.format(lead=f"L{lead_id}")]
    assert (await company.row(lead_id)).owner == "zhangsan"
    assert await _disclosures(company, lead_id, "zhangsan", "card") == {lead_id}
    assert await company.says("zhangsan", f"接单 L{lead_id}") == [
        texts_leads.ALREADY_YOURS.zh.format(lead=f"L{lead_id}")
    ]


async def test_accept_alone_takes_the_only_offer_and_asks_where_there_are_several(small: Company) -> None:
    """接单 needs no number while there is no doubt."""
    assert await small.says("zhangsan", "接单") == [texts_leads.NO_OFFER.zh]
    first = await small.offered("zhangsan")
    await small.says("zhangsan", "接单")
    assert (await small.row(first)).owner == "zhangsan"
    second, third = await small.offered("zhangsan"), await small.offered("zhangsan")
    asked = (await small.says("zhangsan", "接单"))[0]
    assert f"L{second}" in asked
    assert f"L{third}" in asked
    assert await small.says("zhangsan", "接单 哪条都行") == [texts.USAGE.zh.format(usage="接单 L1024 — 接下线索")]
    assert (await small.row(second)).owner is None


@pytest.mark.parametrize("command", ["接单 L{lead}", "转出 L{lead} 忙", "稍后 L{lead}", "稍后 L{lead} 2小时"])
async def test_an_offer_of_somebody_else_is_not_touched(small: Company, command: str) -> None:
    """Who was never asked is told so, and hears nothing else."""
    lead_id = await small.offered("zhangsan", company="秘密公司")
    shown = await small.says("lisiguang", command.format(lead=lead_id))
    assert shown == [texts_leads.NOT_YOURS.zh.format(lead=f"L{lead_id}")]
    running = await small.running(lead_id)
    assert running is not None
    assert running.rep_id == "zhangsan"


@pytest.mark.parametrize(
    "command",
    ["接单 L{n}", "转出 L{n}", "稍后 L{n}", "跟进 L{n} 好", "成交 L{n} 5", "为什么 L{n}", "为什么不是我 L{n}"],
)
async def test_a_lead_that_is_not_there_is_named(small: Company, command: str) -> None:
    """A mistyped number is said to be one."""
    assert await small.says("zhangsan", command.format(n=999999)) == [texts.NO_SUCH_LEAD.zh.format(lead="L999999")]


async def test_decline_by_word_keeps_the_reason_and_passes_on(company: Company) -> None:
    """The reason may come at once, later, or never."""
    lead_id = await company.lead()
    offer = await company.running(lead_id)
    assert offer is not None
    rep = offer.rep_id
    assert (await company.says(rep, f"转出 L{lead_id}"))[0].startswith(("已转出", f"L{lead_id} has been"))
    running = await company.running(lead_id)
    assert running is not None
    assert running.rep_id != rep
    await company.says(rep, f"转出 L{lead_id} 客户在外地")
    facts = await company.facts(lead_id)
    assert [fact.private for fact in facts if fact.event == "decline_reason"] == [{"reason": "客户在外地"}]
    assert [fact.event for fact in facts].count("declined") == 1


async def test_a_late_word_is_told_the_truth(small: Company) -> None:
    """A lead that was taken back is not accepted."""
    lead_id = await small.offered("zhangsan")
    await small.says("lijing", f"派单 L{lead_id} 李四")
    shown = await small.says("zhangsan", f"接单 L{lead_id}")
    assert shown == [texts_leads.MOVED_ON.zh.format(lead=f"L{lead_id}", why="已经收回")]
    assert (await small.row(lead_id)).owner is None


async def test_my_leads_shows_whole_numbers_of_owned_leads_only(company: Company) -> None:
    """Each number shown is recorded, once a day."""
    assert await company.says("zhangsan", "我的线索") == [texts_leads.LEADS_NONE.zh]
    mine = await company.owned("zhangsan", phone="+8613911112222")
    asked = await company.offered("zhangsan", phone="+8613933334444")
    other = await company.owned("lisi", phone="+8613955556666")
    text = (await company.says("zhangsan", "我的线索"))[0]
    assert "13911112222" in text
    assert f"L{asked}" in text
    assert "13933334444" not in text
    assert f"L{other}" not in text
    assert await _disclosures(company, mine, "zhangsan", "list") == {mine}
    await company.says("zhangsan", "我的线索")
    assert await _recorded(company) == 1
    company.later(hours=24)
    await company.says("zhangsan", "我的线索")
    assert await _recorded(company) == 2
    assert await _disclosures(company, asked, "zhangsan", "list") == set()


async def test_a_long_list_is_cut_and_only_what_is_shown_is_recorded(small: Company) -> None:
    """A message holds 2,048 bytes."""
    owned = [await small.owned("zhangsan", company="很长的公司名字" * 6 + str(number)) for number in range(19)]
    text = (await small.says("zhangsan", "我的线索"))[0]
    assert len(text.encode()) <= 2048
    assert "…还有" in text
    for lead_id in owned:
        shown = f"L{lead_id} " in text
        assert (await _disclosures(small, lead_id, "zhangsan", "list") == {lead_id}) is shown


async def test_the_most_urgent_lead_comes_first(small: Company) -> None:
    """Who was never called comes before who was, the longest waiting before the others."""
    first, second, third = [await small.owned("zhangsan") for _ in range(3)]
    await small.says("zhangsan", f"跟进 L{first} 打过电话")
    text = (await small.says("zhangsan", "我的线索"))[0]
    assert text.index(f"L{second}") < text.index(f"L{first}")
    assert text.index(f"L{third}") < text.index(f"L{first}")


async def test_notes_and_closes_are_the_owners(company: Company) -> None:
    """跟进 is the first contact; 成交 closes with the amount; what is closed stays so."""
    lead_id = await company.owned("zhangsan")
    assert await company.says("zhangsan", f"跟进 L{lead_id} 打过电话") == [
        texts_leads.NOTED.zh.format(lead=f"L{lead_id}")
    ]
    row = await company.row(lead_id)
    assert row.first_contact_at == company.clock.now()
    assert await company.says("zhangsan", f"成交 L{lead_id} 3.5万") == [
        texts_leads.WON.zh.format(lead=f"L{lead_id}", amount=35000)
    ]
    row = await company.row(lead_id)
    assert (row.state, row.amount) == ("won", 35000)
    assert (await company.standing("zhangsan")).open == 0
    again = await company.says("zhangsan", f"输单 L{lead_id} 没谈成")
    assert again == [texts_leads.ALREADY_CLOSED.zh.format(lead=f"L{lead_id}", state="成交")]
    assert (await company.row(lead_id)).state == "won"


@pytest.mark.parametrize(("command", "state"), [("输单 L{lead} 太贵", "lost"), ("无效 L{lead} 空号", "invalid")])
async def test_a_lead_may_end_otherwise(small: Company, command: str, state: str) -> None:
    """Each has its own word, and its reason is kept."""
    lead_id = await small.owned("zhangsan")
    await small.says("zhangsan", command.format(lead=lead_id))
    assert (await small.row(lead_id)).state == state
    facts = {fact.event: fact.private for fact in await small.facts(lead_id)}
    assert facts[state] == {"reason": command.rsplit(" ", maxsplit=1)[-1]}


@pytest.mark.parametrize(
    "command",
    [
        "跟进 L{lead}",
        "成交 L{lead}",
        "成交 L{lead} 很多",
        "输单 L{lead}",
        "无效 L{lead}",
        "跟进",
        "成交 50万",
        "稍后 L{lead} 一会儿",
        "稍后 L{lead} 8天",
    ],
)
async def test_what_is_missing_or_unreadable_is_asked_back(small: Company, command: str) -> None:
    """Nothing is closed by half a command."""
    lead_id = await small.owned("zhangsan")
    shown = await small.says("zhangsan", command.format(lead=lead_id))
    assert len(shown) == 1
    row = await small.row(lead_id)
    assert (row.state, row.first_contact_at, row.remind_again_at) == ("owned", None, None)


@pytest.mark.parametrize(
    "command", ["跟进 L{lead} 我来", "成交 L{lead} 5万", "输单 L{lead} 算了", "无效 L{lead} 空号", "为什么 L{lead}"]
)
async def test_nobody_speaks_for_somebody_elses_lead(small: Company, command: str) -> None:
    """Another rep is refused, and so is a manager of another team."""
    lead_id = await small.owned("zhangsan")
    for person in ("lisi", "chenmin"):
        assert len(await small.says(person, command.format(lead=lead_id))) == 1
    row = await small.row(lead_id)
    assert (row.state, row.first_contact_at) == ("owned", None)


async def test_a_manager_speaks_in_the_owners_place_and_the_owner_is_told(small: Company) -> None:
    """What somebody else did to one's lead is never a surprise."""
    lead_id = await small.owned("zhangsan")
    shown = await small.gives([small.text("lijing", f"输单 L{lead_id} 客户已选别家")])
    assert (await small.row(lead_id)).state == "lost"
    assert small.texts(shown, "zhangsan") == [
        texts_leads.DONE_BY_MANAGER.zh.format(name="李静", lead=f"L{lead_id}", state="输单")
    ]


async def test_later_on_an_own_lead_moves_the_next_reminder(company: Company) -> None:
    """By two hours unless another time is given, and at most by a week."""
    lead_id = await company.owned("zhangsan")
    assert await company.says("zhangsan", f"稍后 L{lead_id}") == [
        texts_leads.REMIND_AT.zh.format(at="12:00", lead=f"L{lead_id}")
    ]
    await company.says("zhangsan", f"稍后 L{lead_id} 30分钟")
    assert (await company.row(lead_id)).remind_again_at is not None


async def test_english_is_spoken_to_whom_it_is_set_for(small: Company) -> None:
    """Both the commands and the answers."""
    lead_id = await small.offered("smith")
    assert await small.says("smith", f"accept l{lead_id}") == [
        "AcceptedCard",
        texts_leads.ACCEPTED.en.format(lead=f"L{lead_id}"),
    ]
    assert await small.says("smith", f"note L{lead_id} called") == [texts_leads.NOTED.en.format(lead=f"L{lead_id}")]
    assert await small.says("smith", f"won L{lead_id} 12,000") == [
        texts_leads.WON.en.format(lead=f"L{lead_id}", amount=12000)
    ]
    assert (await small.says("smith", "frobnicate"))[0].startswith("I did not understand")


@pytest.mark.parametrize("word", ["反馈 好", "交接 张三 李四", "实验", "report"])
async def test_what_is_not_built_says_so(small: Company, word: str) -> None:
    """No command pretends."""
    answer = (await small.says("zhangsan", word))[0]
    assert "还没有开通" in answer


@pytest.mark.parametrize(
    ("user", "has", "has_not"),
    [
        ("zhangsan", ["接单", "请假", "为什么", "撤销", "公海", "领取"], ["派单 L", "暂停 张三", "负荷"]),
        ("lijing", ["派单", "暂停", "负荷", "撤销", "为什么"], ["接单 L", "请假", "公海", "报表"]),
        ("smith", ["accept", "leave", "undo"], ["assign", "接单"]),
        ("root.admin", ["派单", "补单"], ["接单 L"]),
        ("audit.zhang", [], ["接单", "派单", "帮助"]),
    ],
)
async def test_help_lists_what_the_person_may_do_and_nothing_else(
    small: Company, user: str, has: list[str], has_not: list[str]
) -> None:
    """Each role its own list."""
    text = (await small.says(user, "help"))[0]
    assert all(word in text for word in has)
    assert not any(word in text for word in has_not)
    assert len(text.encode()) <= 2048


@pytest.mark.parametrize("locale", ["zh", "en"])
async def test_a_manager_who_takes_leads_has_both_lists_in_one_message(sqlite_url: str, locale: str) -> None:
    """Nothing of it is cut off."""
    wanted = f"role: manager, takes_leads: true, locale: {locale}}}"
    async with office.company(sqlite_url, team=TEAM.replace("role: manager}", wanted, 1)) as company:
        text = (await company.says("lijing", "帮助"))[0]
        for verb in {*REP_VERBS, *MANAGER_VERBS, Verb.HELP}:
            assert texts.HOW[verb].say(locale) in text
        assert text.endswith(texts.HELP_FOOT.say(locale))


@pytest.mark.parametrize(
    ("user", "text"),
    [
        ("zhangsan", "状态"),
        ("zhangsan", "派单 L1001 李四"),
        ("zhangsan", "暂停 李四"),
        ("zhangsan", "补单 张三 1 因为"),
        ("lijing", "接单 L1001"),
        ("lijing", "请假 明天"),
        ("lijing", "上线"),
        ("audit.zhang", "状态"),
        ("audit.zhang", "我的线索"),
    ],
)
async def test_a_command_of_another_role_is_refused(small: Company, user: str, text: str) -> None:
    """And nothing happens."""
    lead_id = await small.offered("zhangsan")
    before = await small.row(lead_id)
    shown = await small.says(user, text.replace("1001", str(lead_id)))
    assert len(shown) == 1
    assert "「" in shown[0]
    assert await small.row(lead_id) == before
