"""Where a lead is: province, city and district from whatever words the source has for them.

Never guesses: a word that may mean two places means none. What could not be placed is named, so that the caller can
keep it.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

from routing.districts import DISTRICTS
from routing.regions import CITIES, City
from routing.vocabulary import PLACE_WORDS, cities, folded, province

_ROAD = frozenset("路街道巷弄村镇乡")
_DISTRICT_TAIL = "区县市旗"


@dataclass(frozen=True, slots=True)
class Place:
    """Official names, as far as known."""

    province: str | None = None
    city: str | None = None
    district: str | None = None


_NOWHERE = Place()


def _of_city(unit: City) -> Place:
    return Place(unit.province.name, unit.name)


def _index() -> dict[str, tuple[Place, ...]]:
    index: dict[str, list[Place]] = {}
    for unit in CITIES:
        for name in DISTRICTS.get(unit.code or "", ()):
            place = Place(unit.province.name, unit.name, name)
            index.setdefault(folded(name), []).append(place)
            if len(name) > 2 and name[-1] in _DISTRICT_TAIL:  # noqa: PLR2004  (a bare 东 or 城 names nothing)
                index.setdefault(folded(name[:-1]), []).append(place)
    return {word: tuple(places) for word, places in index.items()}


_DISTRICTS_BY_WORD = _index()
#: County-level units by the words that surely mean them: whole names, and short names of towns (义乌市, 义乌,
#: 浦东新区).
TOWNS = frozenset(
    word
    for word, places in _DISTRICTS_BY_WORD.items()
    if any(word == folded(place.district or "") or (place.district or "").endswith("市") for place in places)
)
_WORDS = PLACE_WORDS | frozenset(_DISTRICTS_BY_WORD) | {"市辖区"}
_LONGEST = max(map(len, _WORDS))


def _fits(place: Place, known: Place) -> bool:
    return known.province in (None, place.province) and known.city in (None, place.city)


def _district(word: str, known: Place) -> Place | None:
    """Find the one county-level unit of that name inside what is known.

    With nothing known only a whole name counts (昆山市), or the short name of a county-level city (昆山).
    """
    fits = [place for place in _DISTRICTS_BY_WORD.get(word, ()) if _fits(place, known)]
    whole = [place for place in fits if place.district is not None and folded(place.district) == word]
    fits = whole or fits
    if len(fits) != 1:
        return None
    only = fits[0]
    sure = known.province is not None or bool(whole) or (only.district or "").endswith("市")
    return only if sure else None


def _step(word: str, known: Place) -> Place | None:
    """Read one word as the next part of an address; None if it can't be that."""
    if known.district is not None:
        return None
    found = province(word)
    if found is not None and known.province is None:
        return Place(found)
    if known.city is None:
        hits = cities(word, known.province)
        if len(hits) == 1:
            return _of_city(hits[0])
    return _district(word, known)


def read_address(text: str, known: Place = _NOWHERE) -> Place:
    """Read an address from its beginning: 浙江省-杭州市-余杭区, 江苏+苏州, 上海上海市浦东新区张江路1号, 昆山市.

    Args:
        text: the address; separators and blanks do not matter.
        known: what other fields said; the address may add to it but never contradicts it.
    """
    return _scan(text, known)[0]


def _scan(text: str, known: Place) -> tuple[Place, str]:
    """Read an address; give the place and what stands behind the last name that was understood."""
    words = folded(text).removeprefix("中国").removeprefix("china")
    at = 0
    while at < len(words) and known.district is None:
        words_left = words[at : at + _LONGEST]
        for length in range(len(words_left), 1, -1):
            word = words_left[:length]
            if word not in _WORDS:
                continue
            if words_left[length : length + 1] in _ROAD and length <= 3:  # noqa: PLR2004  (中山路 is no city)
                continue
            if word.isascii() and length != len(words):  # half an English word is no place
                continue
            nearer = _place_or_repeat(word, known)
            if nearer is not None:
                known, at = _whole(nearer), at + length
                break
        else:
            break
    return known, words[at:]


def _place_or_repeat(word: str, known: Place) -> Place | None:
    """Read a word, passing over 市辖区 and names said twice (上海上海市)."""
    if word == "市辖区":
        return known
    found = _step(word, known)
    if found is not None:
        return found
    return known if _says_known(word, known) else None


@dataclass(frozen=True, slots=True)
class Found:
    """A place, the names of the fields that could not be placed, and what the address says beyond it (a street)."""

    place: Place
    unread: tuple[str, ...]
    rest: str


def locate(
    province_text: str | None = None,
    city_text: str | None = None,
    district_text: str | None = None,
    address_text: str | None = None,
) -> Found:
    """Put the fields of a lead together to one place.

    A field may hold more than its name says (江苏省苏州市 as province, 昆山 as city). The first fields go first;
    later ones fill what is missing. A district that no list knows is kept as it was written if the city is known.
    """
    place, unread = _named(province_text, city_text, district_text)
    rest = ""
    if address_text:
        nearer, rest = _scan(address_text, place)
        place = _whole(nearer)
    return Found(place, unread, rest)


@functools.lru_cache(maxsize=4096)
def _named(*texts: str | None) -> tuple[Place, tuple[str, ...]]:
    """Read the fields province, city and district; the same few hundred come all day, so the answers are remembered."""
    place, unread = _NOWHERE, []
    for name, text in zip(("province", "city", "district"), texts, strict=True):
        if not text:
            continue
        word = folded(text)
        nearer = _direct(name, word, place) or read_address(text, place)
        if nearer == place and not _says_known(word, place):
            if name == "district" and place.city is not None:
                nearer = replace(place, district=text)
            else:
                unread.append(name)
        place = _whole(nearer)
    return place, tuple(unread)


def _direct(name: str, word: str, known: Place) -> Place | None:
    """Read a field that holds just what its name says, which nearly all do."""
    if name == "province":
        found = province(word)
        return Place(found) if found else None
    if name == "city":
        hits = cities(word, known.province)
        return _of_city(hits[0]) if len(hits) == 1 else None
    return _district(word, known)


def _whole(place: Place) -> Place:
    """In a municipality the city is the province."""
    if place.city is None and place.province is not None and _WHOLE.get(place.province):
        return replace(place, city=place.province)
    return place


_WHOLE = {unit.province.name: True for unit in CITIES if unit.province.whole}


def _says_known(word: str, place: Place) -> bool:
    """Say whether a field only repeats what is known (city 上海 in 上海市)."""
    if word and province(word) == place.province and place.province is not None:
        return True
    return any(unit.name == place.city for unit in cities(word, place.province))
