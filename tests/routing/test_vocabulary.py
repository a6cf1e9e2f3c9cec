"""One normaliser for leads, policy, team file and commands: many ways to write, one word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import vocabulary
from routing.places import Place, locate, read_address
from routing.regions import CITIES, PROVINCES


@pytest.mark.parametrize("unit", PROVINCES, ids=lambda unit: unit.short)
def test_a_province_is_known_by_all_its_names(unit: object) -> None:
    """Official, short, one letter, Latin, code; so a policy says 江苏 and a lead 江苏省."""
    words = (unit.name, unit.short, unit.letter, *unit.latin, unit.code, f"{unit.code}0000")  # type: ignore[attr-defined]
    assert {vocabulary.province(word) for word in words} == {unit.name}  # type: ignore[attr-defined]
    assert vocabulary.province_code(unit.name) == unit.code  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("蘇", "江苏省"), ("臺灣", "台湾省"), ("Inner Mongolia", "内蒙古自治区"), ("Jiangsu Province", "江苏省"),
        (" 新 疆 ", "新疆维吾尔自治区"), ("广西自治区", "广西壮族自治区"), ("内蒙", "内蒙古自治区"),
        ("Shaanxi", "陕西省"),
        ("shanxi", "山西省"), ("HONG KONG", "香港特别行政区"), ("ＢＥＩＪＩＮＧ", "北京市"), ("火星", None), ("", None),
        ("江", None), ("苏州", None), ("99", None),
    ],
)  # fmt: skip
def test_provinces_in_every_dress(word: str, name: str | None) -> None:
    """Traditional, full-width, English; what is none is None, never a guess."""
    assert vocabulary.province(word) == name


@pytest.mark.parametrize("unit", CITIES, ids=lambda unit: unit.short)
def test_a_city_is_known_by_official_and_short_name_within_its_province(unit: object) -> None:
    """With the province beside it no city is ambiguous, in Chinese or in Latin letters."""
    within = unit.province.name  # type: ignore[attr-defined]
    for word in (unit.name, unit.short, unit.latin):  # type: ignore[attr-defined]
        assert vocabulary.city(word, within) == unit.name  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("苏州", "苏州市"), ("Xi'an", "西安市"), ("Harbin", "哈尔滨市"), ("Shenzhen City", "深圳市"),
        ("仙桃", "仙桃市"),
        ("延边州", "延边朝鲜族自治州"), ("襄樊", "襄阳市"), ("3205", "苏州市"), ("320500", "苏州市"),
        ("朝阳市", "朝阳市"),
        ("吉林", "吉林市"), ("北京", "北京市"), ("suzhou", None), ("yulin", None), ("海南", None), ("朝阳", None),
        ("昆山", None), ("亚特兰蒂斯", None),
    ],
)  # fmt: skip
def test_a_city_word_that_may_mean_two_places_means_none(word: str, name: str | None) -> None:
    """Suzhou is 苏州 and 宿州, 朝阳 a city in the north-east and a district of 北京."""
    assert vocabulary.city(word) == name


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("zh", "zh"), ("zh-CN", "zh-cn"), ("zh_CN.UTF-8", "zh-cn"), ("中文", "zh"), ("普通话", "zh"),
        ("繁體中文", "zh-hant"),
        ("English", "en"), ("en-US,en;q=0.9", "en-us"), ("维语", "ug"), ("日本語", None), ("日语", "ja"), ("cn", "zh"),
        ("klingon", None), ("xx", None), ("", None),
    ],
)  # fmt: skip
def test_languages_become_tags(text: str, tag: str | None) -> None:
    """BCP 47 in lower case, from whatever a browser, a form or a person writes."""
    assert vocabulary.language(text) == tag


@pytest.mark.parametrize(
    ("wanted", "spoken", "matches"),
    [("zh", "zh-cn", True), ("zh", "zh-CN", True), ("zh", "zh", True), ("zh-cn", "zh", False), ("z", "zh", False)],
)
def test_a_language_matches_its_kinds(wanted: str, spoken: str, matches: bool) -> None:
    """A rule for zh takes zh-CN."""
    assert vocabulary.language_matches(wanted, spoken) is matches


def test_industries_have_aliases_that_a_policy_may_extend() -> None:
    """An open vocabulary: what nobody listed stays, tidied."""
    aliases = vocabulary.compile_aliases(vocabulary.INDUSTRY_ALIASES, {"光伏": ["solar", "太阳能"]})
    assert vocabulary.industry("Medical_Devices") == "医疗器械"
    assert vocabulary.industry("醫療器械") == vocabulary.industry("医疗器械行业") == "医疗器械"
    assert vocabulary.industry("Solar", aliases) == vocabulary.industry("太陽能", aliases) == "光伏"
    assert vocabulary.industry(" 量子　计算 ") == "量子 计算"
    assert vocabulary.industry("行业") == "行业"


def test_a_mistyped_word_is_met_with_what_was_probably_meant() -> None:
    """An error that names the word and the nearest ones mends itself."""
    assert "江苏省" in vocabulary.province_candidates("江酥")
    assert vocabulary.city_candidates("suzhou") == ("苏州市", "宿州市")
    assert "深圳市" in vocabulary.city_candidates("深川")
    assert "en" in vocabulary.language_candidates("englsh")
    assert vocabulary.did_you_mean("medicl", ["medical", "east"]) == ("medical",)
    assert vocabulary.did_you_mean("qqq", ["medical", "east"]) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("王　 芳", "王 芳"), ("ＡＢＣ（１）", "ABC(1)"), ("\u202d138\u202c", "138"), ("a\x00b\tc\n", "ab c"),
        ("  ", ""),
        ("x\ud800y", "xy"), ("👩‍💼", "👩💼"),
    ],
)  # fmt: skip
def test_tidy_text_is_fit_to_store_and_show(text: str, expected: str) -> None:
    """Half-width, no invisible characters, one blank where there were many."""
    assert vocabulary.tidy(text) == expected


@given(st.text(st.characters(exclude_categories=())))
def test_tidying_twice_changes_nothing(text: str) -> None:
    """A stored value read again is the same value, and can be written as UTF-8."""
    once = vocabulary.tidy(text)
    assert vocabulary.tidy(once) == once
    once.encode()


ADDRESSES = [
    ("浙江省-杭州市-余杭区", "浙江省", "杭州市", "余杭区"), ("江苏+苏州", "江苏省", "苏州市", None),
    ("江苏,苏州", "江苏省", "苏州市", None), ("上海上海市浦东新区张江路1号", "上海市", "上海市", "浦东新区"),
    ("昆山市", "江苏省", "苏州市", "昆山市"), ("昆山", "江苏省", "苏州市", "昆山市"),
    ("北京朝阳区", "北京市", "北京市", "朝阳区"),
    ("北京市市辖区朝阳区", "北京市", "北京市", "朝阳区"), ("吉林吉林", "吉林省", "吉林市", None),
    ("凉山西昌", "四川省", "凉山彝族自治州", "西昌市"), ("新疆乌市", "新疆维吾尔自治区", "乌鲁木齐市", None),
    ("重庆 忠县", "重庆市", "重庆市", "忠县"), ("海南藏族自治州", "青海省", "海南藏族自治州", None),
    ("中国广东省深圳市南山区科技园", "广东省", "深圳市", "南山区"), ("臺灣臺北", "台湾省", "台北市", None),
    ("广州市北京路", "广东省", "广州市", None), ("长沙市鼓楼区", "湖南省", "长沙市", None),
    ("Guangdong", "广东省", None, None),
    ("朝阳区", None, None, None), ("中山路12号", None, None, None), ("Dali Street 5", None, None, None),
    ("", None, None, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "province", "city", "district"), ADDRESSES, ids=[row[0] for row in ADDRESSES])
def test_an_address_is_read_as_far_as_it_is_sure(
    text: str, province: str | None, city: str | None, district: str | None
) -> None:
    """A road or a district that many cities have places nobody."""
    assert read_address(text) == Place(province, city, district)


@pytest.mark.parametrize(
    ("fields", "place", "unread"),
    [
        (("江苏", "苏州"), Place("江苏省", "苏州市"), ()), ((None, "昆山"), Place("江苏省", "苏州市", "昆山市"), ()),
        (("上海", "上海"), Place("上海市", "上海市"), ()), (("上海",), Place("上海市", "上海市"), ()),
        (("江苏省苏州市",), Place("江苏省", "苏州市"), ()), (("北京", "海淀"), Place("北京市", "北京市", "海淀区"), ()),
        (("北京", "朝阳"), Place("北京市", "北京市", "朝阳区"), ()), ((None, "海南"), Place("海南省"), ()),
        (("江苏", "苏州", "工业园区"), Place("江苏省", "苏州市", "工业园区"), ()),
        (("江苏", "江苏"), Place("江苏省"), ()), (("jiangsu", "suzhou"), Place("江苏省", "苏州市"), ()),
        (("江苏", "杭州"), Place("江苏省"), ("city",)), (("California", "LA"), Place(), ("province", "city")),
        ((None, None, "浦东新区"), Place("上海市", "上海市", "浦东新区"), ()),
        ((None, None, "朝阳区"), Place(), ("district",)),
        (("江苏", None, None, "苏州市昆山市前进路"), Place("江苏省", "苏州市", "昆山市"), ()),
    ],
)  # fmt: skip
def test_fields_are_put_together_to_one_place(
    fields: tuple[str | None, ...], place: Place, unread: tuple[str, ...]
) -> None:
    """Later fields fill what is missing and never contradict; what could not be placed is named."""
    found = locate(*fields)
    assert (found.place, found.unread) == (place, unread)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.text(max_size=80))
def test_any_words_give_a_place_of_the_table_or_none(province: str, city: str, district: str, address: str) -> None:
    """No text breaks the reader; a province that comes out is official."""
    place = locate(province, city, district, address).place
    assert place.province is None or vocabulary.province(place.province) == place.province
