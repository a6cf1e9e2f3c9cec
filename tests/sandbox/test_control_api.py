"""The control API over HTTP, the stream of changes, and the sandbox as a process of its own."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from sandbox.__main__ import read_arguments
from sandbox.people_file import DEFAULT_PEOPLE, read_people
from sandbox.server import Sandbox
from tests.sandbox.application import AES_KEY, TOKEN, Application, button_card


async def test_a_tap_over_http_is_a_callback(app: Application, sandbox: Sandbox) -> None:
    """With `wait` the answer tells how the delivery went; a grey button is 409."""
    code = (await app.send("template_card", button_card()))["response_code"]
    tap = {"user": "zhangsan", "task_id": "t1", "key": "accept", "wait": True}
    status, answer = await app.control("tap", tap)
    assert (status, answer["callback"]["outcome"], len(app.inner)) == (200, "delivered", 1)
    await app.control("tap", tap | {"double": True})
    await sandbox.settled()
    assert len(app.inner) == 3
    await app.update(code, "zhangsan", button={"replace_name": "已接单"})
    assert (await app.control("tap", tap))[0] == 409
    assert (await app.control("tap", tap | {"force": True}))[0] == 200
    status, chat = await app.control("chat?user=zhangsan")
    assert status == 200
    assert chat["entries"][0]["buttons"] == ["已接单"]


async def test_texts_members_settings_and_reset(app: Application, sandbox: Sandbox) -> None:
    """Everything a test of another program needs."""
    assert (await app.control("text", {"user": "lisi", "text": "帮助", "wait": True}))[0] == 200
    people = [{"userid": "newbie", "name": "新人", "locale": "en"}]
    status, answer = await app.control("members", {"people": people, "remove": ["lisi"]})
    assert status == 200
    assert [person["userid"] for person in answer["people"]] == ["ZhangSan", "lijing", "hidden", "gone", "newbie"]
    assert (await app.send("text", {"content": "x"}, touser="newbie|lisi"))["invaliduser"] == "lisi"
    settings = {"strict_lengths": True, "timing": {"retries": 1}, "token_mode": "new", "passive_card_update": "honour"}
    assert (await app.control("settings", settings))[0] == 200
    assert (sandbox.callbacks.timing.retries, sandbox.tokens.mode, sandbox.passive_card_update) == (1, "new", "honour")
    long = button_card(sub_title_text="长" * 161)
    assert (await app.send("template_card", long))["errcode"] == 40058
    assert (await app.control("clock", {"advance_s": 10}))[0] == 200
    assert (await app.control("tokens", {"action": "revoke"}))[0] == 200
    assert (await app.send("text", {"content": "x"}))["errcode"] == 40014
    assert (await app.control("reset", {}))[0] == 200
    assert (await app.control("chats"))[1] == {"chats": []}
    assert (await app.control("records"))[1]["refusals"] == []


async def test_faults_over_http(app: Application, sandbox: Sandbox) -> None:
    """Added, listed, cleared by kind."""
    status, answer = await app.control("faults", {"kind": "busy", "endpoint": "message/send", "count": 3, "seed": 5})
    assert (status, answer["fault"]["count"]) == (200, 3)
    assert (await app.send("text", {"content": "x"}))["errcode"] == -1
    listed = (await app.control("faults"))[1]
    assert (listed["faults"][0]["hits"], listed["hits"]) == (1, {"busy": 1})
    await app.control("faults/clear", {"kind": "busy"})
    assert sandbox.faults.active() == []
    assert (await app.control("faults", {"kind": "meteor"}))[0] == 400


async def test_the_callback_address_is_saved_over_http(app: Application, sandbox: Sandbox) -> None:
    """422 with 40057 when it does not verify."""
    body = {"url": app.callback_url, "token": TOKEN, "aes_key": AES_KEY}
    assert await app.control("callback", body) == (200, {"saved": True})
    status, answer = await app.control("callback", body | {"token": "wrong"})
    assert (status, answer["errcode"]) == (422, 40057)
    assert (await app.control("callback", body | {"token": "wrong", "verify": False}))[0] == 200
    assert sandbox.callbacks.settings.token == "wrong"


async def test_a_foreign_page_cannot_press_buttons(app: Application) -> None:
    """A form's content type is refused, so that a browser has to ask first, and gets no leave."""
    assert app.session is not None
    async with app.session.post("/sandbox/api/reset", data={"a": "b"}) as answer:
        assert answer.status == 415
    async with app.session.post(
        "/sandbox/api/reset", data=b"[]", headers={"Content-Type": "application/json"}
    ) as answer:
        assert answer.status == 400


