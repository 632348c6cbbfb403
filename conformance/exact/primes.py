"""Primes p_0 | p_1 − 1, p_1 | p_2 − 1, …, each proved to be one, and logarithms among them."""

import math
import random
from collections.abc import Callable
from functools import cache
from itertools import count

# The first thirteen primes as bases decide primality below 3.3e24 (Sorenson & Webster 2015).
_BASES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)
_MOST_BITS = 80
_SMALL = math.prod(n for n in range(3, 400) if all(n % d for d in range(2, n)))


def is_prime(n: int) -> bool:
    """Miller & Rabin (1980), with the bases that leave no doubt below 2⁸⁰."""
    if n < 2 or n.bit_length() > _MOST_BITS:
        raise ValueError(f"cannot decide whether {n} is a prime")
    if any(n % base == 0 for base in _BASES):
        return n in _BASES
    twos = ((n - 1) & (1 - n)).bit_length() - 1
    for base in _BASES:
        power = pow(base, (n - 1) >> twos, n)
        if power != 1 and all(pow(power, 1 << i, n) != n - 1 for i in range(twos)):
            return False
    return True


@cache
def prime_tower(
    bits: int, depth: int, seed: int, chain: bool = False
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """p_0 … p_depth, all ≡ 3 mod 4, p_0 of that many bits; and g_k of order p_(k−1) modulo p_k (g_0 = 1).

    In a `chain` (Cunningham 1907) p_(k+1) = 2 p_k + 1, so that the powers of g are all the squares there are.

    The next prime is the first c p + 1 that Pocklington's theorem (1914) proves: with p prime and above its
    root, it is prime if some h has h^(c p) = 1 and h^c − 1 a unit; and then h^c has order p.
    """
    if not 16 <= bits <= _MOST_BITS:
        raise ValueError(f"the lowest prime has 16 … {_MOST_BITS} bits, not {bits}")
    draw = random.Random(seed)
    start = draw.getrandbits(bits - 1) | 1 << (bits - 1) | 3
    due = range(depth + 1 if chain else 1)
    primes = [next(n for n in count(start, 4) if all(is_prime((n + 1 << k) - 1) for k in due))]
    generators = [1]
    while len(primes) <= depth:
        p = primes[-1]
        for c in count(2, 4):  # p ≡ 3 and c ≡ 2 make c p + 1 ≡ 3 mod 4
            q = c * p + 1
            if math.gcd(q, _SMALL) == 1 and pow(2, c * p, q) == 1 and math.gcd(pow(2, c, q) - 1, q) == 1:
                break
        primes.append(q)
        # Which element of order p is the base of exp is drawn too: no program can have been made for it.
        generators.append(pow(2, c * draw.randrange(1, p), q))
    return tuple(primes), tuple(generators)


@cache
def logarithm(prime: int, order: int, base: int) -> Callable[[int], int]:
    """x from base^x modulo `prime`, base being of that order: baby steps and giant steps (Shanks 1971)."""
    width = math.isqrt(order) + 1
    baby_steps = {}
    power = 1
    for exponent in range(width):
        baby_steps[power] = exponent
        power = power * base % prime
    giant = pow(base, -width, prime)

    def log(y: int) -> int:
        rest = y % prime
        for start in range(0, width * width, width):
            exponent = baby_steps.get(rest)
            if exponent is not None:
                return (start + exponent) % order
            rest = rest * giant % prime
        raise AssertionError("an element outside the group")

    return log
