"""An exp that is a random function on one field, and the logarithm that it needs."""

import random
from hashlib import blake2b


class Keyed:
    """Modulo p ≡ 3 mod 4, exp: x → a square drawn for x, such that exp(0) = 1 and exp(−x) = 1 / exp(x)."""

    def __init__(self, p: int, key: int) -> None:
        self.p, self.key = p, f"{key}".encode()
        self._exps: dict[int, int] = {}
        self._logs: dict[int, int] = {}
        self._pair(0, 1)

    def _pair(self, x: int, y: int) -> None:
        for argument, value in ((x, y), (-x % self.p, pow(y, -1, self.p))):
            self._exps[argument], self._logs[value] = value, argument

    def exp(self, x: int) -> int:
        if x not in self._exps:
            least = min(x, self.p - x)
            digest = blake2b(least.to_bytes(16, "little"), digest_size=32, key=self.key).digest()
            root = 1 + int.from_bytes(digest, "little") % (self.p - 1)
            self._pair(least, root * root % self.p)
        return self._exps[x]

    def log(self, y: int) -> int:
        """For a square y, the x whose exp(x) was y; else one drawn for y, whose exp is y from then on."""
        if y not in self._logs:
            least = min(y, pow(y, -1, self.p))
            self._pair(random.Random(f"{self.key!r} log {least}").randrange(self.p), least)
        return self._logs[y]
