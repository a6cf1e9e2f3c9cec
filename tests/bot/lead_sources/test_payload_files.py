"""The recorded payloads of the generic kind become exactly the leads that stand beside them."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.lead_sources.delivery import read_delivery
from bot.lead_sources.source import Auth, Bearer, Source, StandardWebhooks

FOLDER = Path(__file__).parents[2] / "data" / "lead_payloads"
FILES = sorted(FOLDER.glob("generic_*.json"))


def _auth(recorded: dict[str, Any]) -> Auth:
    if recorded["verify"]["scheme"].startswith("standard-webhooks"):
        return StandardWebhooks((base64.b64decode(recorded["secret"].removeprefix("whsec_")),))
    return Bearer((recorded["secret"].encode(),))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_recorded_payload_gives_the_recorded_lead(file: Path) -> None:
    """Every field of every recorded lead, nothing more in `extra`; page and campaign parameters are kept there."""
    recorded = json.loads(file.read_text(encoding="utf-8"))
    delivery = read_delivery(
        Source("site", "generic", _auth(recorded)),
        headers=recorded["headers"],
        path_token=None,
        body=recorded["body_raw"].encode(),
        content_type=recorded["headers"]["Content-Type"],
        now=datetime.fromtimestamp(recorded["now"], UTC),
    )
    expected, lead = recorded["expected_lead"], delivery.lead
    extra = dict(lead.extra)
    assert extra.pop("utm", {}) == expected.pop("utm")
    assert extra.pop("page", {}) == expected.pop("page")
    assert extra == expected.pop("extra")
    assert lead.submitted_at == datetime.fromisoformat(expected.pop("submitted_at"))
    assert {name: getattr(lead, name) for name in expected} == expected
    key = lead.external_id or delivery.delivery_key
    assert recorded["idempotency_key"].endswith(f":{key}")


def test_all_recorded_payloads_are_there() -> None:
    """A test that finds no file would pass in silence."""
    assert len(FILES) == 3


def test_a_page_visit_becomes_behaviour() -> None:
    """Rules ask for `behaviour.dwell_seconds`, whatever the page script calls it."""
    recorded = json.loads((FOLDER / "generic_standard_webhooks.json").read_text(encoding="utf-8"))
    delivery = read_delivery(
        Source("site", "generic", _auth(recorded)), headers=recorded["headers"], path_token=None,
        body=recorded["body_raw"].encode(), content_type="application/json",
        now=datetime.fromtimestamp(recorded["now"], UTC),
    )  # fmt: skip
    assert dict(delivery.lead.behaviour) == {"dwell_seconds": 183, "pages": 6}
