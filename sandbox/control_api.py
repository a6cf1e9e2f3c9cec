"""The control API ``/sandbox/api/…``: what a test or the phone page may do to the sandbox over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, fields, replace

import orjson
from aiohttp import web

from sandbox.actions import ActionRefused
from sandbox.callbacks import Callback
from sandbox.config import CallbackTiming
from sandbox.errors import WeComError
from sandbox.json_fields import Json, number, record, text, texts
from sandbox.people_file import people_from, person_from
from sandbox.state import Sandbox

Answer = dict[str, object]
Command = Callable[[Sandbox, Json], Awaitable[Answer]]
Inspection = Callable[[Sandbox, web.Request], Answer]

_MOST_LISTED = 500


def add_control_routes(app: web.Application, sandbox: Sandbox) -> None:
    """Add the control API to an application."""
    for name, command in _COMMANDS.items():
        app.router.add_post(f"/sandbox/api/{name}", _post_handler(sandbox, command))
    for name, inspection in _INSPECTIONS.items():
        app.router.add_get(f"/sandbox/api/{name}", _get_handler(sandbox, inspection))


def _post_handler(sandbox: Sandbox, command: Command) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        # A JSON content type makes browsers ask first, so that a foreign page cannot press buttons here.
        if request.content_type != "application/json":
            return _json({"error": "Content-Type must be application/json"}, 415)
        try:
            body = orjson.loads(await request.read() or b"{}")
            if not isinstance(body, dict):
                return _json({"error": "expected a JSON object"}, 400)
            return _json(await command(sandbox, body))
        except ActionRefused as error:
            return _json({"error": str(error)}, 409)
        except WeComError as error:
            return _json({"error": error.text, "errcode": error.code}, 422)
        except (ValueError, KeyError, TypeError) as error:
            return _json({"error": f"{type(error).__name__}: {error}"}, 400)

    return handle


def _get_handler(sandbox: Sandbox, inspection: Inspection) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        return _json(inspection(sandbox, request))

    return handle


def _json(body: Answer, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


async def _acted(callback: Callback, body: Json) -> Answer:
    if body.get("wait"):
        await callback.wait()
    return {"callback": callback.as_json()}


async def _tap(sandbox: Sandbox, body: Json) -> Answer:
    userid, key = text(body, "user"), text(body, "key")
    msgid, task_id, force = text(body, "msgid"), text(body, "task_id"), bool(body.get("force"))
    actions = sandbox.actions
    if body.get("menu"):
        return await _acted(actions.tap_menu(userid, key, msgid=msgid, task_id=task_id, force=force), body)
    if body.get("double"):
        _, second = actions.double_tap(userid, key, msgid=msgid, task_id=task_id)
        return await _acted(second, body)
    asked = record(body, "selections") or {}
    chosen = {question: texts(asked, question) for question in asked}
    return await _acted(actions.tap(userid, key, msgid=msgid, task_id=task_id, selections=chosen, force=force), body)


async def _text(sandbox: Sandbox, body: Json) -> Answer:
    return await _acted(sandbox.actions.text(text(body, "user"), text(body, "text")), body)


async def _enter(sandbox: Sandbox, body: Json) -> Answer:
    return await _acted(sandbox.actions.enter(text(body, "user")), body)


async def _menu(sandbox: Sandbox, body: Json) -> Answer:
    return await _acted(sandbox.actions.click_menu(text(body, "user"), text(body, "key")), body)


async def _read(sandbox: Sandbox, body: Json) -> Answer:
    sandbox.chats.read(text(body, "user"))
    sandbox.feed.unread_changed()
    return {}


async def _callback(sandbox: Sandbox, body: Json) -> Answer:
    settings = (text(body, "url"), text(body, "token"), text(body, "aes_key"))
    await sandbox.save_callback(*settings, verify=body.get("verify", True) is not False)
    return {"saved": True}


async def _members(sandbox: Sandbox, body: Json) -> Answer:
    people = body.get("people")
    if people is not None:
        if not isinstance(people, list):
            raise ValueError("people must be an array")
        for person in people_from(people):
            sandbox.contacts.put(person)
    if "put" in body:
        sandbox.contacts.put(person_from(body["put"]))
    for userid in texts(body, "remove"):
        sandbox.contacts.remove(userid)
    sandbox.feed.people_changed()
    return {"people": [asdict(person) for person in sandbox.contacts.people]}


async def _add_fault(sandbox: Sandbox, body: Json) -> Answer:
    if "seed" in body:
        sandbox.faults.seed(number(body, "seed"))
    if text(body, "kind"):
        count = body.get("count")
        fault = sandbox.faults.add(
            text(body, "kind"),
            text(body, "endpoint") or "*",
            probability=float(str(body.get("probability", 1))),
            count=None if count is None else int(str(count)),
            delay_s=float(str(body.get("delay_s", 2))),
        )
        return {"fault": fault.as_json()}
    return {}


async def _clear_faults(sandbox: Sandbox, body: Json) -> Answer:
    if "id" in body:
        sandbox.faults.remove(number(body, "id"))
    else:
        sandbox.faults.clear(text(body, "kind") or None)
    return {}


async def _settings(sandbox: Sandbox, body: Json) -> Answer:
    """Change switches and callback timing at run time."""
    if "strict_lengths" in body:
        sandbox.messages.strict_lengths = sandbox.updates.strict_lengths = bool(body["strict_lengths"])
    if body.get("token_mode") in ("same", "new"):
        sandbox.tokens.mode = "new" if body["token_mode"] == "new" else "same"
    if "token_lifetime_s" in body:
        sandbox.tokens.lifetime_s = float(str(body["token_lifetime_s"]))
    if body.get("passive_card_update") in ("ignore", "honour"):
        sandbox.passive_card_update = "honour" if body["passive_card_update"] == "honour" else "ignore"
    timing = record(body, "timing")
    if timing is not None:
        known = {field.name for field in fields(CallbackTiming)}
        if not timing.keys() <= known:
            raise ValueError(f"timing knows {', '.join(sorted(known))}")
        sandbox.callbacks.timing = replace(sandbox.callbacks.timing, **timing)  # type: ignore[arg-type]
    return {}


async def _tokens(sandbox: Sandbox, body: Json) -> Answer:
    action = text(body, "action")
    if action not in ("revoke", "age", "forgive"):
        raise ValueError("action must be revoke, age or forgive")
    if action == "forgive":
        sandbox.tokens.forgive()
    elif action == "age":
        sandbox.tokens.age()
    else:
        sandbox.tokens.revoke()
    return {}


async def _clock(sandbox: Sandbox, body: Json) -> Answer:
    sandbox.clock.advance(float(str(body.get("advance_s", 0))))
    return {"now": sandbox.clock.now()}


async def _oauth_code(sandbox: Sandbox, body: Json) -> Answer:
    return {"code": sandbox.oauth_code(text(body, "user"))}


async def _attack(sandbox: Sandbox, body: Json) -> Answer:
    answered = await sandbox.attacks.send(text(body, "kind"), text(body, "inner_xml"))
    return asdict(answered)


async def _settled(sandbox: Sandbox, _body: Json) -> Answer:
    await sandbox.settled()
    return {}


async def _reset(sandbox: Sandbox, _body: Json) -> Answer:
    sandbox.reset()
    return {}


def _count(request: web.Request) -> int:
    limit = request.query.get("limit", "")
    return int(limit) if limit.isdigit() else _MOST_LISTED


def _chat(sandbox: Sandbox, request: web.Request) -> Answer:
    userid = request.query.get("user", "")
    chat = sandbox.chats.of(userid)
    return {"unread": chat.unread, "entries": [sandbox.seen(entry) for entry in chat.latest(_count(request))]}


def _chats(sandbox: Sandbox, _request: web.Request) -> Answer:
    shown = [{"user": c.userid, "entries": len(c.entries), "unread": c.unread} for c in sandbox.chats.all()]
    return {"chats": shown}


def _records(sandbox: Sandbox, request: web.Request) -> Answer:
    records, count = sandbox.records, _count(request)
    return {
        "drops": [asdict(drop) for drop in list(records.drops)[-count:]],
        "refusals": [asdict(refusal) for refusal in list(records.refusals)[-count:]],
        "warnings": [asdict(warning) for warning in list(records.warnings)[-count:]],
        "requests": dict(records.requests),
        "errcodes": {str(code): hits for code, hits in records.errcodes.items()},
        "counters": sandbox.counters(),
        "tokens_issued": sandbox.tokens.issued,
    }


def _callbacks(sandbox: Sandbox, request: web.Request) -> Answer:
    shown = [callback.as_json() for callback in sandbox.callbacks.log[-_count(request) :]]
    return {"callbacks": shown, "pending": sandbox.callbacks.pending}


def _people(sandbox: Sandbox, _request: web.Request) -> Answer:
    people = [asdict(person) for person in sandbox.contacts.people]
    return {"people": people, "app_name": sandbox.config.app_name, "menu": sandbox.menu}


def _faults(sandbox: Sandbox, _request: web.Request) -> Answer:
    return {"faults": [fault.as_json() for fault in sandbox.faults.active()], "hits": sandbox.faults.hits}


_COMMANDS: dict[str, Command] = {
    "tap": _tap,
    "text": _text,
    "enter": _enter,
    "menu": _menu,
    "read": _read,
    "callback": _callback,
    "members": _members,
    "faults": _add_fault,
    "faults/clear": _clear_faults,
    "settings": _settings,
    "tokens": _tokens,
    "clock": _clock,
    "oauth_code": _oauth_code,
    "attack": _attack,
    "settled": _settled,
    "reset": _reset,
}
_INSPECTIONS: dict[str, Inspection] = {
    "chat": _chat,
    "chats": _chats,
    "records": _records,
    "callbacks": _callbacks,
    "people": _people,
    "faults": _faults,
}
