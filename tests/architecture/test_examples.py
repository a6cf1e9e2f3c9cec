"""The examples are what an operator starts from: they load without a word of complaint."""

from datetime import date

from bot.lead_sources.source_file import load_sources
from routing.policy_file import Surroundings, load_policy
from routing.team_file import load_team
from tests.architecture.project_files import ROOT

_EXAMPLES = ROOT / "examples"
_SECRETS = {
    "PAIDAN_WEBSITE_SECRET": "whsec_c2VjcmV0IG9mIHRoZSB3ZWJzaXRlIGluIHRlc3Rz",
    "PAIDAN_LANDING_TOKEN": "token-of-the-landing-page",
    "PAIDAN_LEGACY_SECRET": "secret-of-the-legacy-form",
}


def _text(name: str) -> str:
    return (_EXAMPLES / name).read_text(encoding="utf-8")


def test_the_example_policy_suits_the_example_team() -> None:
    """Neither error nor warning: each rule has somebody to go to, each certificate is valid on the day."""
    team = load_team(_text("team.yaml"))
    policy = load_policy(_text("policy.yaml"), surroundings=Surroundings(team.roster, at=date(2026, 11, 20)))

    assert [str(warning) for warning in (*team.warnings, *policy.warnings)] == []


def test_the_example_sources_load() -> None:
    """Each source of the example is of a kind that is built, and takes leads."""
    loaded = load_sources(_text("sources.yaml"), _SECRETS)

    assert sorted(loaded.sources) == ["landing", "legacy", "website"]
    assert loaded.warnings == ()


def test_the_documents_of_the_example_are_there() -> None:
    """A path in the example leads to a file, so that it can be published as it is."""
    assert (_EXAMPLES / "documents/medical-compliance-2026.pdf").read_bytes().startswith(b"%PDF-")
