"""Personal data at rest: sealed for one place, found again by a keyed hash."""

import base64
import functools
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, make_url, text

from store import deliveries, facts, outbox
from store.data_key import accept, open_keys, verify
from store.database import open_database
from store.errors import WrongDataKey
from store.lead_queries import LeadFilter, search
from store.sealed_fields import KeyRing
from store.transaction import Transaction
from tests.store import given
from tests.store.given import KEYS, MINUTE, NOW

_OLD, _NEW, _OTHER = (f"{name}:{base64.b64encode(bytes([seed]) * 32).decode()}" for name, seed in
                      (("old", 1), ("new", 2), ("other", 3)))  # fmt: skip


def test_what_is_sealed_opens_in_its_place_only() -> None:
    """A ciphertext moved to another row, table or column must not pass for that row's own."""
    sealed = KEYS.seal(b"13800001234", "lead.sealed.1024")

    assert KEYS.open(sealed, "lead.sealed.1024") == b"13800001234"
    for place in ("lead.sealed.1025", "fact.sealed.1024", "lead.other.1024"):
        with pytest.raises(WrongDataKey, match="not sealed for this place"):
            KEYS.open(sealed, place)


@pytest.mark.parametrize("cut", [0, 1, 2, 3, 10, 20, 30], ids=str)
def test_a_broken_value_is_refused_and_not_a_crash(cut: int) -> None:
    """Whatever a damaged file holds, the answer is the same error."""
    with pytest.raises(WrongDataKey):
        KEYS.open(KEYS.seal(b"", "somewhere")[:cut], "somewhere")


def test_the_same_text_is_never_sealed_the_same_way_twice() -> None:
    """Equal ciphertexts would show which rows are equal; that is what the blind index is for, and only it."""
    assert len({KEYS.seal(b"same", "place") for _ in range(1000)}) == 1000


def test_blind_indexes_of_different_kinds_never_meet() -> None:
    """A phone that reads like a WeChat id identifies somebody else."""
    assert KEYS.index("phone", "x") == KEYS.index("phone", "x") != KEYS.index("wechat", "x")
    assert KEYS.index("a", "b\0c") == KEYS.index("a", "b\0c")
    assert KEYS.index("phone", None) is KEYS.index("phone", "") is None


@pytest.mark.parametrize(
    ("text_of_key", "says"),
    [
        ("", "must be one"),
        ("c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlYw==", "write kid:base64"),
        ("k1:not base64!", "k1 is not base64"),
        ("k1:c2hvcnQ=", "k1 has 5 bytes instead of 32"),
        (f"{_OLD},{_OLD}", "two keys are named old"),
        (f"{'k' * 21}:{_OLD[4:]}", "at most 20"),
        (f"键:{_OLD[4:]}", "write kid:base64"),
    ],
    ids=["empty", "no id", "no base64", "too short", "twice", "long id", "id not ascii"],
)
def test_a_key_that_cannot_be_read_is_refused_by_name_and_never_repeated(text_of_key: str, says: str) -> None:
    """The message goes to logs and terminals: it names the key, never shows it."""
    with pytest.raises(WrongDataKey, match=says) as refused:
        KeyRing.parse(text_of_key)

    assert _OLD[4:12] not in str(refused.value)
    assert "c2Vjcm" not in str(refused.value)


def test_without_a_key_one_is_made_beside_the_sqlite_file(empty_sqlite_url: str) -> None:
    """The first start works without settings; the key is the owner's alone, the same ever after, and he is warned."""
    first, warning = open_keys(None, empty_sqlite_url)
    again, _ = open_keys("  ", empty_sqlite_url)

    path = Path(f"{make_url(empty_sqlite_url).database}.key")
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.glob("*.key*")) == [path]
    assert first.fingerprints == again.fingerprints
    assert "PAIDAN_DATA_KEY" in (warning or "")
    assert str(path) in (warning or "")


def test_without_a_key_postgresql_is_refused_with_the_mend() -> None:
    """There is no file beside it: a key made on one replica would lock the others out."""
    with pytest.raises(WrongDataKey, match="Make one with"):
        open_keys(None, "postgresql://paidan@db/paidan")


def test_a_given_key_is_taken_without_a_warning(empty_sqlite_url: str) -> None:
    """Nothing is written where the operator keeps the key himself."""
    keys, warning = open_keys(_OLD, empty_sqlite_url)

    assert keys.index_key_id == "old"
    assert warning is None
    assert not Path(f"{make_url(empty_sqlite_url).database}.key").exists()


@pytest.mark.parametrize(
    ("given_keys", "says"),
    [
        (_OTHER, "lacks the key named old"),
        (f"old:{_OTHER[6:]}", "named old is not the one"),
        (f"{_OLD},{_OTHER}", "must end with the key named old"),
    ],
    ids=["another", "same name", "wrong order"],
)
async def test_a_wrong_key_is_refused_before_anything_is_read(database_url: str, given_keys: str, says: str) -> None:
    """Rows written with a second key by mistake would never open again."""
    database = open_database(database_url)
    await database.write(lambda connection: accept(connection, KeyRing.parse(_OLD), NOW))

    with pytest.raises(WrongDataKey, match=says):
        await database.write(lambda connection: accept(connection, KeyRing.parse(given_keys), NOW))
    with pytest.raises(WrongDataKey, match=says):
        await database.read(lambda connection: verify(connection, KeyRing.parse(given_keys)))

    await database.close()


