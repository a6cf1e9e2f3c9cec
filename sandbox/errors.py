"""WeCom's error codes and the shape of its error answers (documentation page 90313)."""

from __future__ import annotations

import secrets

TEXTS: dict[int, str] = {
    -1: "system busy",
    0: "ok",
    40001: "invalid credential",
    40003: "invalid userid",
    40008: "invalid message type",
    40013: "invalid corpid",
    40014: "invalid access_token",
    40016: "invalid button size",
    40017: "invalid button type",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40023: "invalid sub button size",
    40029: "invalid code",
    40032: "invalid user list size",
    40033: "invalid charset",
    40035: "invalid parameter",
    40039: "invalid url size",
    40056: "invalid agentid",
    40057: "invalid callbackurl or callbackurl verify fail",
    40058: "invalid Request Parameter",
    40063: "some parameters are empty",
    40066: "invalid party list",
    40068: "invalid tagid",
    40074: "news message does not support safe",
    40094: "invalid url, scheme is missing",
    41001: "access_token missing",
    41002: "corpid missing",
    41004: "corpsecret missing",
    41009: "userid missing",
    41010: "url missing",
    41011: "agentid missing",
    41016: "title missing",
    41033: "description missing",
    42001: "access_token expired",
    42003: "code expired",
    42014: "taskid has existed or empty or exceed max len",
    42015: "agentid of the update does not match the sender",
    42016: "taskid not found",
    42020: "button replace_name missing",
    42027: "horizontal_content_list.keyname missing",
    42028: "url missing in card",
    42029: "horizontal_content_list.media_id missing",
    42030: "appid missing in card",
    42031: "invalid card_type",
    42033: "title missing in card list",
    42035: "invalid horizontal_content_list length",
    42036: "invalid vertical_content_list length",
    42037: "invalid option_list length",
    42038: "invalid button_list.text",
    42039: "invalid button_list.key",
    42040: "invalid option_list.id",
    42041: "invalid option_list.text",
    42042: "invalid jump_list length",
    42043: "invalid question_key",
    42044: "invalid card_image.url",
    42045: "invalid card_action",
    42046: "invalid submit_button.key",
    42047: "invalid select_list length",
    42049: "invalid submit_button.text",
    42050: "invalid horizontal_content_list.userid",
    42051: "action_menu key conflict",
    42052: "msgid too old to recall",
    43012: "callback url of the app is not set",
    44004: "empty content",
    45002: "content size out of limit",
    45008: "article count out of limit",
    45009: "api freq out of limit",
    45033: "api concurrent out of limit",
    60003: "department not found",
    60011: "no privilege to access/modify contact/party/agent",
    60020: "not allow to access from your ip",
    60111: "userid not found",
    60140: "invalid response_code",
    81013: "user & party & tag all invalid",
    82001: "touser & toparty & totag all empty",
    82002: "too many parties",
    82003: "too many tags",
    82101: "update target list empty",
    82102: "update targets are not receivers",
    301002: "not allow operate another agent with this accesstoken",
}


class WeComError(Exception):
    """An API call that WeCom refuses: HTTP 200 with this errcode."""

    def __init__(self, code: int, detail: str = "") -> None:
        text = TEXTS.get(code, "error")
        super().__init__(f"{code} {text} {detail}".strip())
        self.code = code
        self.detail = detail
        self.text = f"{text}: {detail}" if detail else text


def error_body(code: int, text: str, *, now: float, caller_ip: str) -> dict[str, object]:
    """Return the JSON of a refused call, decorated as WeCom does.

    The decoration keeps callers honest: whoever decides on ``errmsg`` instead of ``errcode`` fails here.
    """
    hint = f"{int(now)}_28_{secrets.token_hex(16)}"
    message = f"{text}, hint: [{hint}], from ip: {caller_ip}, more info at "
    return {"errcode": code, "errmsg": f"{message}https://open.work.weixin.qq.com/devtool/query?e={code}"}
