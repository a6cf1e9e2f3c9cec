"""The same customer has the same key, and two customers never share one by accident."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.customer_keys import company_key, compile_company_aliases, contact_key, customer_keys
from routing.lead import Lead
from routing.regions import CITIES, PROVINCES

ALIASES = compile_company_aliases({
    "Beijing Huayi Device Co.,Ltd.": "北京华医器械有限公司", "Huayi": "Beijing Huayi Device", "华医": "Huayi Inc.",
})  # fmt: skip
SAME = [
    ["北京华医器械有限公司", "Beijing Huayi Device Co.,Ltd.", "北京华医器械（有限公司）", "北京市华医器械 有限责任公司",
     "北京華醫器械有限公司", "北京·华医器械股份有限公司", "HUAYI", "华医"],
    ["北京有限公司", "Beijing Co., Ltd", "北京市有限公司", "BEIJING CO LTD", "beijing Inc."],
    ["義烏市國際貿易有限公司", "义乌市国际贸易有限公司"],
    ["Ａｃｍｅ（中国）有限公司", "acme 中国 公司", "ACME(中国)"],
    ["Foo Bar Co., Ltd.", "FOO BAR LIMITED", "Foo-Bar LLC", "foo bar"],
]  # fmt: skip
DIFFERENT = [
    ("苏州某某精密有限公司", "宿州某某精密有限公司"),
    ("北京小米科技有限公司", "北京小麦科技有限公司"),
    ("华为技术有限公司", "华为集团有限公司"),
    ("海南航空", "航空"),
    ("山西煤业", "陕西煤业"),
    ("Cisco", "Cis"),
]
SAY_NOTHING = [
    "北京有限公司", "Beijing Co., Ltd", "上海贸易有限公司", "义乌市国际贸易有限公司", "广东深圳有限公司",
    "Suzhou Trading Ltd",
    "有限公司", "公司", "无", "个人", "测试", "test", "N/A", "12345", "王", "中国", "Hong Kong Limited",
]  # fmt: skip
SAY_SOMETHING = [
    "北京华医器械有限公司", "华为技术有限公司", "阿里巴巴", "海南航空", "青岛啤酒", "一汽", "Cisco Inc.",
    "3M中国有限公司", "宁德时代",
]  # fmt: skip


@pytest.mark.parametrize("names", SAME, ids=[row[0] for row in SAME])
def test_b03_one_company_has_one_key_however_it_is_written(names: list[str]) -> None:
    """Script, width, case, brackets, legal form, the city's pinyin and listed aliases do not count."""
    keys = {company_key(name, ALIASES) for name in names}
    assert len(keys) == 1
    assert None not in keys


def test_b03_the_pair_without_a_name_becomes_its_city() -> None:
    """«北京有限公司» and «Beijing Co., Ltd» are one form, and that form says nothing."""
    key = company_key("北京有限公司")
    assert key is not None
    assert (key.key, key.low_information) == ("beijing", True)


@pytest.mark.parametrize(("one", "other"), DIFFERENT, ids=[" / ".join(row) for row in DIFFERENT])
def test_two_companies_keep_two_keys(one: str, other: str) -> None:
    """苏州 and 宿州 share their pinyin, a group is not its subsidiary, a brand may begin like a place."""
    assert company_key(one) != company_key(other)


@pytest.mark.parametrize("name", SAY_NOTHING)
def test_b03_a_name_that_names_nothing_is_flagged(name: str) -> None:
    """It must never bring two leads together by itself."""
    key = company_key(name)
    assert key is not None
    assert key.low_information


@pytest.mark.parametrize("name", SAY_SOMETHING)
def test_a_real_name_is_not_flagged(name: str) -> None:
    """A flag on everything would merge nothing."""
    key = company_key(name)
    assert key is not None
    assert not key.low_information


@pytest.mark.parametrize("place", [*PROVINCES, *CITIES], ids=lambda unit: unit.name)
def test_a_place_alone_is_no_company(place: object) -> None:
    """Whatever the place, «place + legal form» says nothing."""
    for name in (place.name, place.short):  # type: ignore[attr-defined]
        key = company_key(f"{name}有限公司")
        assert key is not None
        assert key.low_information, name


def test_signs_alone_have_no_key() -> None:
    """Nothing to compare."""
    assert company_key("…（）") is None


@given(st.text(max_size=60))
def test_a_key_is_the_key_of_itself(name: str) -> None:
    """Any text has a key or none, and aliases by key and by name agree."""
    key = company_key(name)
    assert key is None or key.key


def test_aliases_that_go_in_a_circle_end() -> None:
    """An operator's slip must not hang the intake."""
    aliases = compile_company_aliases({"甲公司": "乙乙公司", "乙乙公司": "丙丙公司", "丙丙公司": "乙乙公司"})
    assert company_key("甲公司", aliases) is not None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("王芳", " 王　芳 ", True), ("Zhang Wei", "zhang-wei", True), ("張偉", "张伟", True),
        ("王先生", "王女士", False),
    ],
)  # fmt: skip
def test_contacts_are_compared_by_name_alone(one: str, other: str, same: bool) -> None:
    """Honorifics stay: two people of one surname are two people."""
    assert (contact_key(one) == contact_key(other)) is same


@pytest.mark.parametrize("name", ["无", "匿名", "N/A", "未命名", "", "。"])
def test_a_filler_is_no_contact(name: str) -> None:
    """Everybody who hides would be one person."""
    assert contact_key(name) is None


def test_a_lead_gives_every_key_it_has() -> None:
    """In the order of trust; company and contact only together, and only if the company says something."""
    lead = Lead(
        "web", name="王 芳", phone="+8613800138000", wechat="WangFang_88", email="a@b.cn", unionid="u1",
        company="北京华医器械有限公司",
    )  # fmt: skip
    keys = customer_keys(lead)
    assert (keys.phone, keys.wechat, keys.email, keys.unionid) == ("+8613800138000", "wangfang_88", "a@b.cn", "u1")
    assert keys.company_contact == "beijing华医器械\n王芳"
    assert customer_keys(Lead("web", name="王芳", company="北京有限公司")).company_contact is None
    assert customer_keys(Lead("web", name="匿名", company="北京华医器械有限公司")).company_contact is None
    assert customer_keys(Lead("web", company="北京华医器械有限公司")).company_contact is None
