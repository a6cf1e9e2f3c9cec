"""The stand-in's crypto against WeCom's own Node package, in both directions."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from sandbox.callback_crypto import CallbackCipher
from tests.sandbox.application import AES_KEY, TOKEN
from tests.support.node_package import wecom_package

HERE = Path(__file__).parent
RECEIVER = "wwcorp0000000001"
MESSAGES = ["", "a", "派单", "A" * 28, "x" * 10_000, "<xml><Content><![CDATA[帮助 ]]></Content></xml>"]


def test_the_official_node_package_reads_ours_and_we_read_its(request: pytest.FixtureRequest) -> None:
    """A misreading of the protocol cannot hide in code that only ever talks to itself."""
    folder = wecom_package(request.config) / "node_modules"
    own = CallbackCipher(TOKEN, AES_KEY, RECEIVER)
    packets = [
        {"encrypted": own.encrypt(words.encode()), "timestamp": "1760000000", "nonce": "n1"} for words in MESSAGES
    ]
    question = {"token": TOKEN, "key": AES_KEY, "receiver": RECEIVER, "packets": packets, "messages": MESSAGES}
    node = subprocess.run(
        ["node", str(HERE / "wecom_crypto.cjs")],
        input=json.dumps(question),
        env=os.environ | {"NODE_PATH": str(folder)},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    answer = json.loads(node.stdout)
    for words, packet, read in zip(MESSAGES, packets, answer["read"], strict=True):
        assert (read["message"], read["id"]) == (words, RECEIVER)
        assert read["signature"] == own.signature("1760000000", "n1", packet["encrypted"])
    assert [own.decrypt(encrypted).decode() for encrypted in answer["written"]] == MESSAGES