async def next_event(stream: Any) -> tuple[str, dict[str, Any]]:
    """Read one server-sent event with data."""
    name = ""
    while True:
        line = (await asyncio.wait_for(stream.readline(), 3)).decode().strip()
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            return name, json.loads(line.removeprefix("data: "))


async def test_the_stream_starts_with_a_snapshot_and_sends_what_changed(app: Application) -> None:
    """Only the watched chats, each changed entry once, however often it changed meanwhile."""
    await app.send("text", {"content": "旧"})
    assert app.session is not None
    async with app.session.get("/sandbox/events?users=zhangsan") as stream:
        name, data = await next_event(stream.content)
        assert name == "snapshot"
        assert [entry["content"]["content"] for entry in data["chats"]["zhangsan"]] == ["旧"]
        code = (await app.send("template_card", button_card(), touser="zhangsan|lisi"))["response_code"]
        await app.update(code, atall=1, button={"replace_name": "已接单"})
        name, data = await next_event(stream.content)
        while not data["entries"]:
            name, data = await next_event(stream.content)
        seen = [(entry["user"], entry["task_id"]) for entry in data["entries"]]
        assert (name, seen) == ("changes", [("ZhangSan", "t1")])
        assert data["unread"] == {"zhangsan": 2, "lisi": 1}
        await app.control("read", {"user": "zhangsan"})
        while data["unread"] != {"lisi": 1}:
            _, data = await next_event(stream.content)


async def test_a_burst_reaches_a_page_as_its_last_fifty_entries(app: Application, sandbox: Sandbox) -> None:
    """Thousands of messages must not make a page crawl."""
    assert app.session is not None
    async with app.session.get("/sandbox/events?users=lisi") as stream:
        await next_event(stream.content)
        for n in range(1000):
            sandbox.chats.say("lisi", sandbox.clock.now(), "text", {"content": str(n)})
        _, data = await next_event(stream.content)
        assert [entry["content"]["content"] for entry in data["entries"]] == [str(n) for n in range(950, 1000)]
    assert len(sandbox.entries("lisi")) == 500


async def test_a_page_that_does_not_keep_up_gets_a_fresh_start(sandbox: Sandbox) -> None:
    """Its backlog is dropped instead of growing without bound."""
    watcher = sandbox.feed.watch(["lisi"])
    while not watcher.queue.full():
        watcher.queue.put_nowait(b"old")
    sandbox.chats.say("lisi", 1.0, "text", {"content": "新"})
    for _ in range(50):
        await asyncio.sleep(0.02)
        if watcher.queue.qsize() == 1:
            break
    assert b"event: snapshot" in watcher.queue.get_nowait()


async def test_it_runs_as_a_process_of_its_own(tmp_path: Path) -> None:
    """It prints its address, serves the page under a strict policy, and ends on SIGTERM."""
    people = tmp_path / "people.json"
    people.write_text('[{"userid": "smith", "name": "Anna Smith", "locale": "en"}]', encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--port", "0", "--people", str(people), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    address = (await asyncio.wait_for(process.stdout.readline(), 10)).decode().split()[-1]
    async with ClientSession() as session:
        async with session.get(f"{address}/sandbox/api/people") as answer:
            assert [person["userid"] for person in (await answer.json())["people"]] == ["smith"]
        async with session.get(address) as answer:
            assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
            assert "企业微信" in await answer.text()
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 5) == 0


def test_the_command_line_fills_the_configuration() -> None:
    """Without a file there are some people to look at."""
    line = "--port 1 --corp-id c --secret s --agent-id 7 --callback-url http://x --token t --aes-key k"
    config = read_arguments(line.split())
    assert (config.port, config.corp_id, config.secret, config.agent_id) == (1, "c", "s", 7)
    assert (config.callback_url, config.callback_token, config.callback_aes_key) == ("http://x", "t", "k")
    assert config.people == DEFAULT_PEOPLE


@pytest.mark.parametrize("content", ["{}", "[1]", '[{"name": "x"}]'])
def test_a_people_file_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    """Better no sandbox than one without the people meant."""
    path = tmp_path / "people.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises((ValueError, TypeError)):
        read_people(path)
