"""What the tests of intake post: a lead, a signature, a moment."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.lead_sources.delivery import Delivery, read_delivery
from bot.lead_sources.source import Auth, Bearer, Source

NOW = datetime(2026, 11, 20, 2, 15, 30, tzinfo=UTC)
KEY = bytes(range(1, 33))
TOKEN = "landing-token-0123456789"
BEARER = Bearer((TOKEN.encode(),))
PLAIN = Source("landing", "generic", BEARER)

LEAD: dict[str, Any] = {
    "external_id": "web-10293", "name": "王芳", "phone": "+86 138-0013-8000", "wechat": "", "email": "",
    "title": "采购经理", "company": "北京华医器械有限公司", "company_size": 800, "company_listed": False,
    "industry": "医疗器械", "province": "北京", "city": "北京", "product": "影像设备", "quantity": 50, "budget": 500000,
    "demand": "想了解 CT 的报价和交期", "channel": "官网表单", "campaign": "2026-春季", "language": "zh",
    "submitted_at": "2026-11-20T02:14:00+08:00",
    "behaviour": {
        "pricing_page_visits_7d": 3, "visits_30d": 9, "dwell_seconds": 186, "pages": 12, "form_seconds": 41,
        "device": "mobile",
    },
    "attributes": {"hospital_level": "三甲"},
}  # fmt: skip


def as_json(value: object) -> bytes:
    """Write as senders do: UTF-8, nothing escaped."""
    return json.dumps(value, ensure_ascii=False).encode()


def post(
    body: object,
    *,
    source: Source = PLAIN,
    headers: Mapping[str, str] | None = None,
    content_type: str | None = "application/json",
    path_token: str | None = None,
    now: datetime = NOW,
) -> Delivery:
    """Post a body (bytes as they are, anything else as JSON) with the plain source's token unless headers are given."""
    return read_delivery(
        source,
        headers={"Authorization": f"Bearer {TOKEN}"} if headers is None else headers,
        path_token=path_token,
        body=body if isinstance(body, bytes) else as_json(body),
        content_type=content_type,
        now=now,
    )


def standard_webhook(body: bytes, key: bytes = KEY, at: datetime = NOW, message_id: str = "msg_1") -> dict[str, str]:
    """Sign as standardwebhooks.com says, by other means than the code under test."""
    stamp = str(int(at.timestamp()))
    digest = hmac.new(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def source_with(auth: Auth) -> Source:
    """Give a generic source that asks for this proof."""
    return Source("website", "generic", auth)
