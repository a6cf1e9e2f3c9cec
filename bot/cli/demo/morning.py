"""The deliveries of the morning: read from their file, each with its moment and the body it sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import orjson
import yaml

from bot.cli.demo.company import FILES

Kind = Literal["new", "replay", "update", "again"]
#: Names in the file that stand deeper in the body.
_BEHAVIOUR: Final = {"pricing": "pricing_page_visits_7d", "dwell": "dwell_seconds"}
_ATTRIBUTES: Final = {"hospital": "hospital_level", "orders": "prior_orders"}
#: Shortest and longest time that a whole morning takes, and which share of it has passed when the late zone comes on duty.
_LENGTHS_S: Final = (52.0, 75.0)
_OPENS_AT_SHARE: Final = 0.62
#: A morning shorter than this in the file was cut by --leads, and is not stretched.
_FULL_MORNING_S: Final = 30.0
_OURS: Final = frozenset({"at", "key", "source", "kind", "of", "once", "refused"})


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook of the morning.

    Attributes:
        at: seconds after the start, at speed 1.
        key: the source's own number of the enquiry.
        source: which source posts it.
        kind: `new`; `replay` (the same bytes and key as `of`), `update` (of the same lead), `again` (the same customer).
        of: key of the earlier delivery that this one refers to.
        once: state that the earlier lead must have reached before this is posted.
        refused: fields that the service must refuse; empty where it must take the lead.
        body: what is posted.
    """

    at: float
    key: str
    source: str
    kind: Kind = "new"
    of: str | None = None
    once: str | None = None
    refused: tuple[str, ...] = ()
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def payload(self) -> bytes:
        """Give the bytes that are posted and signed."""
        return orjson.dumps(dict(self.body))

    @property
    def waits_for_late_zone(self) -> bool:
        """Say whether only the team that comes on duty later may take it."""
        return self.body.get("province") in {"新疆", "甘肃", "青海"}


def stretch_of(deliveries: Sequence[Delivery], opens_in: float, speed: float) -> float:
    """Say how many seconds of the run one second of the morning's file takes.

    The zone that comes on duty late does so at a whole minute, which can't be moved; so the morning is stretched until that
    falls well inside it, within what somebody cares to watch.

    Args:
        deliveries: what comes in.
        opens_in: seconds until the late zone comes on duty.
        speed: 2 plays everything twice as fast.
    """
    last = max((delivery.at for delivery in deliveries), default=0.0)
    if not any(delivery.waits_for_late_zone for delivery in deliveries) or last < _FULL_MORNING_S:
        return 1.0 / speed
    shortest, longest = (length / speed for length in _LENGTHS_S)
    return min(max(opens_in / _OPENS_AT_SHARE, shortest), longest) / last


def morning(most_leads: int | None = None) -> list[Delivery]:
    """Give the deliveries of the morning.

    Args:
        most_leads: only the first so many leads, without their repeats; or more than the file has: those come round again
            as enquiries of other companies. All of the file if None.
    """
    document = yaml.safe_load((FILES / "morning.yaml").read_text("utf-8"))
    written = [_delivery(entry) for entry in document["deliveries"]]
    new = [delivery for delivery in written if delivery.kind == "new"]
    keys = list(dict.fromkeys(delivery.key for delivery in new))
    if most_leads is None:
        return written
    if most_leads >= len(keys):
        return [*written, *_more(new, most_leads - len(keys))]
    # A short morning is over soon only if nobody in it has to wait for a shift.
    late = {delivery.key for delivery in new if delivery.waits_for_late_zone}
    kept = set(sorted(keys, key=late.__contains__)[:most_leads])
    return [delivery for delivery in new if delivery.key in kept]


def _delivery(entry: dict[str, Any]) -> Delivery:
    body: dict[str, Any] = {
        name: value for name, value in entry.items() if name not in _OURS | _BEHAVIOUR.keys() | _ATTRIBUTES.keys()
    }
    body["external_id"] = entry["key"]
    for group, names in (("behaviour", _BEHAVIOUR), ("attributes", _ATTRIBUTES)):
        values = {theirs: entry[ours] for ours, theirs in names.items() if ours in entry}
        if values:
            body[group] = values
    kind: Kind = entry.get("kind", "new")
    return Delivery(entry["at"], entry["key"], entry["source"], kind, entry.get("of"), entry.get("once"),
                    tuple(entry.get("refused", ())), body)  # fmt: skip


def _more(new: Sequence[Delivery], count: int) -> list[Delivery]:
    """Give further leads: the same enquiries by other people, at a pace that so few reps can keep up with."""
    sound = [delivery for delivery in new if not delivery.refused and not delivery.waits_for_late_zone]
    begin = max(delivery.at for delivery in new) + 0.8
    more = []
    for number in range(max(count, 0)):
        model = sound[number % len(sound)]
        round_no = number // len(sound) + 2
        key = f"{model.key}-{round_no}"
        phone = f"139 0000 {1000 + number:04d}"
        company = f"{model.body.get('company', '')}（{round_no} 分部）"
        body = {**model.body, "external_id": key, "phone": phone, "company": company, "email": ""}
        more.append(Delivery(begin + 0.8 * number, key, model.source, body=body))
    return more
