"""The team file: read, checked, turned into a roster; and a roster as plain data for the store."""

from __future__ import annotations

from routing.team_file.document import roster_from_document, roster_to_document
from routing.team_file.loading import LoadedTeam, load_team, load_team_csv

__all__ = ["LoadedTeam", "load_team", "load_team_csv", "roster_from_document", "roster_to_document"]
