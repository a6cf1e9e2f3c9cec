"""What WeCom allows on a card and in a text, and how text is made to fit.

Figures: developer.work.weixin.qq.com/document/path/90236 (sending) and 94888 (updating). Many of them are called
recommendations there; what the server does with longer text is not said, so all are kept as if they were hard.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

# Characters (字), counted by `width`.
SOURCE_DESC: Final = 20
TITLE: Final = 36
TITLE_DESC: Final = 44
SUB_TITLE: Final = 160
ROW_NAME: Final = 5
ROW_VALUE: Final = 30
BUTTON_TEXT: Final = 10
VOTE_TITLE: Final = 16
VOTE_DESC: Final = 160
VOTE_OPTION_TEXT: Final = 17
#: Not WeCom's: a need is told in at most 80 characters, so that the card stays one glance.
NEED: Final = 80
#: Not WeCom's: no length is documented for the head of a quote.
QUOTE_TITLE: Final = 20

# How many.
ROWS: Final = 6
BUTTONS: Final = 6
VOTE_OPTIONS: Final = 20

# Bytes of UTF-8.
BUTTON_KEY_BYTES: Final = 1024
OPTION_ID_BYTES: Final = 128
TASK_ID_BYTES: Final = 128
TEXT_BYTES: Final = 2048
URL_BYTES: Final = 2048

_ELLIPSIS: Final = "…"
_NOTHING: Final = "—"
_ZWJ: Final = "\u200d"
_JOINERS: Final = "\u200c\u200d"

_LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029]")
# Direction marks, embeddings, overrides, isolates: they make what follows on the card read backwards.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Characters nobody sees: soft hyphen, zero-width space, word joiner and kin, byte-order mark, tags, fillers.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
# Halves of a surrogate pair can't be written as UTF-8 at all; the others are no characters.
_NO_CHARACTER = re.compile("[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Even as plain text it would put the bytes of an escape into the request, which WeCom refuses (40033).
_ESCAPE = re.compile(r"\\(?=u)")
_BLANKS = re.compile(r"\s+")
_BLANKS_IN_LINE = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_TAG_START = re.compile(r"<(?=[A-Za-z/!?])")
# RFC 3986, without the apostrophe.
_LINK = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&()*+,;=%]+")


def plain(text: str) -> str:
    """Give foreign text as one line that shows what it says: no controls, no direction tricks, no invisible filling."""
    return _BLANKS.sub(" ", _clean(text)).strip()


def plain_lines(text: str) -> str:
    """Do the same but keep the line breaks; markup is made visible, since a text message would obey `<a href>`."""
    lines = _BLANKS_IN_LINE.sub(" ", _clean(text))
    return _TAG_START.sub("＜", _EMPTY_LINES.sub("\n\n", lines)).strip()


def _clean(text: str) -> str:
    text = _ESCAPE.sub("＼", text)
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_ENDS.sub("\n", text)
    text = _INVISIBLE.sub("", _DIRECTION.sub("", text))
    return _NO_CHARACTER.sub("\ufffd", _CONTROL.sub(" ", text))


def width(text: str) -> int:
    """Count as the most pessimistic counter would: UTF-16 units, so that an emoji counts two."""
    return len(text) + sum(character > "\uffff" for character in text)


def fit(text: str, most: int) -> str:
    """Make text that was made `plain` fit into `most` characters.

    It is cut from the end with …, never inside what is seen as one character. Text of which nothing is left becomes a
    dash, since WeCom refuses empty fields.
    """
    return _fit(text, most, width) if text else _NOTHING


def fit_bytes(text: str, most: int) -> str:
    """Do the same, counting bytes of UTF-8."""
    return _fit(text, most, _bytes) if text else _NOTHING


def usable_link(link: str | None) -> str | None:
    """Give the address back if WeCom will take it: a scheme, nothing that ends an attribute, at most 2048 bytes."""
    if link is None or not _LINK.fullmatch(link) or len(link) > URL_BYTES:
        return None
    return link


def clusters(text: str) -> Iterator[str]:
    """Split into what a reader sees as one: a base with its marks, a flag, a family joined by zero-width joiners.

    A simple form of the extended grapheme clusters of UAX 29, without the conjuncts of Indic scripts.
    """
    start = 0
    for index in range(1, len(text)):
        if not _continues(text, start, index):
            yield text[start:index]
            start = index
    if text:
        yield text[start:]


def _continues(text: str, start: int, index: int) -> bool:
    here, before = text[index], text[index - 1]
    if here < "\u0300":
        return False
    if here in _JOINERS or "\U0001f3fb" <= here <= "\U0001f3ff":
        return True
    category = unicodedata.category(here)
    if category.startswith("M") or (before == _ZWJ and category == "So"):
        return True
    if "\U0001f1e6" <= here <= "\U0001f1ff":
        return index - start == 1 and "\U0001f1e6" <= before <= "\U0001f1ff"
    # Vowels and final consonants of Korean syllables that are written in parts.
    return "\u1160" <= here <= "\u11ff" and ("\u1100" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7a3")


def _bytes(text: str) -> int:
    return len(text.encode())


def _fit(text: str, most: int, size: Callable[[str], int]) -> str:
    if size(text) <= most:
        return text
    room = most - size(_ELLIPSIS)
    kept: list[str] = []
    for cluster in clusters(text):
        room -= size(cluster)
        if room < 0:
            break
        kept.append(cluster)
    return "".join(kept).rstrip() + _ELLIPSIS
