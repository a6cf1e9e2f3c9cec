"""Every random choice of a decision: a keyed hash of lead and decision number, so that replay needs no generator."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

_KEY_BYTES = 64
_BITS = 64


@dataclass(frozen=True, slots=True)
class Draws:
    """The draws of one decision; each purpose has its own, independent of the others and of the order of asking.

    Attributes:
        secret: of the policy version; who does not know it can't foresee a draw.
        lead_id: the lead decided.
        decision_no: number of the decision.
    """

    secret: bytes
    lead_id: int
    decision_no: int

    def below(self, bound: int, purpose: str) -> int:
        """Draw a whole number from 0 to `bound` - 1, all alike (the bias is under bound / 2^64)."""
        if bound == 1:
            return 0
        key = self.secret if len(self.secret) <= _KEY_BYTES else blake2b(self.secret).digest()
        text = f"{self.lead_id}:{self.decision_no}:{purpose}".encode()
        value = int.from_bytes(blake2b(text, digest_size=_BITS // 8, key=key).digest(), "big")
        return value * bound >> _BITS
