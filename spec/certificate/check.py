"""Verifies derivation certificates: `python check.py FILE...`; docs/cut-off.md says what that proves.

Standard library only, and nothing of the program that made the certificate. A line is evaluated at random
entries in prime fields, level k being GF(P[k]), where P[k] divides P[k+1] − 1: exp maps level k onto the
numbers of order P[k] in level k + 1, log is its inverse, and their laws hold exactly. Every dim has the size
4 at one point, and 2, 3, 4 in turn at the others. Gradients are held to forward dual numbers.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import blake2b
from math import isqrt, prod
from pathlib import Path
from random import Random
from typing import Any

P = (2216629, 26599549, 13086978109, 157043737309, 20729773324789)  # 5 mod 8; 3, 5, 7 are squares in each
POINTS, TRIES, PLACES = 3, 60, 24  # points for a line, those tried for them as roots may not exist, places
INDICES = ("i", "shift", "int", "last", "at")
ONE, TWO, MINUS, ROOT = ["q", 1, 1], ["q", 2, 1], ["q", -1, 1], ["√−1"]


Term = Any  # nested lists, each with its operation first
Env = dict[str, int]  # the values of index letters
_TABLES: dict[int, dict[int, int]] = {}


class Undefined(Exception):
    """No number here: no such root, inverse or level, or an entry before time 0."""


def over(a: Term, b: Term) -> Term:
    return ["*", a, ["^", b, MINUS]]


def f(name: str, *factors: Term) -> Term:
    return ["f", name, factors[0] if len(factors) == 1 else ["*", *factors]]


def less(a: Term, b: Term) -> Term:
    return ["+", a, ["*", MINUS, b]]


BY_EXP: dict[str, Callable[[Term], Term]] = {
    "cos": lambda x: over(["+", f("exp", ROOT, x), f("exp", MINUS, ROOT, x)], TWO),
    "sin": lambda x: over(less(f("exp", ROOT, x), f("exp", MINUS, ROOT, x)), ["*", TWO, ROOT]),
    "relu": lambda x: ["*", x, f("step", x)],
}
FUNCTIONS: dict[
    str, Callable[["World", Term, Env, int], int]
] = {  # of x in level k; g is any function with the slope dg
    "exp": lambda w, x, e, k: pow(pow(2, (P[k] - 1) // level(k - 1), P[k]), w.value(x, e, k - 1), P[k]),
    "log": lambda w, x, e, k: logarithm(w.value(x, e, k + 1), k, level(k + 1)),
    "step": lambda w, x, e, k: w.value(x, e, k) % 2,
    "sigma": lambda w, x, e, k: w.random(k, "sigma", w.value(x, e, k)),
    "tanh": lambda w, x, e, k: w.random(k, "tanh", w.value(x, e, k)),
    "g": lambda w, x, e, k: w.value(x, e, k) ** 3 + w.random(k, "g") * w.value(x, e, k),
    "dg": lambda w, x, e, k: 3 * w.value(x, e, k) ** 2 + w.random(k, "g"),
}
SLOPES: dict[str, Callable[[Term], Term]] = {
    "exp": lambda x: f("exp", x),
    "log": lambda x: over(ONE, x),
    "step": lambda x: ["q", 0, 1],
    "sigma": lambda x: ["*", f("sigma", x), less(ONE, f("sigma", x))],
    "tanh": lambda x: less(ONE, ["*", f("tanh", x), f("tanh", x)]),
    "g": lambda x: f("dg", x),
}
Rule = Callable[["World", Any, Env, int], int]
VALUES: dict[str, Rule] = {  # of [operation, *a] for the index values e in level k
    "q": lambda w, a, e, k: a[0] * pow(a[1], -1, P[k]),
    "√−1": lambda w, a, e, k: pow(2, (P[k] - 1) // 4, P[k]),
    "dim": lambda w, a, e, k: w.sizes[a[0]],
    "sym": lambda w, a, e, k: w.symbol(a[0], k),
    "time": lambda w, a, e, k: w.place(a[0], e),
    "delta": lambda w, a, e, k: w.place(a[0], e) == w.place(a[1], e),
    "given": lambda w, a, e, k: w.gap(a[0], e | {n: w.place(i, e) for n, i in a[1].items()}, k),
    "t": lambda w, a, e, k: w.entry(a[0], tuple(w.place(i, e) for i in a[1:]), k, False),
    "+": lambda w, a, e, k: sum(w.value(b, e, k) for b in a),
    "*": lambda w, a, e, k: w.product(sorted(a, key=w.last), e, k),
    "^": lambda w, a, e, k: w.power(a[0], a[1], e, k),
    "sum": lambda w, a, e, k: sum(w.value(a[1], inner, k) for inner in w.values(a[0], e)),
    "f": lambda w, a, e, k: FUNCTIONS[a[0]](w, a[1], e, k),
}
TANGENTS: dict[str, Rule] = {  # the same, of the slope along the tangents of what is given
    "t": lambda w, a, e, k: w.entry(a[0], tuple(w.place(i, e) for i in a[1:]), k, True),
    "+": lambda w, a, e, k: sum(w.slope(b, e, k) for b in a),
    "*": lambda w, a, e, k: sum(
        w.product(a[:n] + a[n + 1 :], e, k, w.slope(b, e, k)) for n, b in enumerate(a)
    ),
    "^": lambda w, a, e, k: w.product([a[1], over(["^", *a], a[0])], e, k, w.slope(a[0], e, k)),
    "sum": lambda w, a, e, k: sum(w.slope(a[1], inner, k) for inner in w.values(a[0], e)),
    "f": lambda w, a, e, k: w.product([SLOPES[a[0]](a[1])], e, k, w.slope(a[1], e, k)),
}


def level(k: int) -> int:
    if not 0 <= k < len(P):
        raise Undefined
    return P[k]


def logarithm(x: int, k: int, p: int) -> int:
    """The y in level k with exp y = x, by baby and giant steps; log(x^c) / c for an x of another order."""
    c, n = (p - 1) // P[k], isqrt(P[k]) + 1
    if k not in _TABLES:
        _TABLES[k] = {pow(2, c * e, p): e for e in range(n)}
    y, giant = pow(x, c, p), pow(2, -c * n, p)
    for e in range(0, n * n, n):
        if y in _TABLES[k]:
            return (e + _TABLES[k][y]) * pow(c, -1, P[k]) % P[k]
        y = y * giant % p
    raise Undefined


def root(x: int, k: int) -> int:
    """√x in level k: of the two that with √(c² x) = c √x for every fourth power c, as exponentials are."""
    r = pow(x, (P[k] + 3) // 8, P[k])
    r = r if (r * r - x) % P[k] == 0 else r * pow(2, (P[k] - 1) // 4, P[k]) % P[k]
    if (r * r - x) % P[k]:
        raise Undefined
    return r if 2 * pow(r, (P[k] - 1) // 4, P[k]) < P[k] else P[k] - r


class World:
    """One random point: a size for each dim, entries for what is free, and what is defined from them."""

    def __init__(
        self, certificate: Term, seed: int, rules: Sequence[Term] = (), moving: Sequence[str] = ()
    ) -> None:
        system = certificate["system"]
        self.seed, self.rules, self.moving = seed, rules, moving
        self.known: dict[Any, int | None] = {}
        self.outer: Env = {}
        self.statements, self.initial = certificate["statements"], system["initial"]
        self.free, self.symbols = certificate["tensors"], certificate["symbols"]
        self.time = system["time"][1] if system["time"] and system["outputs"] else None
        self.forward = {d["tensor"]: d for d in system["definitions"]}
        self.defined = self.forward | {d["tensor"]: d for d in system["adjoints"]}
        self.sizes: dict[str, int] = {
            dim: 2 + (n + n // 3 * seed + seed) % 3 if seed % 4 else 4
            for n, dim in enumerate(certificate["dims"])
        }
        self.sizes |= certificate["sizes"]

    def random(self, k: int, *what: Any) -> int:
        digest = blake2b(repr((self.seed, k, what)).encode(), digest_size=16).digest()
        return 1 + int.from_bytes(digest, "little") % (level(k) - 1)

    def symbol(self, x: str, k: int) -> int:
        """A positive symbol is an exponential, or a fourth power where there are none: √(x² y) = x √y."""
        power = (P[k] - 1) // P[k - 1] if k else 4
        return pow(self.random(k, x), power if self.symbols[x] == "positive" else 1, P[k])

    def place(self, i: Term, env: Env) -> int:
        """The value of an index."""
        if i[0] == "at":
            entry = self.random(0, i[1], [self.place(j, env) for j in i[2:]])
            return 1 + entry % self.sizes[self.free[i[1]]["below"]]
        if i[0] == "shift":
            return self.place(i[1], env) + int(i[2])
        return int(i[1]) if i[0] == "int" else env[i[1]] if i[0] == "i" else self.sizes[i[1]]

    def values(self, indices: Term, env: Env) -> Iterator[Env]:
        """The environments with every value of the indices, over a dim, 1 … an index, or a width D(i)."""
        if not indices:
            yield env
            return
        (name, dim), *rest = indices
        if isinstance(dim, str):
            size = self.sizes[dim]
        else:
            size = 2 + self.place(dim[2], env) % 2 if dim[0] == "width" else self.place(dim, env)
        for n in range(1, 1 + size):
            yield from self.values(rest, {**env, name: n})

    def match(self, pattern: Term, t: Term, env: Env, found: Env) -> bool:
        """Whether `t` is an instance of `pattern`; `found` then has the values of its index letters."""
        if not isinstance(pattern, list) or not isinstance(t, list):
            return bool(pattern == t)
        if pattern[0] in INDICES and t[0] in INDICES and pattern[0] != "at" and (t[0] != "i" or t[1] in env):
            moved, by = pattern[1:] if pattern[0] == "shift" else (pattern, 0)
            value = self.place(t, env) - by
            if moved[0] != "i":
                return self.place(moved, {}) == value
            # A law begins at time 1.
            return (value > 0 or moved[1] in found) and found.setdefault(moved[1], value) == value
        parts = zip(pattern, t, strict=False)
        return len(pattern) == len(t) and all(self.match(a, b, env, found) for a, b in parts)

    def value(self, t: Term, env: Env, k: int) -> int:
        """The term in level k."""
        for rule in self.rules:
            found = {name: self.outer[name] for name in rule["fixed"]}
            if self.match(rule["lhs"], t, env, found):
                return self.value(rule["rhs"], self.outer | env | found, k)
        if t[0] == "f" and t[1] in BY_EXP:
            return self.value(BY_EXP[t[1]](t[2]), env, k)
        return VALUES[t[0]](self, t[1:], env, k) % level(k)

    def slope(self, t: Term, env: Env, k: int) -> int:
        """Its slope along random tangents of what moves, by the rules of dual numbers."""
        if t[0] == "f" and t[1] in BY_EXP:
            return self.slope(BY_EXP[t[1]](t[2]), env, k)
        return TANGENTS[t[0]](self, t[1:], env, k) % level(k) if t[0] in TANGENTS else 0

    def last(self, t: Term) -> tuple[bool, bool]:
        """What of a product is evaluated last: what is computed, which a 0 before it makes unnecessary."""
        return t[0] != "delta", t[0] == "t" and t[1] in self.forward

    def gap(self, label: str, env: Env, k: int) -> int:
        return self.value(less(self.statements[label]["lhs"], self.statements[label]["rhs"]), env, k)

    def product(self, factors: Term, env: Env, k: int, made: int = 1) -> int:
        for a in factors:
            made = made and made * self.value(a, env, k) % level(k)
        return made

    def power(self, base: Term, q: Term, env: Env, k: int) -> int:
        """b^n; b^(n/2) by a root; b^e by the order of b, where e is no fixed number."""
        b = self.value(base, env, k)
        if q[0] == "q" and q[2] <= 2 and (b or q[1] > 0):
            return pow(b if q[2] == 1 else root(b, k), q[1], P[k])
        if q[0] == "q" or not b:
            raise Undefined
        if (n := self.whole(q, env)) is not None:
            return pow(b, n, P[k])
        return pow(pow(b, (P[k] - 1) // level(k - 1), P[k]), self.value(q, env, k - 1), P[k])

    def whole(self, q: Term, env: Env) -> int | None:
        """The exponent as a whole number, where it is one, such as t − s; otherwise None."""
        if q[0] in ("q", "time"):
            return self.place(q[1], env) if q[0] == "time" else q[1] if q[2] == 1 else None
        if q[0] not in "+*":
            return None
        parts = [n for n in (self.whole(a, env) for a in q[1:]) if n is not None]
        return None if len(parts) < len(q) - 1 else sum(parts) if q[0] == "+" else prod(parts)

    def entry(self, x: str, at: tuple[int, ...], k: int, slope: bool) -> int:
        """The entry x[at], or its slope; gradients after the last step, and what they meet there, are 0."""
        key = (x, at, k, slope)
        if key not in self.known:
            self.known[key] = None  # until it is known: what is defined by itself has no value
            self.known[key] = self.computed(x, at, k, slope)
        found = self.known[key]
        return level(-1) if found is None else found

    def computed(self, x: str, at: tuple[int, ...], k: int, slope: bool) -> int:
        own, dims = self.defined.get(x), self.dims(x)
        beyond = at[0] - self.sizes[dims[0]] if dims and isinstance(dims[0], str) else 0
        if dims and at[0] < 1:
            own, at = self.initial[x] if x in self.initial else level(-1), at[1:]
        if beyond > 0 and x in self.forward and dims[0] == self.time:
            raise Undefined
        if beyond > (x in self.forward):
            return 0
        moves = slope and x in self.moving and (own is self.defined.get(x))
        move = self.random(k, x, at, "move") if moves else 0
        if own:
            env = dict(zip((name for name, _ in own["indices"]), at, strict=True))
            return (
                (move + self.slope(own["body"], env, k)) % P[k] if slope else self.value(own["body"], env, k)
            )
        if not slope:
            return self.random(k, x, at)
        return (move + sum(self.jacobian(d, y, at, k) for y, d in self.free[x]["depends"].items())) % P[k]

    def dims(self, x: str) -> list[Any]:
        return [dim for _, dim in self.defined[x]["indices"]] if x in self.defined else self.free[x]["shape"]

    def jacobian(self, d: str, x: str, at: tuple[int, ...], k: int) -> int:
        """Σ d[at, i] · slope of x[i], where d is the Jacobian of an unknown in x, or in the x of its step."""
        shared = at[:1] if len(self.dims(d)) < len(at) + len(self.dims(x)) else ()
        places = self.values(list(enumerate(self.dims(x)[len(shared) :])), {})
        parts = [(self.entry(d, (*at, *i.values()), k, False), (*shared, *i.values())) for i in places]
        return sum(part * self.entry(x, place, k, True) for part, place in parts)


def nonnegative(t: Term, certificate: Term) -> bool:
    """Whether the form of a term shows that it is not negative."""
    if t[0] in ("q", "dim", "time"):
        return t[0] != "q" or bool(t[1] * t[2] >= 0)
    if t[0] in ("sym", "given"):
        sign = certificate["symbols"][t[1]] if t[0] == "sym" else certificate["statements"][t[1]]["relation"]
        return sign in ("≥", "positive", "nonnegative")
    if t[0] == "^" and t[2][0] == "q" and t[2][1] % 2 == 0 and t[2][2] == 1:
        return True
    if t[0] == "f":
        return t[1] in ("exp", "sigma", "step")
    parts = {"+": t[1:], "*": t[1:], "^": t[1:2], "sum": t[2:]}.get(t[0], [])
    return bool(parts or t == ["+"]) and all(nonnegative(a, certificate) for a in parts)


def holds(
    certificate: Term, residue: Callable[[World, Env, int], int], free: Term,
    rules: Sequence[Term] = (), moving: Sequence[str] = (),
) -> bool:  # fmt: skip
    """Whether the residue is 0 at random points, at all places where it is defined, or many of them."""
    points = [0, 0]  # of mixed sizes, and where every dim is 4
    for seed in range(TRIES):
        world, defined = World(certificate, seed, rules, moving), False
        places = list(world.values(free, {}))  # as entries are random, a few places stand for all
        for env in places if len(places) <= PLACES else Random(seed).sample(places, PLACES):
            if rules:  # which may speak of these indices too
                world.known, world.outer = {}, env
            for k in (1, 2, 3, 0):
                try:
                    if residue(world, env, k) % P[k]:
                        return False
                    defined = True
                    break
                except (Undefined, RecursionError):
                    continue
        points[seed % 4 == 0] += defined
        if all(points) and sum(points) >= POINTS:
            return True
    return False


def check(certificate: Term) -> list[str]:
    """The labels of what is not verified, none where all holds. Raises where this is no certificate."""
    system, failed = certificate["system"], [] if certificate["lines"] else ["nothing is claimed"]
    statements = certificate["statements"] = dict(certificate["hypotheses"])
    rests = {name: {name} for name in statements}
    for line in certificate["lines"]:
        label = line["label"]
        uses = [["sum", u["over"], ["*", u["times"], ["given", u["of"], u["at"]]]] for u in line["uses"]]
        term = less(less(line["lhs"], line["rhs"]), ["+", line["witness"], *uses])
        rules = [{**statements[rule["of"]], "fixed": rule["fixed"]} for rule in line["rules"]]
        bound = line["relation"] == "≥"
        sound = nonnegative(line["witness"], certificate) if bound else line["witness"] == ["+"]
        sound = sound and all(statements[u["of"]]["relation"] == "=" for u in (*line["uses"], *line["rules"]))
        rests[label] = {name for of in named(term, "given") for name in rests[of]}
        rests[label] |= {name for rule in line["rules"] for name in rests[rule["of"]]}
        if line["induction"] and inductive(certificate, line):
            rests[label] = rests[label] - {f"{label}.before"} | rests[f"{label}.base"]
        said = {name.removeprefix(f"{certificate['chapter']}.") for name in line["hypotheses"]}
        sound = sound and rests[label] <= said
        if not (sound and holds(certificate, partial(_value, term), line["free"], rules)):
            failed.append(label)
        statements[label] = line
    adjoints = [a for a in system["adjoints"] if a["of"] not in system["not_differentiable"]]
    failed += [a["tensor"] for a in system["adjoints"] if a not in adjoints]
    moving = {x for x in system["given"] if not certificate["tensors"][x]["depends"]}
    moving = {a["of"] for a in adjoints} | moving - set(system["not_differentiable"])
    pairs = [(y["cotangent"], y["tensor"], y["indices"]) for y in system["outputs"]]
    moved = [(a["tensor"], a["of"], a["indices"]) for a in adjoints if a["of"] in moving]
    if pairs and not holds(certificate, partial(_chain_rule, pairs, moved), [], moving=tuple(moving)):
        failed.append(f"{system['name']}: the gradients are not those of the outputs")
    return failed


def inductive(certificate: Term, line: Term) -> bool:
    """Whether LABEL.before says of one step before what the line says of a step, and LABEL.base of step 0."""
    t, label, statements = line["induction"], line["label"], certificate["statements"]
    before, base = f"{label}.before", statements[f"{label}.base"]
    moved = [u["at"].get(t) for u in line["uses"] if u["of"] == before]
    over = [*(u["over"] for u in line["uses"]), *named(line["witness"], "sum")]
    summed = [name for indices in over for name, _ in indices]
    fixed = all(t in rule["fixed"] for rule in line["rules"] if rule["of"] == before)
    if not fixed or t in summed or any(at != ["i", t] for at in moved):
        return False
    if {base["relation"], statements[before]["relation"]} != {line["relation"]}:
        return False
    other = [i for i in line["free"] if i[0] != t]
    return all(
        holds(certificate, partial(_earlier, statements[before][side], line[side], t), line["free"])
        and holds(certificate, partial(_earlier, base[side], line[side], t), other)
        for side in ("lhs", "rhs")
    )


def named(t: Term, operation: str) -> list[Any]:
    """What each such operation within a term is of."""
    if not isinstance(t, list):
        return []
    return t[1:2] * (t[:1] == [operation]) + [x for part in t for x in named(part, operation)]


def _value(term: Term, world: World, env: Env, k: int) -> int:
    return world.value(term, env, k)


def _earlier(said: Term, now: Term, t: str, world: World, env: Env, k: int) -> int:
    """`said` less `now` one step before."""
    return world.value(said, env, k) - world.value(now, {**env, t: env.get(t, 1) - 1}, k)


def _chain_rule(outputs: Term, moved: Term, world: World, env: Env, k: int) -> int:
    """Σ cotangent · slope of an output − Σ gradient · move, where each tensor makes a move of its own."""
    made = 0
    for pairs, moves in ((outputs, False), (moved, True)):
        for dx, x, indices in pairs:
            for inner in world.values(indices, env):
                at = tuple(inner[name] for name, _ in indices)
                by = -world.random(k, x, at, "move") if moves else world.entry(x, at, k, True)
                made += world.entry(dx, at, k, False) * by
    return made


def main(paths: Sequence[str]) -> int:
    """Prints a line for each file and each label that is not verified. Exit status 1 if there is one."""
    status = 0
    if not paths:
        print("usage: check.py FILE...   verifies what gradspec derive OPERATOR --format json writes")
        return 2
    for path in paths:
        try:
            certificate = json.loads(Path(path).read_text("utf-8"))
            failed = check(certificate)
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            print(f"{path}: no certificate: {type(error).__name__}: {error}")
            return 2
        print(f"{path}: {len(certificate['lines'])} lines, {len(failed)} not verified", *failed, sep="\n  ")
        status = max(status, bool(failed))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
