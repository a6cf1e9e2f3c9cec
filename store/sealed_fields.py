"""Encryption of personal data at rest, and the keyed hash by which it is found again.

AES-256-GCM with a random 96-bit nonce; the associated data names table, column and row, so that a ciphertext moved to another
row does not open. The blind index is HMAC-SHA256 under a key derived from the oldest data key, which stays the same when keys
are rotated. A sealed value is: one byte length of the key id, the key id, 12 bytes nonce, ciphertext and tag.
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
INDEX_BYTES = 16


class KeyRing:
    """The data keys: the first encrypts, all decrypt."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """Take keys by id, newest first, each 32 bytes."""
        if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
            msg = "each data key must be 32 bytes"
            raise WrongDataKey(msg)
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._current = next(iter(keys))
        oldest = keys[list(keys)[-1]]
        self._index_key = hmac.digest(oldest, b"paidan blind index", "sha256")

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """Read `kid:base64,kid:base64,…`; raises WrongDataKey saying what is wrong, never the key itself."""
        keys: dict[str, bytes] = {}
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            key_id, colon, encoded = part.partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
            except (binascii.Error, ValueError) as error:
                msg = f"PAIDAN_DATA_KEY: the key named {key_id[:20]!r} is not base64"
                raise WrongDataKey(msg) from error
            if not colon or not key_id or not key_id.isascii() or len(key_id) > 20 or len(key) != KEY_BYTES:  # noqa: PLR2004
                msg = "PAIDAN_DATA_KEY: write kid:base64 with a short id and 32 bytes, several with commas between"
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
        key_id = self._current.encode()
        return (
            bytes([len(key_id)]) + key_id + nonce + self._ciphers[self._current].encrypt(nonce, plain, where.encode())
        )

    def open(self, sealed: bytes, where: str) -> bytes:
        """Decrypt what was sealed for this place; raises WrongDataKey when no key fits or it was sealed for another place."""
        end = 1 + sealed[0]
        cipher = self._ciphers.get(sealed[1:end].decode("ascii", "replace"))
        if cipher is None:
            raise WrongDataKey
        try:
            return cipher.decrypt(sealed[end : end + NONCE_BYTES], sealed[end + NONCE_BYTES :], where.encode())
        except InvalidTag as error:
            raise WrongDataKey from error

    def index(self, kind: str, value: str | None) -> bytes | None:
        """Give the blind index of a value, or None for an absent one; kinds never collide with each other."""
        if not value:
            return None
        return hmac.digest(self._index_key, f"{kind}\0{value}".encode(), "sha256")[:INDEX_BYTES]

    def derive(self, purpose: str) -> bytes:
        """Give 32 bytes for another keyed purpose, such as signing links."""
        return hmac.digest(self._index_key, purpose.encode(), "sha256")
