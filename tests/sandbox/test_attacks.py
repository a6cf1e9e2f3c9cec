"""Hostile packets are really hostile: a sound receiver refuses each of them."""

import pytest

from sandbox.callback_xml import parse_answer
from sandbox.config import CallbackTiming
from sandbox.server import Sandbox
from tests.sandbox.application import Application

SOUND_TO_A_RECEIVER_OF_PACKETS = {"old_timestamp", "foreign_agent", "replayed", "huge_body"}


def test_each_attack_is_named(sandbox: Sandbox) -> None:
    """An unknown attack would be a test that tests nothing."""
    assert len(sandbox.attacks.kinds) == 15


async def test_an_unknown_attack_is_refused(app: Application) -> None:
    """Over the control API too."""
    assert (await app.control("attack", {"kind": "charm"}))[0] == 400


async def test_a_strict_receiver_decodes_none_but_those_it_has_to_judge_by_content(
    app: Application, sandbox: Sandbox
) -> None:
    """Only an old packet, another application's, and one with ballast verify and decrypt into a message."""
    sandbox.callbacks.timing = CallbackTiming(answer_s=3)
    understood = set()
    with pytest.raises(ValueError, match="no callback yet"):
        await sandbox.attacks.send("replayed")
    real = await sandbox.text("zhangsan", "帮助").wait()
    for kind in sandbox.attacks.kinds:
        app.inner.clear()
        await sandbox.attacks.send(kind)
        for inner in list(app.inner):
            try:
                parse_answer(inner)
            except ValueError:
                continue
            understood.add(kind)
    app.inner.clear()
    # The scripted application has aiohttp's limit of 1 MiB, so the ballast does not get through to it.
    assert understood == SOUND_TO_A_RECEIVER_OF_PACKETS - {"huge_body"}
    await sandbox.attacks.send("replayed")
    assert app.inner == [real.inner_xml]
    assert app.queries[-1] == app.queries[0]


@pytest.mark.parametrize("kind", ["wrong_signature", "foreign_receiver", "bad_padding"])
async def test_an_attack_tells_status_and_body(app: Application, kind: str) -> None:
    """Whoever tests a receiver asserts on its answer."""
    status, answer = await app.control("attack", {"kind": kind})
    assert status == 200
    assert answer == {"status": 403, "body": ""}