async def test_after_a_rotation_old_rows_open_and_known_customers_are_found(database_url: str) -> None:
    """A new key goes to the front: it seals from now on, the old one still opens and still makes the blind indexes."""
    database = open_database(database_url)
    old, both = KeyRing.parse(_OLD), KeyRing.parse(f"{_NEW},{_OLD}")
    phone = "+8613800001234"

    def receive(lead_id: int, keys: KeyRing) -> Callable[[Connection], None]:
        def work(connection: Connection) -> None:
            accept(connection, keys, NOW)
            tx = Transaction(connection, keys, NOW)
            tx.add_lead(given.a_lead(lead_id, content={"phone": phone}, phone_index=keys.index("phone", phone)))
            tx.flush()

        return work

    await database.write(receive(1001, old))
    await database.write(receive(1002, both))

    page = await database.read(lambda connection: search(connection, LeadFilter(phone=phone), both, limit=10))
    assert [row.lead_id for row in page.items] == [1002, 1001]
    assert {row.lead.phone for row in page.items} == {phone}
    with pytest.raises(WrongDataKey, match="lacks the key named new"):
        await database.write(lambda connection: accept(connection, old, NOW))
    with pytest.raises(WrongDataKey):
        await database.read(lambda connection: search(connection, LeadFilter(phone=phone), old, limit=10))
    await database.close()


def _store_marked(tx: Transaction) -> None:
    """Send one marked person through everything that keeps personal data."""
    content = {
        "name": given.MARKED_NAME, "phone": given.MARKED_PHONE, "email": given.MARKED_MAIL,
        "wechat": given.MARKED_WECHAT, "demand": given.MARKED_TEXT, "external_id": given.MARKED_WECHAT,
        "extra": {"备注": given.MARKED_TEXT},
    }  # fmt: skip
    tx.add_lead(given.a_lead(1001, content=content))
    private: dict[str, object] = {"text": given.MARKED_TEXT, "phone": given.MARKED_PHONE, "name": given.MARKED_NAME}
    tx.fact(1001, "follow_up", "rep001", private=private)
    tx.message(given.a_message(private=private))
    tx.flush()
    deliveries.refuse(tx.connection, "website", {"title": "无联系方式"}, given.MARKED_PHONE.encode(), KEYS, NOW)
    outbox.begin(tx.connection, {1: given.MARKED_NAME.encode() + given.MARKED_PHONE.encode()}, KEYS)


async def test_no_personal_word_stands_in_the_database_file(sqlite_url: str) -> None:
    """Who copies the file without the key learns no phone, name, address or word that a person wrote."""
    database = open_database(sqlite_url)
    await database.write(lambda connection: _store_marked(Transaction(connection, KEYS, NOW)))

    files = list(Path(str(make_url(sqlite_url).database)).parent.glob("paidan.db*"))
    found = b"".join(path.read_bytes() for path in files)

    assert any(path.name.endswith("-wal") and path.stat().st_size > 0 for path in files)
    assert b"follow_up" in found
    for word in (given.MARKED_NAME, given.MARKED_PHONE, given.MARKED_MAIL, given.MARKED_WECHAT, given.MARKED_TEXT):
        for encoded in (word.encode(), word.encode("utf-16-le"), word.encode().hex().encode(), word[3:].encode()):
            assert encoded not in found
    await database.close()


async def test_a_sealed_value_moved_to_another_row_does_not_open(database_url: str) -> None:
    """Who can write to the database, but has no key, must not show one customer's words under another's name."""
    database = open_database(database_url)

    def store(connection: Connection) -> None:
        tx = Transaction(connection, KEYS, NOW)
        for lead_id in (1001, 1002):
            tx.add_lead(given.a_lead(lead_id))
            tx.fact(lead_id, "follow_up", "rep001", private={"text": f"给 {lead_id}"})
            tx.message(given.a_message(lead_id=lead_id, private={"text": f"给 {lead_id}"}))
        tx.fact(1001, "note", "rep001", private={"text": "另一条"})
        tx.flush()

    await database.write(store)
    for table, key, column in (
        ("lead", "lead_id", "sealed"),
        ("fact", "fact_id", "sealed"),
        ("outbox", "message_id", "sealed_payload"),
    ):
        swap = text(f"UPDATE {table} SET {column} = (SELECT {column} FROM {table} ORDER BY {key} DESC LIMIT 1)")
        await database.write(functools.partial(Connection.execute, statement=swap))

    with pytest.raises(WrongDataKey):
        await database.read(lambda connection: Transaction(connection, KEYS, NOW).lead(1001))
    with pytest.raises(WrongDataKey):
        await database.read(lambda connection: facts.of_lead(connection, 1001, KEYS))
    with pytest.raises(WrongDataKey):
        await database.write(lambda connection: outbox.claim(connection, NOW, KEYS, lease_until=NOW + MINUTE, limit=10))
    await database.close()
