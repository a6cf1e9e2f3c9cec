"""Whom a name means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.people_names import read_person
from routing.roster import Rep

PEOPLE = tuple(
    Rep(rep_id, name, "east")
    for rep_id, name in (
        ("zhangsan", "张三"), ("zsf", "张三丰"), ("wangwu", "王五"), ("wangwu2", "王武"), ("smith", "Anna Smith"),
        ("anna.li", "李安娜"), ("shanxiong", "单雄信"), ("u1001", "歐陽修"),
    )
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "people", "rest"),
    [
        ("张三", ["zhangsan"], ""),
        ("张三 2小时", ["zhangsan"], "2小时"),
        ("张三2小时", ["zhangsan"], "2小时"),
        ("张三，两小时", ["zhangsan"], "两小时"),
        ("张三丰 2小时", ["zsf"], "2小时"),
        ("zhangsan 2h", ["zhangsan"], "2h"),
        ("ZhangSan", ["zhangsan"], ""),
        ("zhangsanfeng", ["zsf"], ""),
        ("王五", ["wangwu"], ""),
        ("wangwu", ["wangwu", "wangwu2"], ""),
        ("wangwu2", ["wangwu2"], ""),
        ("王", ["wangwu", "wangwu2"], ""),
        ("张", ["zhangsan", "zsf"], ""),
        ("张2小时", ["zhangsan", "zsf"], "2小时"),
        ("anna smith 2", ["smith"], "2"),
        ("Anna", ["anna.li", "smith"], ""),
        ("sm", ["smith"], ""),
        ("单", ["shanxiong"], ""),
        ("danxiongxin", ["shanxiong"], ""),
        ("欧阳修", ["u1001"], ""),
        ("赵", [], ""),
        ("张三李四", [], ""),
        ("", [], ""),
    ],
)
def test_a_name_means_whom_it_can_only_mean(text: str, people: list[str], rest: str) -> None:
    """A whole name goes before the beginning of another; where several fit, all are given."""
    named = read_person(text, PEOPLE)
    assert sorted(rep.id for rep in named.people) == sorted(people)
    if people:
        assert named.rest == rest


@given(st.text())
def test_any_text_is_read_without_an_exception(text: str) -> None:
    """Whatever is typed, nobody is invented."""
    assert {rep.id for rep in read_person(text, PEOPLE).people} <= {rep.id for rep in PEOPLE}
