"""WeCom's callback encryption, written from its documentation (page 90968) and on ``cryptography`` alone.

Plaintext layout: random(16) + message length (4 bytes, big-endian) + message + receiveid, padded PKCS#7-like to a
multiple of 32; AES-256-CBC with the first 16 key bytes as IV; base64. The signature is the lower-case hex SHA-1 of
the sorted, joined strings token, timestamp, nonce and ciphertext.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
_PREFIX = 16
_HEADER = _PREFIX + 4
_KEY_PATTERN = re.compile(r"[A-Za-z0-9]{43}\Z")


class CryptoError(Exception):
    """A packet that does not verify or decrypt.

    Attributes:
        code: Error number of WeCom's own samples, e.g. -40001 for the signature, -40005 for the receiveid.
    """

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code} {text}")
        self.code = code


class CallbackCipher:
    """Encrypts, decrypts and signs packets of one callback configuration."""

    def __init__(self, token: str, encoding_aes_key: str, receive_id: str) -> None:
        if not _KEY_PATTERN.match(encoding_aes_key):
            raise CryptoError(-40004, "EncodingAESKey must be 43 letters or digits")
        self.token = token
        self.receive_id = receive_id
        # The last character may carry spare bits; decoding must ignore them, as WeCom's own samples do.
        self._key = base64.b64decode(encoding_aes_key + "=")
        self._cipher = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))

    def signature(self, timestamp: str, nonce: str, encrypted: str) -> str:
        """Return the hex signature of a ciphertext."""
        joined = "".join(sorted((self.token, timestamp, nonce, encrypted)))
        return hashlib.sha1(joined.encode()).hexdigest()  # noqa: S324 - the protocol prescribes SHA-1

    def verify(self, signature: str, timestamp: str, nonce: str, encrypted: str) -> None:
        """Check a signature.

        Raises:
            CryptoError: -40001 when it does not match.
        """
        if not hmac.compare_digest(self.signature(timestamp, nonce, encrypted).encode(), signature.encode()):
            raise CryptoError(-40001, "signature mismatch")

    def encrypt(self, message: bytes, *, prefix: bytes | None = None, receive_id: str | None = None) -> str:
        """Return the base64 ciphertext of a message.

        Args:
            message: The inner XML.
            prefix: The 16 random bytes; drawn afresh unless a test vector fixes them.
            receive_id: Overrides the configured receiveid, to make a foreign packet.
        """
        receiver = self.receive_id if receive_id is None else receive_id
        plain = (prefix or secrets.token_bytes(_PREFIX)) + struct.pack(">I", len(message)) + message + receiver.encode()
        pad = BLOCK - len(plain) % BLOCK
        return self.encrypt_padded(plain + bytes([pad]) * pad)

    def encrypt_padded(self, padded: bytes) -> str:
        """Return the base64 ciphertext of bytes that are already padded (a test may pad them wrongly)."""
        encryptor = self._cipher.encryptor()
        return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()

    def decrypt(self, encrypted: str) -> bytes:
        """Return the message inside a ciphertext.

        Raises:
            CryptoError: -40010 for bad base64, -40007 for a bad length, -40008 for bad padding or layout, -40005
                for a foreign receiveid.
        """
        try:
            cipher_bytes = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError) as error:
            raise CryptoError(-40010, "bad base64") from error
        if not cipher_bytes or len(cipher_bytes) % 16:
            raise CryptoError(-40007, "ciphertext is not a number of blocks")
        decryptor = self._cipher.decryptor()
        plain = _unpad(decryptor.update(cipher_bytes) + decryptor.finalize())
        if len(plain) < _HEADER:
            raise CryptoError(-40008, "too short")
        (length,) = struct.unpack(">I", plain[_PREFIX:_HEADER])
        message, receiver = plain[_HEADER : _HEADER + length], plain[_HEADER + length :]
        if len(message) != length:
            raise CryptoError(-40008, "length field beyond the end")
        if not hmac.compare_digest(receiver, self.receive_id.encode()):
            raise CryptoError(-40005, "receiveid mismatch")
        return message


def _unpad(padded: bytes) -> bytes:
    pad = padded[-1]
    if not 1 <= pad <= BLOCK or padded[-pad:] != bytes([pad]) * pad:
        raise CryptoError(-40008, "bad padding")
    return padded[:-pad]
