"""What people read stands in both languages, in modules of texts, and is said in the language of whoever reads it."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest

from bot.wording import Words
from tests.architecture.project_files import ROOT, named, python_files, tree_of

_CHINESE = re.compile("[\u3400-\u9fff。，、「」：；？！（）]")
#: What `Desk.tell` takes beside the values of the words.
_TAKEN = {"urgency", "lead_id", "offer_no"}
#: These read what people type, in whatever language, and say nothing.
_READERS = {
    "bot/chat/command_parser.py", "bot/chat/command_values.py", "bot/chat/command_words.py", "bot/chat/leave_times.py",
    "bot/chat/manager_people.py", "bot/chat/parking_days.py", "bot/chat/people_names.py",
    "bot/chat/policy_targets.py", "bot/chat/policy_words.py", "bot/chat/presence_commands.py",
}  # fmt: skip
_SPEAK = [
    path for folder in ("services", "chat", "messaging") for path in sorted((ROOT / "bot" / folder).rglob("*.py"))
]
_SPEAK += [ROOT / "bot" / "sending.py", ROOT / "bot" / "operator.py", ROOT / "bot" / "local_socket.py"]


def _holds_texts(path: Path) -> bool:
    return path.stem.startswith("texts") or path.stem == "wording"


def text_modules() -> list[ModuleType]:
    """Give every module of texts."""
    found = [path for path in python_files("bot") if _holds_texts(path)]
    return [import_module(named(path).removesuffix(".py").replace("/", ".")) for path in found]


def words_in(value: object, name: str) -> Iterator[tuple[str, Words]]:
    """Yield the words in a value of a module of texts, however it is put together."""
    if isinstance(value, Words):
        yield name, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from words_in(item, f"{name}[{key}]")
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from words_in(getattr(value, field.name), f"{name}.{field.name}")


def all_words() -> list[tuple[str, Words]]:
    """Give everything that is said, with its place."""
    return [
        found
        for module in text_modules()
        for name, value in vars(module).items()
        for found in words_in(value, f"{module.__name__}.{name}")
    ]


def _fields(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}


@pytest.mark.parametrize(("name", "words"), [pytest.param(*item, id=item[0]) for item in all_words()])
def test_both_languages_say_the_same(name: str, words: Words) -> None:
    """Everything is said in Chinese and in English, with the same things filled in."""
    assert words.zh, name
    assert words.en, name
    assert not _CHINESE.search(words.en), name
    # A language may leave out what it does not need, but neither may ask for what the other is not given.
    assert _fields(words.en) <= _fields(words.zh), name
    assert not _fields(words.zh) & _TAKEN, f"{name} fills in what tells the message's own place"


def test_every_module_of_texts_is_looked_at() -> None:
    """A module that is renamed, or forgotten, would take its texts out of the tests."""
    seen = {name.rpartition(".")[0].partition("[")[0] for name, _ in all_words()}
    assert {"bot.chat.texts", "bot.services.texts_notices", "bot.services.texts_alarms"} <= seen
    assert "bot.services.texts_on_cards.CLOSINGS" in {name.partition("[")[0] for name, _ in all_words()}


@pytest.mark.parametrize("path", [path for path in python_files("bot") if _holds_texts(path)], ids=named)
def test_a_module_of_texts_holds_no_text_of_one_language(path: Path) -> None:
    """A plain Chinese string there would be a text that nobody has put into English."""
    in_words = {
        id(constant)
        for call in ast.walk(_tree(path))
        if isinstance(call, ast.Call) and _name_of(call.func) in {"Words", "CardWords"}
        for constant in ast.walk(call)
    }
    alone = [
        f"{node.lineno}: {text}"
        for node, text in _strings(_tree(path))
        if _CHINESE.search(text) and id(node) not in in_words
    ]
    assert not alone


@pytest.mark.parametrize(
    "path", [path for path in _SPEAK if not _holds_texts(path) and named(path) not in _READERS], ids=named
)
def test_nothing_is_put_into_words_outside_a_module_of_texts(path: Path) -> None:
    """A text written where it is said is a text in one language, whoever reads it."""
    tree = _tree(path)
    found = [f"{node.lineno}: {text}" for node, text in _strings(tree) if _CHINESE.search(text)]
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name, given = _name_of(call.func), call.args
        literal = [item for item in given if isinstance(item, ast.Constant | ast.JoinedStr) and _is_text(item)]
        if name in {"tell", "tell_text", "say_text", "TextMessage", "ClosedCard"} and literal:
            found.append(f"{call.lineno}: {name} is given a text and no words")
        if name == "say" and given and isinstance(given[0], ast.Constant):
            found.append(f"{call.lineno}: said in one language, whoever reads it")
    assert not found


@cache
def _tree(path: Path) -> ast.Module:
    """Parse a file once, so that a node is the same whenever it is looked at."""
    return tree_of(path)


def _strings(tree: ast.Module) -> Iterator[tuple[ast.Constant, str]]:
    """Yield the strings of a module but for its docstrings."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node, node.value


def _is_text(node: ast.Constant | ast.JoinedStr) -> bool:
    return isinstance(node, ast.JoinedStr) or isinstance(node.value, str)


def _name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
