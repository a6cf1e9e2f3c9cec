"""gettoken, the checks every call passes, and the reads of members, departments, tags and menu."""

from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientSession

from sandbox.server import Sandbox, SandboxConfig, run_sandbox
from tests.sandbox.application import Application, connected, run_application


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"corpsecret": "s"}, 41002),
        ({"corpid": "ww5a1dbc0000000001"}, 41004),
        ({"corpid": "wwother", "corpsecret": "sandbox-secret"}, 40013),
        ({"corpid": "ww5a1dbc0000000001", "corpsecret": "wrong"}, 40001),
    ],
)
async def test_wrong_credentials_have_their_codes(app: Application, query: dict[str, str], code: int) -> None:
    """Configuration errors are told apart."""
    assert (await app.call("gettoken", **query))["errcode"] == code


async def test_a_caller_with_many_wrong_secrets_is_shut_out_for_an_hour(app: Application, sandbox: Sandbox) -> None:
    """Even the right secret gets 45009 until the hour is over."""
    wrong = {"corpid": app.config.corp_id, "corpsecret": "wrong"}
    right = wrong | {"corpsecret": app.config.secret}
    assert [(await app.call("gettoken", **wrong))["errcode"] for _ in range(5)] == [40001] * 5
    assert (await app.call("gettoken", **right))["errcode"] == 45009
    sandbox.clock.advance(3601)
    assert (await app.call("gettoken", **right))["errcode"] == 0


async def test_gettoken_repeats_the_token_or_makes_a_new_one_as_configured(app: Application, sandbox: Sandbox) -> None:
    """Within the validity the same token has less time left; in the other mode both tokens are good."""
    query = {"corpid": app.config.corp_id, "corpsecret": app.config.secret}
    first = await app.call("gettoken", **query)
    assert first["expires_in"] in (7199, 7200)
    sandbox.clock.advance(100)
    again = await app.call("gettoken", **query)
    assert again["access_token"] == first["access_token"]
    assert again["expires_in"] <= 7100
    sandbox.tokens.mode = "new"
    other = await app.call("gettoken", **query)
    assert other["access_token"] != first["access_token"]
    for token in (first, other):
        assert (await app.call("user/get", userid="lisi", access_token=token["access_token"]))["errcode"] == 0


async def test_missing_foreign_revoked_and_expired_tokens_are_told_apart(app: Application, sandbox: Sandbox) -> None:
    """41001, 40014, 42001; a fresh token works again."""
    await app.fetch_token()
    assert (await app.call("user/get", userid="lisi", access_token=""))["errcode"] == 41001
    assert (await app.call("user/get", userid="lisi", access_token="tok-none"))["errcode"] == 40014
    sandbox.tokens.age()
    assert (await app.call("user/get", userid="lisi"))["errcode"] == 42001
    await app.fetch_token()
    assert (await app.call("user/get", userid="lisi"))["errcode"] == 0
    sandbox.tokens.revoke()
    assert (await app.call("user/get", userid="lisi"))["errcode"] == 40014
    await app.fetch_token()
    assert (await app.call("user/get", userid="lisi"))["errcode"] == 0
    sandbox.clock.advance(7201)
    assert (await app.call("user/get", userid="lisi"))["errcode"] == 42001


async def test_a_caller_outside_the_trusted_addresses_is_refused_but_may_fetch_a_token(config: SandboxConfig) -> None:
    """60020 on every call except gettoken."""
    strict = replace(config, trusted_ips=("203.0.113.7",))
    async with run_sandbox(strict) as sandbox, run_application(strict) as stub, connected(stub, sandbox) as app:
        assert await app.fetch_token()
        assert (await app.send("text", {"content": "x"}))["errcode"] == 60020


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("user/get", {"userid": "nobody"}, 60111),
        ("user/get", {"userid": "hidden"}, 60011),
        ("user/get", {}, 41009),
        ("user/simplelist", {"department_id": "x"}, 40066),
        ("user/list", {"department_id": "99"}, 60003),
        ("department/list", {"id": "99"}, 60003),
        ("tag/get", {"tagid": "99"}, 40068),
        ("agent/get", {"agentid": "1000009"}, 301002),
        ("agent/get", {"agentid": "x"}, 40056),
        ("auth/getuserinfo", {"code": "never"}, 40029),
        ("message/send", {}, 40058),
    ],
)
async def test_a_read_of_what_is_not_there_has_its_code(
    app: Application, path: str, query: dict[str, str], code: int
) -> None:
    """GET on a path that wants POST is refused too."""
    assert (await app.call(path, **query))["errcode"] == code


