"""Reading YAML as operators mean it, and refusing what could hurt."""

import pytest

from routing.errors import FileRefused
from routing.yaml_lines import read_yaml, text_of


def test_words_that_yaml_would_twist_stay_as_they_are_written() -> None:
    """`12:30` is no 750, `no` is Norwegian, `0123` is a code and a date is a text to be checked."""
    text = "a: 12:30\nb: no\nc: 0123\nd: 2026-10-01\ne: on\nf: 1_0\ng: 1e9\nh: .inf\ni: 0x1F\nj: 9876543210987654321\n"
    data = read_yaml(text).data
    assert data == {
        "a": "12:30", "b": "no", "c": "0123", "d": "2026-10-01", "e": "on", "f": "1_0", "g": "1e9", "h": ".inf",
        "i": "0x1F", "j": "9876543210987654321",
    }  # fmt: skip


def test_numbers_flags_and_nothing_are_what_they_look_like() -> None:
    """Four kinds of plain words are more than text; in quotes nothing is."""
    assert read_yaml("[1, -2, 0.5, true, False, ~, null, '1', \"true\", ]").data == [
        1, -2, 0.5, True, False, None, None, "1", "true",
    ]  # fmt: skip
    assert read_yaml("a:\nb: ''\n").data == {"a": None, "b": ""}


def test_keys_are_text() -> None:
    """A table of points for `1` or `no` is looked up by the text that the lead has."""
    assert read_yaml("{1: a, no: b, true: c, 0123: d}").data == {"1": "a", "no": "b", "true": "c", "0123": "d"}


def test_every_path_has_its_line() -> None:
    """A message without a line is a search."""
    lines = read_yaml("a:\n  - x: 1\n    y: {z: 2}\n\n  - w\nb: &k\n  c: 1\nd: *k\n").lines
    assert [lines.of(path) for path in ((), ("a",), ("a", 0), ("a", 0, "y", "z"), ("a", 1), ("b", "c"))] == [
        1,
        1,
        2,
        3,
        5,
        7,
    ]
    assert lines.of(("d", "c")) == 8
    assert lines.of(("a", 0, "not there")) == 2


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + number)}: &{chr(98 + number)} [{', '.join(['*' + chr(97 + number)] * 10)}]\n" for number in range(8)
)
REFUSED = [
    ("a: 1\nb: 2\na: 3\n", 3, "«a» is written twice, first in line 1"),
    ("a: 1\nb: {c: 1, c: 2}\n", 2, "«c» is written twice"),
    ("a:\n\tb: 1\n", 2, "a tab is used for indenting"),
    ("a: [1, 2\n", 2, "this isn't YAML"),
    ("a: 'x\n", 2, "this isn't YAML"),
    ("a: *b\n", 1, "no finished «&b»"),
    ("a: &b [*b]\n", 1, "no finished «&b»"),
    ("a: !!python/name:os.system\n", 1, "is not understood"),
    ("a: 1\n---\nb: 2\n", 2, "a second document begins here"),
    ("? [a]\n: 1\n", 1, "where a key is expected"),
    ("a: 1\nb: x\x07y\n", 2, "a character that YAML forbids"),
    ("a: \ud800\n", 1, "a character that YAML forbids"),
    ("", 0, "the file is empty"),
    ("# only a comment\n", 0, "the file is empty"),
    ("[" * 100_000, 1, "nested more than 40 deep"),
    (BOMB, 6, "aliases unfolded"),
    ("x" * 4_000_001, 0, "larger than 4 million"),
]


@pytest.mark.parametrize(("text", "line", "told"), REFUSED, ids=[row[2] for row in REFUSED])
def test_what_is_no_plain_document_is_refused_with_its_line(text: str, line: int, told: str) -> None:
    """Broken, ambiguous, hostile: each gets one clear problem, and neither time nor memory runs away."""
    with pytest.raises(FileRefused) as refused:
        read_yaml(text)
    problem = refused.value.problems[0]
    assert problem.line == line
    assert told in problem.message
    assert problem.mend


def test_a_file_in_another_encoding_is_refused_by_name() -> None:
    """GBK is what a spreadsheet on a Chinese Windows saves."""
    with pytest.raises(FileRefused, match=r"line 2: .*isn't UTF-8"):
        text_of("a: 1\nb: 华东\n".encode("gbk"))
    with pytest.raises(FileRefused, match="UTF-8"):
        text_of("a: 1\n".encode("utf-16"))


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    """Editors on Windows put one there."""
    assert read_yaml(text_of("\ufeffa: 1\n".encode())).data == {"a": 1}
    assert read_yaml("\ufeffa: 1\n").data == {"a": 1}
