"""Who is talking to the bot, and what this person may do."""

from __future__ import annotations

from dataclasses import dataclass

from bot.services.office import Office


@dataclass(frozen=True, slots=True)
class Speaker:
    """One person of the roster.

    Attributes:
        id: as the roster spells it; WeCom compares userids without case.
        takes_leads: leads are offered to this person.
        manages: manages a team, or administers the installation.
    """

    id: str
    name: str
    locale: str
    takes_leads: bool
    manages: bool


def speaker_of(office: Office, user: str) -> Speaker | None:
    """Give the person with this userid; None for somebody who is not on the roster."""
    rep = office.roster.rep(user)
    if rep is not None:
        return Speaker(rep.id, rep.name, rep.locale, rep.id in office.table.index, office.is_manager(rep.id))
    managers = (manager for team in office.roster.teams.values() for manager in team.managers)
    others = (*office.roster.admins, *office.roster.auditors, *managers)
    known = next((person for person in others if person.casefold() == user.casefold()), None)
    if known is None:
        return None
    return Speaker(known, known, office.locale_of(known), takes_leads=False, manages=office.is_manager(known))
