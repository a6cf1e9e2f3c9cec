"""The table of provinces, cities and districts is whole and free of contradictions."""

from collections import Counter

from routing.districts import DISTRICTS
from routing.regions import CITIES, PROVINCES


def test_every_province_level_unit_is_there_once() -> None:
    """34: 23 provinces, 5 autonomous regions, 4 municipalities, 2 special administrative regions."""
    endings = Counter(unit.name[-1] if unit.name[-1] in "省市" else unit.name[-3:] for unit in PROVINCES)
    assert endings == {"省": 23, "自治区": 5, "市": 4, "行政区": 2}
    assert len({unit.code for unit in PROVINCES}) == len({unit.short for unit in PROVINCES}) == 34


def test_every_prefecture_is_there_once() -> None:
    """333 prefecture-level units, 30 of them autonomous prefectures, as the civil affairs ministry counts them."""
    prefectures = [unit for unit in CITIES if unit.code is not None and len(unit.code) == 4]
    assert len(prefectures) == len({unit.code for unit in prefectures}) == 333
    endings = Counter(
        next(end for end in ("自治州", "地区", "盟", "市") if unit.name.endswith(end)) for unit in prefectures
    )
    assert endings == {"市": 293, "自治州": 30, "地区": 7, "盟": 3}


def test_units_directly_under_a_province_stand_as_cities() -> None:
    """济源, four in 湖北, fifteen in 海南, twelve of the corps in 新疆."""
    direct = Counter(unit.province.short for unit in CITIES if unit.code is not None and len(unit.code) == 6)
    assert direct == {"河南": 1, "湖北": 4, "海南": 15, "新疆": 12}


def test_codes_begin_with_the_code_of_the_province() -> None:
    """GB/T 2260 nests its codes."""
    assert all(unit.code is None or unit.code.startswith(unit.province.code) for unit in CITIES)
    assert {unit.province.short for unit in CITIES if unit.code is None} == {"台湾"}


def test_a_municipality_is_its_own_city() -> None:
    """Four municipalities, 香港 and 澳门."""
    whole = [unit for unit in CITIES if unit.name == unit.province.name]
    assert [unit.short for unit in whole] == ["北京", "天津", "上海", "重庆", "香港", "澳门"]
    assert all(unit.province.whole for unit in whole)


def test_names_in_latin_letters_are_plain_letters() -> None:
    """They are compared after everything but letters has been taken out."""
    latin = [unit.latin for unit in CITIES] + [word for unit in PROVINCES for word in unit.latin]
    assert all(word.isascii() and word.isalpha() and word.islower() for word in latin)
    shared = {word for word, times in Counter(unit.latin for unit in CITIES).items() if times > 1}
    assert shared == {"suzhou", "taizhou", "fuzhou", "yichun", "yulin"}


def test_short_names_tell_cities_apart() -> None:
    """苏州 must not be two cities; the short name is what people write."""
    assert [name for name, times in Counter(unit.short for unit in CITIES).items() if times > 1] == []
    assert not [unit.short for unit in CITIES if unit.short.endswith(("族", "自治", "地区"))]


def test_every_district_belongs_to_a_city_of_the_table() -> None:
    """2,900 units, no name twice in one city; only 澳门 has none (东莞 and its like list their towns)."""
    codes = {unit.code for unit in CITIES}
    assert DISTRICTS.keys() <= codes
    assert 2_840 <= sum(map(len, DISTRICTS.values())) <= 2_960
    assert all(len(set(names)) == len(names) for names in DISTRICTS.values())
    without = {unit.short for unit in CITIES if unit.code and len(unit.code) <= 4 and unit.code not in DISTRICTS}
    assert without == {"澳门"}
