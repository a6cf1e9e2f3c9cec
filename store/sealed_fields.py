"""Encryption of personal data at rest, and the keyed hash by which it is found again.

AES-256-GCM with a random 96-bit nonce; the associated data names table, column and row, so that a ciphertext moved to
another row does not open. The blind index is HMAC-SHA256 under a key derived from the oldest data key, which stays the
same when keys are rotated. A sealed value is: one byte length of the key id, the key id, 12 bytes nonce, ciphertext and
tag.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from store.errors import WrongDataKey

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
INDEX_BYTES = 16
_FINGERPRINT_BYTES = 8
_MOST_ID_LETTERS = 20


class KeyRing:
    """The data keys: the first encrypts, all decrypt, the last one makes the blind indexes.

    Attributes:
        fingerprints: for each key id, in hexadecimal, what tells one key from another and gives neither away.
        index_key_id: the id of the key under which blind indexes are made.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """Take keys by id, newest first, each 32 bytes."""
        if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
            msg = "each data key must be 32 bytes, and there must be one"
            raise WrongDataKey(msg)
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._current = next(iter(keys))
        self._prefix = bytes([len(self._current)]) + self._current.encode("ascii")
        self.index_key_id = list(keys)[-1]
        self._index_key = hmac.digest(keys[self.index_key_id], b"paidan blind index", "sha256")
        self.fingerprints = {
            key_id: hmac.digest(key, b"paidan key check", "sha256")[:_FINGERPRINT_BYTES].hex()
            for key_id, key in keys.items()
        }

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """Read `kid:base64,kid:base64,…`; raises WrongDataKey saying what is wrong, never the key itself."""
        keys: dict[str, bytes] = {}
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            key_id, _, encoded = part.partition(":")
            # A key without its id must not be repeated in an error, so ids are named only where a key follows.
            if not encoded or not key_id or not key_id.isascii() or len(key_id) > _MOST_ID_LETTERS:
                msg = f"PAIDAN_DATA_KEY: write kid:base64, the kid at most {_MOST_ID_LETTERS} letters, newest key first"
                raise WrongDataKey(msg)
            try:
                key = base64.b64decode(encoded, validate=True)
            except (binascii.Error, ValueError) as error:
                msg = f"PAIDAN_DATA_KEY: the key named {key_id} is not base64"
                raise WrongDataKey(msg) from error
            if len(key) != KEY_BYTES:
                msg = f"PAIDAN_DATA_KEY: the key named {key_id} has {len(key)} bytes instead of {KEY_BYTES}"
                raise WrongDataKey(msg)
            if key_id in keys:
                msg = f"PAIDAN_DATA_KEY: two keys are named {key_id}"
                raise WrongDataKey(msg)
            keys[key_id] = key
        return cls(keys)

    @staticmethod
    def new_key(key_id: str = "k1") -> str:
        """Make a fresh key in the form that `parse` reads."""
        return f"{key_id}:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}"

    def seal(self, plain: bytes, where: str) -> bytes:
        """Encrypt `plain` for one place, such as `lead.sealed.1024`."""
        nonce = os.urandom(NONCE_BYTES)
        return self._prefix + nonce + self._ciphers[self._current].encrypt(nonce, plain, where.encode())

    def open(self, sealed: bytes, where: str) -> bytes:
        """Decrypt what was sealed for this place; raises WrongDataKey when no key fits or it was sealed for another."""
        start = 1 + sealed[0] if sealed else 1
        cipher = self._ciphers.get(sealed[1:start].decode("ascii", "replace"))
        if cipher is None or len(sealed) < start + NONCE_BYTES + TAG_BYTES:
            msg = f"no data key opens {where}"
            raise WrongDataKey(msg)
        try:
            return cipher.decrypt(sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :], where.encode())
        except InvalidTag as error:
            msg = f"what stands in {where} was not sealed for this place, or has been changed"
            raise WrongDataKey(msg) from error

    def index(self, kind: str, value: str | None) -> bytes | None:
        """Give the blind index of a value, or None for an absent one; kinds never collide with each other."""
        if not value:
            return None
        return hmac.digest(self._index_key, f"{kind}\0{value}".encode(), "sha256")[:INDEX_BYTES]

    def derive(self, purpose: str) -> bytes:
        """Give 32 bytes for another keyed purpose, such as signing links."""
        return hmac.digest(self._index_key, purpose.encode(), "sha256")
