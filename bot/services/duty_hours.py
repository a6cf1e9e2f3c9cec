"""Moments counted on a person's own duty hours."""

from __future__ import annotations

from datetime import datetime

from bot.services.desk import Desk
from routing.working_time import after


def first_contact_by(desk: Desk, rep_id: str, owned_at: datetime) -> datetime | None:
    """Say until when the owner should have made contact; None where the owner's duty never comes."""
    return after(desk.schedule_of(rep_id), owned_at, desk.open_office.policy.first_contact)
