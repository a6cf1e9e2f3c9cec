"""Who posted a delivery is proved on the raw bytes, or it is refused."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from bot.lead_sources.problems import Unauthenticated
from bot.lead_sources.source import Auth, Bearer, HmacSha256, StandardWebhooks, UrlToken
from tests.bot.lead_sources.posting import KEY, LEAD, NOW, TOKEN, as_json, post, source_with, standard_webhook

BODY = as_json(LEAD)
SIGNED = standard_webhook(BODY)
OTHER_KEY = bytes(range(50, 82))
HEX = hmac.new(b"legacy-secret", BODY, hashlib.sha256).hexdigest()


def _renamed(headers: dict[str, str], old: str, new: str) -> dict[str, str]:
    return {name.replace(old, new): value for name, value in headers.items()}


ACCEPTED = [
    ("as signed", StandardWebhooks((KEY,)), SIGNED),
    ("names in capitals", StandardWebhooks((KEY,)), {name.upper(): value for name, value in SIGNED.items()}),
    ("older names", StandardWebhooks((KEY,)), _renamed(SIGNED, "webhook-", "svix-")),
    ("first of our keys", StandardWebhooks((KEY, OTHER_KEY)), SIGNED),
    ("second of our keys", StandardWebhooks((OTHER_KEY, KEY)), SIGNED),
    ("second of their signatures", StandardWebhooks((KEY,)),
     SIGNED | {"webhook-signature": f"v1,AAAA v1a,BBBB nonsense {SIGNED['webhook-signature']}"}),
    ("signed 299 s ago", StandardWebhooks((KEY,)), standard_webhook(BODY, at=NOW - timedelta(seconds=299))),
    ("signed 299 s ahead", StandardWebhooks((KEY,)), standard_webhook(BODY, at=NOW + timedelta(seconds=299))),
    ("bearer", Bearer((TOKEN.encode(),)), {"Authorization": f"Bearer {TOKEN}"}),
    ("bearer in lower case", Bearer((TOKEN.encode(),)), {"authorization": f"bearer {TOKEN}"}),
    ("own header", Bearer((b"older", TOKEN.encode())), {"X-Paidan-Token": TOKEN}),
    ("hmac", HmacSha256("x-signature", (b"legacy-secret",)), {"X-Signature": f"sha256={HEX}"}),
    ("hmac in capitals", HmacSha256("x-signature", (b"legacy-secret",)), {"X-Signature": f"SHA256={HEX.upper()}"}),
    ("hmac bare, another header", HmacSha256("x-hub", (b"new", b"legacy-secret")), {"X-Hub": HEX}),
]  # fmt: skip
REFUSED = [
    ("nothing", StandardWebhooks((KEY,)), {}),
    ("no id", StandardWebhooks((KEY,)), {k: v for k, v in SIGNED.items() if k != "webhook-id"}),
    ("another id", StandardWebhooks((KEY,)), SIGNED | {"webhook-id": "msg_2"}),
    ("another key", StandardWebhooks((OTHER_KEY,)), SIGNED),
    ("time moved", StandardWebhooks((KEY,)), SIGNED | {"webhook-timestamp": str(int(NOW.timestamp()) + 1)}),
    ("time no number", StandardWebhooks((KEY,)), SIGNED | {"webhook-timestamp": "now"}),
    ("time in other digits", StandardWebhooks((KEY,)), SIGNED | {"webhook-timestamp": "１７９５１４０９３０"}),
    ("time of 400 digits", StandardWebhooks((KEY,)), SIGNED | {"webhook-timestamp": "1" * 400}),
    ("no version", StandardWebhooks((KEY,)), SIGNED | {"webhook-signature": SIGNED["webhook-signature"][3:]}),
    ("not even base64", StandardWebhooks((KEY,)), SIGNED | {"webhook-signature": "v1,签\udc80名"}),
    ("replayed", StandardWebhooks((KEY,)), standard_webhook(BODY, at=NOW - timedelta(seconds=301))),
    ("from the future", StandardWebhooks((KEY,)), standard_webhook(BODY, at=NOW + timedelta(seconds=301))),
    ("no token", Bearer((TOKEN.encode(),)), {}),
    ("empty token", Bearer((TOKEN.encode(),)), {"Authorization": "Bearer "}),
    ("wrong token", Bearer((TOKEN.encode(),)), {"Authorization": "Bearer 令牌"}),
    ("basic", Bearer((TOKEN.encode(),)), {"Authorization": f"Basic {TOKEN}"}),
    ("hmac missing", HmacSha256("x-signature", (b"k",)), {}),
    ("hmac wrong", HmacSha256("x-signature", (b"k",)), {"X-Signature": f"sha256={HEX}"}),
    ("hmac of another kind", HmacSha256("x-signature", (b"legacy-secret",)), {"X-Signature": f"sha1={HEX}"}),
    ("token in a header instead of the address", UrlToken((TOKEN.encode(),)), {"X-Paidan-Token": TOKEN}),
]  # fmt: skip


@pytest.mark.parametrize(("auth", "headers"), [row[1:] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED])
def test_a_proof_in_any_form_that_the_scheme_allows_is_taken(auth: Auth, headers: dict[str, str]) -> None:
    """Keys rotate, header names differ in case and age; none of that turns a sender away."""
    assert post(BODY, source=source_with(auth), headers=headers).lead.name == "王芳"


@pytest.mark.parametrize(("auth", "headers"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_missing_wrong_or_stale_proof_is_refused_with_401(auth: Auth, headers: dict[str, str]) -> None:
    """Whoever does not know the secret, or replays an old request, gets nothing in."""
    with pytest.raises(Unauthenticated) as caught:
        post(BODY, source=source_with(auth), headers=headers)
    assert caught.value.problem_details()["status"] == 401


def test_a_changed_body_is_refused() -> None:
    """The signature covers every byte."""
    with pytest.raises(Unauthenticated):
        post(BODY + b" ", source=source_with(StandardWebhooks((KEY,))), headers=SIGNED)


def test_the_token_in_the_address_is_what_url_token_asks_for() -> None:
    """Platforms that can send no header prove themselves by their address."""
    source = source_with(UrlToken((TOKEN.encode(),)))
    assert post(BODY, source=source, headers={}, path_token=TOKEN).lead.name == "王芳"
    with pytest.raises(Unauthenticated):
        post(BODY, source=source, headers={}, path_token="guess")


def test_a_wrong_clock_is_told_only_to_who_knows_the_secret() -> None:
    """A stale and forged request reads as forged; a stale and genuine one is told to set its clock."""
    stale = standard_webhook(BODY, at=NOW - timedelta(hours=1))
    with pytest.raises(Unauthenticated, match="5 minutes"):
        post(BODY, source=source_with(StandardWebhooks((KEY,))), headers=stale)
    with pytest.raises(Unauthenticated, match="wrong"):
        post(BODY, source=source_with(StandardWebhooks((OTHER_KEY,))), headers=stale)


def test_the_reference_library_signs_what_we_take_and_takes_what_we_sign() -> None:
    """Two readings of the specification agree, at the library's own clock, with and without the right key."""
    now = datetime.now(UTC)
    library = Webhook(f"whsec_{base64.b64encode(KEY).decode()}")
    theirs = {
        "webhook-id": "msg_9",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": library.sign("msg_9", now, BODY.decode()),
    }
    assert post(BODY, source=source_with(StandardWebhooks((KEY,))), headers=theirs, now=now).delivery_key == "msg_9"
    library.verify(BODY.decode(), standard_webhook(BODY, at=now))
    with pytest.raises(WebhookVerificationError):
        library.verify(BODY.decode(), standard_webhook(BODY, key=OTHER_KEY, at=now))


def test_no_secret_is_ever_part_of_what_is_printed() -> None:
    """A source may be logged or shown in a traceback."""
    secret = b"never-to-be-printed"
    for auth in (StandardWebhooks((secret,)), Bearer((secret,)), HmacSha256("x", (secret,)), UrlToken((secret,))):
        assert "never" not in repr(source_with(auth))
