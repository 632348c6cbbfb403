"""The tower that residues live in: which levels there are, and what exp, log and signs are on them."""

import math
import random
from functools import cached_property

from .keyed import Keyed
from .primes import logarithm, prime_tower


class Exhausted(ArithmeticError):
    """No level is left: there were more exp within exp than the tower is deep."""


class NotASquare(ArithmeticError):
    """No square, and so not positive: no root and no logarithm. Draw other numbers."""


class Tower:
    """Primes p_0 | p_1 − 1 | …, made from `bits` of p_0, a depth (how many exp may be nested) and a seed.

    `with_logs`, p_(k+1) = 2 p_k + 1: exp reaches every positive number, and the primes are small enough for
    log to find whence. A `keyed` tower is one level, with a random function for its exp (see `one_field`).
    """

    def __init__(
        self, bits: int = 61, depth: int = 1, seed: int = 1, *, with_logs: bool = False, keyed: bool = False
    ) -> None:
        if keyed and depth:
            raise ValueError("a keyed exp has its values on the level of its argument: the depth is 0")
        if with_logs and bits + depth > 34:
            raise ValueError(
                "a logarithm takes the root of its prime in time: at most 34 bits on the top level"
            )
        self.with_logs = with_logs
        self.primes, self.generators = prime_tower(bits, depth, seed, with_logs)
        self.random = random.Random(f"draws {seed}")
        self.keyed = Keyed(self.primes[0], seed) if keyed else None
        self._levels: dict[tuple[int, int], Levels] = {}
        self.all = self.levels(0, depth)

    def levels(self, low: int, high: int) -> "Levels":
        if low > high:
            raise Exhausted("no level of the tower is left: take a deeper one, or one field")
        if (low, high) not in self._levels:
            self._levels[low, high] = Levels(self, low, high)
        return self._levels[low, high]


class Levels:
    """The levels low … high of a tower: the integers modulo the product of their primes.

    By Chinese remainders such an integer is one residue per level, and + − × ÷ take one operation for all.
    """

    def __init__(self, tower: Tower, low: int, high: int) -> None:
        self.tower, self.low, self.high = tower, low, high
        self.primes = tower.primes[low : high + 1]
        self.modulus = math.prod(self.primes)
        self.prime = self.primes[0]
        rests = [self.modulus // p for p in self.primes]
        self._units = [rest * pow(rest, -1, p) for rest, p in zip(rests, self.primes, strict=True)]

    @cached_property
    def above(self) -> "Levels":
        """Where exp arrives: the lowest level is lost, for nothing below gives its value."""
        return self.tower.levels(self.low + 1, min(self.high + 1, len(self.tower.primes) - 1))

    @cached_property
    def lowest(self) -> "Levels":
        return self.tower.levels(self.low, self.low)

    def meet(self, other: "Levels") -> "Levels":
        """The levels in common. Raises Exhausted where there is none."""
        if other.tower is not self.tower:
            raise TypeError("residues of two towers have nothing to do with each other")
        return self.tower.levels(max(self.low, other.low), min(self.high, other.high))

    def join(self, residues: list[int]) -> int:
        """The number with these residues, one per level."""
        return sum(r * unit for r, unit in zip(residues, self._units, strict=True)) % self.modulus

    def inverse(self, value: int) -> int:
        try:
            return pow(value, -1, self.modulus)
        except ValueError:
            raise ZeroDivisionError("a residue is 0 on some level: draw other numbers") from None

    def sign(self, value: int) -> int:
        """1, −1 or 0: the Legendre symbol on the lowest level, which is odd since p ≡ 3 mod 4."""
        if value % self.modulus == 0:
            return 0
        euler = pow(value, self.prime >> 1, self.prime)
        if euler == 0:
            raise ZeroDivisionError("a difference is 0 on its lowest level only: draw other numbers")
        return 1 if euler == 1 else -1

    def exp(self, value: int) -> "tuple[int, Levels]":
        """g_(k+1)^(x_k) at level k + 1, of order p_k: exp(x + y) = exp(x) exp(y).

        The order is odd, so that it is a square: exp(x) > 0, and √exp(x) = exp(x/2).
        """
        if self.tower.keyed:
            return self.tower.keyed.exp(value), self
        above = self.above
        bases = self.tower.generators[above.low : above.high + 1]
        steps = zip(bases, self.primes, above.primes, strict=False)
        return above.join([pow(g, value % p, q) for g, p, q in steps]), above

    def log(self, value: int) -> "tuple[int, Levels]":
        """The x_k that exp carries to the lowest level k + 1: log(exp(x)) = x, exp(log(y)) = y > 0.

        To level k alone: a number positive on one level need not be so on the others.
        """
        tower = self.tower
        source = max(self.low, 1)
        if not tower.keyed and (not tower.with_logs or source > self.high):
            raise Exhausted("log needs Tower(…, with_logs=True), and in it a level above the lowest one")
        levels = self if tower.keyed else tower.levels(source, source)
        if levels.sign(value) == 0:
            raise ZeroDivisionError("the logarithm of 0: draw other numbers")
        if levels.sign(value) < 0:
            raise NotASquare("the logarithm of a negative number: draw other numbers")
        if tower.keyed:
            return tower.keyed.log(value), self
        find = logarithm(tower.primes[source], tower.primes[source - 1], tower.generators[source])
        return find(value), tower.levels(source - 1, source - 1)


def one_field(seed: int = 1, bits: int = 61) -> Tower:
    """One level, on which exp is a random function with exp(−x) = 1 / exp(x): any nesting, at little cost.

    Only what follows from the laws of fields and from that holds: exp(x + y) = exp(x) exp(y) does not.
    """
    return Tower(bits, 0, seed, keyed=True)