async def test_members_departments_and_tags_read_as_documented(app: Application) -> None:
    """Ids are spelt as in the address book; a department's list leaves its children out."""
    person = await app.call("user/get", userid="zhangsan")
    assert (person["userid"], person["name"], person["department"], person["status"]) == ("ZhangSan", "张三", [2], 1)
    assert "mobile" not in person
    simple = await app.call("user/simplelist", department_id="2")
    assert [member["userid"] for member in simple["userlist"]] == ["ZhangSan", "lisi"]
    whole = await app.call("user/list", department_id="3")
    assert [member["name"] for member in whole["userlist"]] == ["李四"]
    tree = await app.call("department/list", id="2")
    assert [(part["id"], part["parentid"]) for part in tree["department"]] == [(2, 1), (3, 2)]
    assert len((await app.call("department/simplelist"))["department_id"]) == 3
    assert (await app.call("tag/list"))["taglist"] == [{"tagid": 5, "tagname": "值班"}]
    assert (await app.call("tag/get", tagid="5"))["userlist"] == [{"userid": "lisi", "name": "李四"}]
    agent = await app.call("agent/get", agentid="1000002")
    assert {"userid": "ZhangSan"} in agent["allow_userinfos"]["user"]
    assert {"userid": "hidden"} not in agent["allow_userinfos"]["user"]
    assert (await app.call("getcallbackip"))["ip_list"]


async def test_a_page_code_tells_the_member_once_within_five_minutes(app: Application, sandbox: Sandbox) -> None:
    """40029 the second time, and for an old code."""
    code = sandbox.oauth_code("lisi")
    assert (await app.call("auth/getuserinfo", code=code))["userid"] == "lisi"
    assert (await app.call("auth/getuserinfo", code=code))["errcode"] == 40029
    old = sandbox.oauth_code("lisi")
    sandbox.clock.advance(301)
    assert (await app.call("auth/getuserinfo", code=old))["errcode"] == 40029


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([{"type": "click", "name": "今日", "key": "today"}], 0),
        ([{"name": "更多", "sub_button": [{"type": "view", "name": "看板", "url": "https://a.example"}]}], 0),
        ([], 40016),
        ([{"type": "click", "name": "x", "key": "k"}] * 4, 40016),
        ([{"type": "click", "name": "超过十六字节了", "key": "k"}], 40018),
        ([{"type": "click", "name": "x"}], 40019),
        ([{"type": "view", "name": "x"}], 40020),
        ([{"name": "x"}], 40017),
        ([{"name": "x", "sub_button": [{"type": "click", "name": "x", "key": "k"}] * 6}], 40023),
    ],
)
async def test_a_menu_obeys_its_limits(app: Application, buttons: list[dict[str, Any]], code: int) -> None:
    """Limits count bytes, not characters."""
    answer = await app.call("menu/create", {"button": buttons}, agentid="1000002")
    assert answer["errcode"] == code
    shown = (await app.call("menu/get", agentid="1000002"))["button"]
    assert shown == (buttons if code == 0 else [])


async def test_malformed_json_is_http_200_with_a_warning_in_the_text(app: Application, sandbox: Sandbox) -> None:
    """WeCom carries on without parameters; a missing Content-Type is accepted; escapes are noted."""
    token = await app.fetch_token()
    url = f"{sandbox.base_url}/cgi-bin/message/send?access_token={token}"
    async with ClientSession() as session:
        async with session.post(url, data=b'{"touser": ') as answer:
            assert answer.status == 200
            content = await answer.json()
        assert content["errcode"] == 41011
        assert "Warning: wrong json format." in content["errmsg"]
        body = b'{"touser":"lisi","msgtype":"text","agentid":1000002,"text":{"content":"\\u4f60"}}'
        async with session.post(url, data=body, skip_auto_headers=("Content-Type",)) as answer:
            assert (await answer.json())["errcode"] == 0
    assert sandbox.reads("lisi") == ["你"]
    assert "40033" in sandbox.records.warnings[-1].text


async def test_an_unknown_path_is_not_found(app: Application, sandbox: Sandbox) -> None:
    """Nothing is pretended that is not there."""
    assert app.session is not None
    async with app.session.get(f"{sandbox.base_url}/cgi-bin/no/such") as answer:
        assert answer.status == 404
