"""The API paths of an application: token, messages, cards, members, menu."""

from __future__ import annotations

from sandbox.api_gate import ApiCall, Endpoint
from sandbox.config import Person
from sandbox.errors import WeComError
from sandbox.json_fields import Json, records, size, text
from sandbox.state import Sandbox

Answer = dict[str, object]

_MOST_BUTTONS, _MOST_SUB_BUTTONS = 3, 5
_NAME_BYTES, _SUB_NAME_BYTES = 16, 40
_KEY_BYTES, _URL_BYTES = 128, 1024


def _gettoken(sandbox: Sandbox, call: ApiCall) -> Answer:
    corp_id, secret = call.query.get("corpid", ""), call.query.get("corpsecret", "")
    token, left_s = sandbox.tokens.issue(corp_id, secret, call.caller_ip)
    return {"access_token": token, "expires_in": left_s}


def _send(sandbox: Sandbox, call: ApiCall) -> Answer:
    return sandbox.messages.send(call.body, call.raw, call.agent_id)


def _update_card(sandbox: Sandbox, call: ApiCall) -> Answer:
    return sandbox.updates.update(call.body, call.agent_id)


def _recall(sandbox: Sandbox, call: ApiCall) -> Answer:
    sandbox.messages.recall(text(call.body, "msgid"), call.agent_id)
    return {}


def _person_json(person: Person) -> Answer:
    return {
        "userid": person.userid,
        "name": person.name,
        "department": list(person.departments),
        "order": [0] * len(person.departments),
        "position": person.position,
        "is_leader_in_dept": [int(person.role == "manager")] * len(person.departments),
        "direct_leader": [],
        "alias": "",
        "telephone": "",
        "main_department": person.departments[0] if person.departments else 1,
        "status": person.status,
        "extattr": {"attrs": []},
    }


def _user_get(sandbox: Sandbox, call: ApiCall) -> Answer:
    return _person_json(sandbox.contacts.read(call.query.get("userid", "")))


def _whole(call: ApiCall, key: str, code: int, default: str = "") -> int:
    value = call.query.get(key, default)
    if not value.isdigit():
        raise WeComError(code, key)
    return int(value)


def _user_simplelist(sandbox: Sandbox, call: ApiCall) -> Answer:
    people = sandbox.contacts.of_department(_whole(call, "department_id", 40066))
    return {"userlist": [{"userid": p.userid, "name": p.name, "department": list(p.departments)} for p in people]}


def _user_list(sandbox: Sandbox, call: ApiCall) -> Answer:
    people = sandbox.contacts.of_department(_whole(call, "department_id", 40066))
    return {"userlist": [_person_json(person) for person in people]}


def _department_list(sandbox: Sandbox, call: ApiCall) -> Answer:
    tree = sandbox.contacts.subtree(_whole(call, "id", 40066, default="1"))
    if not tree:
        raise WeComError(60003)
    shown = [
        {"id": d.id, "name": d.name, "department_leader": [], "parentid": d.parent_id, "order": d.order} for d in tree
    ]
    return {"department": shown}


def _department_simplelist(sandbox: Sandbox, call: ApiCall) -> Answer:
    tree = sandbox.contacts.subtree(_whole(call, "id", 40066, default="1"))
    return {"department_id": [{"id": d.id, "parentid": d.parent_id, "order": d.order} for d in tree]}


def _tag_list(sandbox: Sandbox, _call: ApiCall) -> Answer:
    return {"taglist": [{"tagid": tag.id, "tagname": tag.name} for tag in sandbox.contacts.tags.values()]}


def _tag_get(sandbox: Sandbox, call: ApiCall) -> Answer:
    tag = sandbox.contacts.tags.get(_whole(call, "tagid", 40068))
    if tag is None:
        raise WeComError(40068)
    people = [person for userid in tag.userids if (person := sandbox.contacts.find(userid)) is not None]
    users = [{"userid": person.userid, "name": person.name} for person in people]
    return {"tagname": tag.name, "userlist": users, "partylist": []}


def _agent_get(sandbox: Sandbox, call: ApiCall) -> Answer:
    if _whole(call, "agentid", 40056) != call.agent_id:
        raise WeComError(301002)
    visible = [{"userid": person.userid} for person in sandbox.contacts.people if person.in_range]
    return {
        "agentid": call.agent_id,
        "name": sandbox.config.app_name,
        "square_logo_url": "",
        "description": "",
        "allow_userinfos": {"user": visible},
        "allow_partys": {"partyid": sorted(sandbox.contacts.departments)},
        "allow_tags": {"tagid": sorted(sandbox.contacts.tags)},
        "close": 0,
        "redirect_domain": "",
        "report_location_flag": 0,
        "isreportenter": 1,
        "home_url": "",
    }


def _getuserinfo(sandbox: Sandbox, call: ApiCall) -> Answer:
    return {"userid": sandbox.use_oauth_code(call.query.get("code", ""))}


def _callback_ip(_sandbox: Sandbox, _call: ApiCall) -> Answer:
    return {"ip_list": ["127.0.0.1"]}


def _check_menu_button(button: Json, name_bytes: int) -> None:
    name, kind = text(button, "name"), text(button, "type")
    if not name or size(name) > name_bytes:
        raise WeComError(40018)
    children = records(button, "sub_button")
    if children:
        if len(children) > _MOST_SUB_BUTTONS:
            raise WeComError(40023)
        for child in children:
            _check_menu_button(child, _SUB_NAME_BYTES)
        return
    if kind == "view":
        if not text(button, "url") or size(text(button, "url")) > _URL_BYTES:
            raise WeComError(40020)
    elif kind == "click":
        if not text(button, "key") or size(text(button, "key")) > _KEY_BYTES:
            raise WeComError(40019)
    elif not kind:
        raise WeComError(40017)


def _menu_create(sandbox: Sandbox, call: ApiCall) -> Answer:
    if _whole(call, "agentid", 40056) != call.agent_id:
        raise WeComError(301002)
    buttons = records(call.body, "button")
    if not 1 <= len(buttons) <= _MOST_BUTTONS:
        raise WeComError(40016)
    for button in buttons:
        _check_menu_button(button, _NAME_BYTES)
    sandbox.menu = list(buttons)
    return {}


def _menu_get(sandbox: Sandbox, _call: ApiCall) -> Answer:
    return {"button": sandbox.menu}


def _menu_delete(sandbox: Sandbox, _call: ApiCall) -> Answer:
    sandbox.menu = []
    return {}


ENDPOINTS: dict[str, Endpoint] = {
    "gettoken": Endpoint("GET", _gettoken),
    "message/send": Endpoint("POST", _send),
    "message/update_template_card": Endpoint("POST", _update_card),
    "message/recall": Endpoint("POST", _recall),
    "user/get": Endpoint("GET", _user_get),
    "user/simplelist": Endpoint("GET", _user_simplelist),
    "user/list": Endpoint("GET", _user_list),
    "department/list": Endpoint("GET", _department_list),
    "department/simplelist": Endpoint("GET", _department_simplelist),
    "tag/list": Endpoint("GET", _tag_list),
    "tag/get": Endpoint("GET", _tag_get),
    "agent/get": Endpoint("GET", _agent_get),
    "auth/getuserinfo": Endpoint("GET", _getuserinfo),
    "getcallbackip": Endpoint("GET", _callback_ip),
    "get_api_domain_ip": Endpoint("GET", _callback_ip),
    "menu/create": Endpoint("POST", _menu_create),
    "menu/get": Endpoint("GET", _menu_get),
    "menu/delete": Endpoint("GET", _menu_delete),
}
