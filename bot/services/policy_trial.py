"""A change of the policy, tried before it is published: checked, told in words, and gone through on what was decided last."""

from __future__ import annotations

from dataclasses import dataclass

from bot.services.desk import Desk
from bot.services.publish import roster_in_force
from bot.services.what_if import PastReader, Trial, begin, moment_of
from routing.errors import Problem
from routing.policy_change import PolicyChange, changed_policy
from routing.policy_diff import diff
from routing.policy_file import Surroundings, load_policy
from routing.what_if.effects import Effects
from routing.what_if.simulation import Simulation
from store import versions
from store.versions import StoredPolicy

#: How far back a change is tried in the chat: so little that commands are answered within two seconds.
_DAYS, _DECISIONS = 90, 200


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """A change and what is known of it.

    Attributes:
        text: of the policy with the change.
        lines: what differs from the policy in force, in words; empty where nothing does.
        warnings: what is doubtful in it.
    """

    text: str
    lines: tuple[str, ...]
    warnings: tuple[Problem, ...]


def in_force(desk: Desk) -> StoredPolicy:
    """Give the policy in force as it was published; only where one is."""
    return versions.policy(desk.tx.connection, desk.open_office.policy.version)


def try_change(desk: Desk, change: PolicyChange, locale: str) -> Tried:
    """Make a change in the text in force, and check it; nothing is written.

    Raises:
        FileRefused: with it the policy could not be published.
        CannotChange: the text does not allow it.
    """
    before = in_force(desk).source_text
    text = changed_policy(before, change)
    loaded = load_policy(text, surroundings=Surroundings(roster_in_force(desk), at=desk.now))
    lines = diff(load_policy(before).document, loaded.document, locale) if text != before else ()
    return Tried(text, lines, loaded.warnings)


def difference(desk: Desk, to_version: int, locale: str) -> tuple[str, ...]:
    """Say in words what another version would change.

    Raises:
        NotFound: there is no such version.
        FileRefused: this release can't read it.
    """
    wanted = versions.policy(desk.tx.connection, to_version).source_text
    return diff(load_policy(in_force(desk).source_text).document, load_policy(wanted).document, locale)


def effects_of(desk: Desk, text: str) -> Effects | None:
    """Go through the newest decisions with another policy; None where nothing was decided yet. Only reads."""
    reader = PastReader(Trial(text))
    beginning = begin(desk, reader, _DAYS, most=_DECISIONS)
    if beginning is None:
        return None
    simulation = Simulation(
        beginning.floors.__getitem__, beginning.thens.__getitem__, beginning.answers, exact=beginning.exact
    )
    for past in reader.read(desk, beginning.first, beginning.behind):
        simulation.feed(past)
    return simulation.finish(moment_of(beginning))
