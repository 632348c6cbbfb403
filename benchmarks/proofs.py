"""How long the specification takes to prove itself, by kind of evidence, in one process.

    python benchmarks/proofs.py

Budgets on two cores: the derivations and laws in under 10 s, all that `gradspec prove` does in under 30 s.
"""

import time
from collections.abc import Callable

from gradspec.conformance.exact.agreement import agreements
from gradspec.spec.certificate.check import check
from gradspec.spec.certificate.export import certificate
from gradspec.spec.chapters import chapter, chapters, proof


def timed(said: str, work: Callable[[], object]) -> object:
    """What `work` gives, and a line with the time it took."""
    began = time.perf_counter()
    made = work()
    print(f"{said:<44} {time.perf_counter() - began:6.2f} s")
    return made


def main() -> None:
    found = timed("importing every chapter", lambda: [chapter(name) for name in chapters()])
    assert isinstance(found, list)
    lines = timed("derivations and laws", lambda: [proof(c) for c in found])
    assert isinstance(lines, list)
    claims = timed("certificates", lambda: [certificate(c, p) for c, p in zip(found, lines, strict=True)])
    assert isinstance(claims, list)
    failed = timed("their verification", lambda: [check(claim) for claim in claims])
    made = timed("the reference on exact numbers", lambda: list(agreements()))
    assert isinstance(failed, list)
    assert isinstance(made, list)
    print(f"{sum(map(len, lines))} lines, {sum(map(len, failed))} not verified, {len(made)} agreements")


if __name__ == "__main__":
    main()
