"""Every scene in which somebody is told something; importing a module of scenes adds its own."""

from tests.bot.services import scenes_after_acceptance, scenes_of_managers, scenes_of_surges
from tests.bot.services.scenes import SCENES

__all__ = ["SCENES", "scenes_after_acceptance", "scenes_of_managers", "scenes_of_surges"]
