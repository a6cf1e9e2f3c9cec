"""A policy tried on what a company has lived through, in this process."""

from __future__ import annotations

from bot.services.desk import Desk
from bot.services.what_if import Beginning, PastReader, Trial, begin, moment_of
from routing.what_if.effects import Effects
from routing.what_if.past import Past
from routing.what_if.simulation import Simulation
from tests.support.office import Company


async def read_past(company: Company, trial: Trial, *, days: int = 90) -> tuple[Beginning, list[Past]]:
    """Read all that was decided in the last days."""

    def question(desk: Desk) -> tuple[Beginning | None, list[Past]]:
        reader = PastReader(trial)
        found = begin(desk, reader, days)
        return found, [] if found is None else reader.read(desk, found.first, found.behind)

    beginning, past = await company.runner.look(question)
    assert beginning is not None, "nothing was decided"
    return beginning, past


def gone_through(
    beginning: Beginning, past: list[Past], *, exact: bool | None = None, alone_from: int | None = None
) -> Effects:
    """Lead the other world through the record; from a decision on by its own books, as if the worlds had parted there."""
    simulation = Simulation(
        beginning.floors.__getitem__,
        beginning.thens.__getitem__,
        beginning.answers,
        exact=beginning.exact if exact is None else exact,
    )
    for number, decision in enumerate(past):
        if number == alone_from:
            simulation.part()
        simulation.feed(decision)
    return simulation.finish(moment_of(beginning))


async def in_pieces(company: Company, trial: Trial, size: int, *, days: int = 90) -> tuple[Effects, int]:
    """Try a policy on the last days, read piece by piece, lightly once the worlds have parted; gives how many were light."""

    def question(desk: Desk) -> tuple[Effects, int]:
        reader, light = PastReader(trial), 0
        found = begin(desk, reader, days)
        assert found is not None, "nothing was decided"
        simulation = Simulation(found.floors.__getitem__, found.thens.__getitem__, found.answers, exact=found.exact)
        for first in range(found.first, found.behind, size):
            light += simulation.parted
            for past in reader.read(desk, first, min(first + size, found.behind), light=simulation.parted):
                simulation.feed(past)
        return simulation.finish(moment_of(found)), light

    return await company.runner.look(question)


async def tried(company: Company, policy_text: str, *, team_text: str | None = None, days: int = 90) -> Effects:
    """Try a policy on the last days."""
    return gone_through(*await read_past(company, Trial(policy_text, team_text), days=days))
