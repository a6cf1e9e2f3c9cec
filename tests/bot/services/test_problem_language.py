"""Problems of a policy are said in the language of whoever reads them, every one of them."""

import re
from contextlib import suppress
from string import Formatter

import pytest

from bot.services.problem_language import in_language
from bot.services.texts_problems import PROBLEMS
from routing.errors import FileRefused, Problem
from routing.policy_check_history import LeadsOfLate
from routing.policy_file import Surroundings, load_policy
from routing.team_file import load_team
from tests.routing import policy_texts, test_broken_examples, test_policy_file

_CHINESE = re.compile("[\u3400-\u9fff]")
#: Three words in a row are no name and no key.
_ENGLISH = re.compile(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b")


def _problems() -> set[str]:
    """Give every sentence that the tables of broken files bring out."""
    told: set[Problem] = set()
    for variant in test_broken_examples.VARIANTS:
        told.update(test_broken_examples.found_in(variant))
    roster = load_team(policy_texts.TEAM).roster
    for written, instead, *_ in test_policy_file.BROKEN:
        with suppress(FileRefused):
            load_policy(policy_texts.POLICY.replace(written, instead), roster=roster)
        try:
            load_policy(policy_texts.POLICY.replace(written, instead), roster=roster)
        except FileRefused as refused:
            told.update(refused.problems)
    late = LeadsOfLate([{"industry": "教育"}] * 1_000, {"industry": frozenset({"教育"})})
    told.update(load_policy(policy_texts.POLICY, surroundings=Surroundings(of_late=late)).warnings)
    return {sentence for problem in told for sentence in (problem.message, problem.mend)}


def test_every_sentence_of_the_checks_is_there_in_chinese() -> None:
    """Simplified Chinese first: nothing that a check says is left in English."""
    sentences = _problems()
    assert len(sentences) > 100
    said = {sentence: in_language(sentence, "zh") for sentence in sorted(sentences)}
    assert [sentence for sentence, chinese in said.items() if chinese == sentence or _ENGLISH.search(chinese)] == []
    assert all(in_language(sentence, "en") == sentence for sentence in sentences)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("the weights sum to 99, not to 100", "权重合计 99，不是 100"),
        ("add 1", "加 1"),
        ("there is no team «esat»", "没有团队 «esat»"),
        ("did you mean «east»?", "是不是 «east»？"),
        ("use one of a, b … (12 in all)", "可选：a, b …（共 12 个）"),
        ("must be a whole number, not «很高»", "必须是整数，不能是 «很高»"),
        (
            "«华东» is never reached: «西北» before it takes all its leads",
            "«华东» 永远轮不到：前面的 «西北» 接走了它的全部线索",
        ),
        (
            "nobody may ever take leads of «海外» in ja, ko: they go to review",
            "«海外» 语言为 ja, ko 的线索，永远没有人能接：会进入人工复核",
        ),
        (
            "nobody may ever take leads of «医疗» inside the fence «港口»: they go to review",
            "«医疗» 在围栏 «港口» 内的线索，永远没有人能接：会进入人工复核",
        ),
        ("what nobody has put into Chinese", "what nobody has put into Chinese"),
    ],
)
def test_a_sentence_is_said_in_chinese(english: str, chinese: str) -> None:
    """Names and numbers are taken over."""
    assert in_language(english, "zh") == chinese


def test_both_languages_name_the_same_things() -> None:
    """What one sentence fills in, the other does not leave out, and no sentence stands twice."""
    for words in PROBLEMS:
        names = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (words.zh, words.en)]
        assert names[0] <= names[1], words
        assert _CHINESE.search(words.zh), words
    assert len({words.en for words in PROBLEMS}) == len(PROBLEMS)
