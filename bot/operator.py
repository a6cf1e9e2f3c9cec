"""What an operator may do to a running or a stopped service, by name: over the local socket or directly."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from bot.services import scheduled_policies
from bot.services.desk import Desk
from bot.services.document_store import keep, read_documents
from bot.services.publish import NeedsReason, import_team, publish_policy, roll_back_policy
from routing.errors import FileRefused, Problem
from store.errors import NotFound

Arguments = dict[str, Any]


def operator_name() -> str:
    """Give who runs this program, for the record."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli"


def _publish(desk: Desk, arguments: Arguments) -> Arguments:
    documents = read_documents(arguments.get("documents", ()))
    author, reason = arguments["author"], arguments.get("reason")
    done = publish_policy(desk, arguments["text"], author=author, reason=reason, documents=documents)
    return {"version": done.version, "changed": done.changed, "warnings": _as_data(done.warnings)}


def _schedule(desk: Desk, arguments: Arguments) -> Arguments:
    try:
        done = scheduled_policies.schedule_policy(
            desk,
            arguments["text"],
            at=arguments["at"],
            author=arguments["author"],
            reason=arguments.get("reason"),
        )
        keep(desk, read_documents(arguments.get("documents", ())))
    except scheduled_policies.NotAMoment as error:
        return {"not_a_moment": str(error)}
    local = done.due_at.astimezone(ZoneInfo(done.zone))
    return {"number": done.number, "at": f"{local:%Y-%m-%d %H:%M} {done.zone}", "warnings": _as_data(done.warnings)}


def _cancel(desk: Desk, arguments: Arguments) -> Arguments:
    try:
        scheduled_policies.cancel(desk, int(arguments["number"]), by=arguments["author"])
    except scheduled_policies.NoLongerWaiting as error:
        return {"no_longer_waiting": error.found.state}
    return {}


def _roll_back(desk: Desk, arguments: Arguments) -> Arguments:
    done = roll_back_policy(desk, int(arguments["to_version"]), author=arguments["author"])
    return {"version": done.version, "changed": done.changed, "warnings": _as_data(done.warnings)}


def _import_team(desk: Desk, arguments: Arguments) -> Arguments:
    done = import_team(
        desk,
        arguments["text"],
        author=arguments["author"],
        csv=bool(arguments.get("csv")),
        retire_missing=bool(arguments.get("retire_missing")),
    )
    return {"version": done.version, "changes": list(done.changes), "warnings": _as_data(done.warnings)}


#: Use cases that write, by the name that goes over the socket.
USE_CASES: dict[str, Callable[[Desk, Arguments], Arguments]] = {
    "policy.publish": _publish,
    "policy.schedule": _schedule,
    "policy.cancel": _cancel,
    "policy.rollback": _roll_back,
    "team.import": _import_team,
}


def run_named(desk: Desk, name: str, arguments: Arguments) -> Arguments:
    """Run a use case by name.

    Returns:
        Its result; or `{"refused": […]}` with problems by line, `{"needs_reason": […]}`, or `{"not_found": …}`: what
        was in force stays then, since nothing was written before.
    """
    try:
        return USE_CASES[name](desk, arguments)
    except FileRefused as refused:
        return {"refused": _as_data(refused.problems)}
    except NeedsReason as needs:
        return {"needs_reason": _as_data(needs.warnings)}
    except NotFound as missing:
        return {"not_found": str(missing)}


def _as_data(problems: tuple[Problem, ...]) -> list[dict[str, Any]]:
    return [
        {"line": item.line, "path": item.path, "message": item.message, "mend": item.mend, "severity": item.severity}
        for item in problems
    ]
