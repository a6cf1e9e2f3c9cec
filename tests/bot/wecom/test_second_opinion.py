"""Our crypto against WeCom's own Node package, in both directions.

Skipped, and said so in pytest's summary, where Node or the package can't be had.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.messaging import Tap
from bot.wecom.callbacks import read_callback, text_reply
from bot.wecom.crypto import CallbackCrypto
from tests.bot.wecom.vectors import AES_KEY, ALL, TOKEN, V3, Vector
from tests.support.node_package import wecom_package

HERE = Path(__file__).parent / "node"
CORP_ID = "wwcorp0000000001"
NOW = datetime.fromtimestamp(1760000001, UTC)
Ask = Callable[..., Any]

MESSAGES = [
    V3.message,
    "",
    "x",
    "A" * 28,
    "派单 👨‍👩‍👧‍👦 ]]> <b>&amp;</b>",
    "长" * 5000,
    "\x00\n\t",
    *("边界" * 3 + "." * length for length in range(0, 33, 4)),
]


@pytest.fixture(scope="module")
def ask(request: pytest.FixtureRequest) -> Ask:
    """Give a function that asks the Node package."""
    folder = wecom_package(request.config)

    def answered(**question: str) -> Any:
        command = ["node", str(HERE / "second_opinion.js"), str(folder)]
        told = json.dumps({"key": AES_KEY, "token": TOKEN, **question}) + "\n"
        run = subprocess.run(command, input=told, capture_output=True, text=True, check=True, timeout=60)
        return json.loads(run.stdout)

    return answered


@pytest.mark.parametrize("vector", ALL, ids=lambda vector: vector.name)
def test_the_vectors_mean_the_same_to_wecoms_package(ask: Ask, vector: Vector) -> None:
    """Else the vectors would test nothing."""
    answer = ask(do="decrypt", encrypted=vector.encrypted, timestamp=vector.timestamp, nonce=vector.nonce)
    assert answer == {"message": vector.message, "id": vector.corp_id, "signature": vector.signature}


@pytest.mark.parametrize("message", MESSAGES, ids=range(len(MESSAGES)))
def test_what_wecoms_package_encrypts_we_open(ask: Ask, message: str) -> None:
    """Messages of every length around a block, Chinese, emoji, markup."""
    made = ask(do="encrypt", message=message, id=CORP_ID, timestamp="1760000001", nonce="n1")
    query = {"msg_signature": made["signature"], "timestamp": "1760000001", "nonce": "n1"}
    body = f"<xml><Encrypt><![CDATA[{made['encrypted']}]]></Encrypt></xml>".encode()
    crypto = CallbackCrypto(token=TOKEN, aes_key=AES_KEY, corp_id=CORP_ID)
    assert crypto.open(query, body, now=NOW) == message


@pytest.mark.parametrize("message", MESSAGES, ids=range(len(MESSAGES)))
def test_what_we_seal_wecoms_package_decrypts(ask: Ask, message: str) -> None:
    """The reply packet: text, receiver and signature."""
    crypto = CallbackCrypto(token=TOKEN, aes_key=AES_KEY, corp_id=CORP_ID)
    packed = crypto.seal(message, nonce="n2", prefix="0123456789abcdef", now=NOW)
    values = dict(re.findall(r"<(Encrypt|MsgSignature|TimeStamp|Nonce)>(?:<!\[CDATA\[)?([^<\]]+)", packed))
    answer = ask(do="decrypt", encrypted=values["Encrypt"], timestamp=values["TimeStamp"], nonce=values["Nonce"])
    assert answer == {"message": message, "id": CORP_ID, "signature": values["MsgSignature"]}


def test_a_tap_encrypted_by_wecoms_package_is_understood_and_its_answer_read(ask: Ask) -> None:
    """The whole way: tap in, encrypted text out."""
    made = ask(do="encrypt", message=V3.message, id=CORP_ID, timestamp="1760000001", nonce="n1")
    query = {"msg_signature": made["signature"], "timestamp": "1760000001", "nonce": "n1"}
    body = f"<xml><Encrypt><![CDATA[{made['encrypted']}]]></Encrypt></xml>".encode()
    crypto = CallbackCrypto(token=TOKEN, aes_key=AES_KEY, corp_id=CORP_ID)
    tap = read_callback(crypto.open(query, body, now=NOW), corp_id=CORP_ID, agent_id=1000002)
    assert isinstance(tap, Tap)
    reply = text_reply("已收到 ]]>", user=tap.user, corp_id=CORP_ID, now=NOW)
    packed = crypto.seal(reply, nonce="n1", prefix="fedcba9876543210", now=NOW)
    encrypted = re.findall(r"<Encrypt><!\[CDATA\[(.*?)\]\]>", packed)[0]
    answer = ask(do="decrypt", encrypted=encrypted, timestamp="1760000001", nonce="n1")
    assert answer["message"] == reply
