"""Every sum in another order or with other means: one variant for each, over many operators."""

from __future__ import annotations

from variant import Functions, Honest

from honest import _dots, _totals
from honest._attention import attention, heads
from honest._dense import dense
from honest._probabilities import probabilities
from honest._recurrent import gated, simple
from honest._totals import Dot, Total, by


def _over(dot: Dot, total: Total, families: str) -> Functions:
    """These families of operators over one way to multiply matrices and one to add up."""
    known = {
        "dense": lambda: dense(dot, total),
        "losses": lambda: probabilities(total),
        "rnn": lambda: simple(dot, total),
        "lstm": lambda: gated(dot, total),
        "attention": lambda: attention(dot, total),
        "heads": lambda: heads(dot, total),
    }
    return {name: function for family in families.split() for name, function in known[family]().items()}


def _summed(total: Total, families: str) -> Functions:
    return _over(by(total), total, families)


VARIANTS: tuple[Honest, ...] = (
    Honest(
        "every sum from the last term to the first",
        _summed(_totals.last_to_first, "dense losses rnn attention"),
    ),
    Honest(
        "every sum in another order in every call",
        _summed(_totals.in_any_order, "dense losses rnn attention"),
        "as the threads of a GPU add to the same number",
    ),
    Honest("every sum pairwise", _summed(_totals.pairwise, "dense losses lstm")),
    Honest(
        "every sum with what it loses added up beside it",
        _summed(_totals.compensated, "dense losses attention"),
        "Neumaier 1974",
    ),
    Honest(
        "every sum in eight lanes",
        _summed(_totals.eight_lanes, "dense losses rnn"),
        "as vector units add",
    ),
    Honest(
        "even places and odd ones, by strided views",
        _summed(_totals.strided, "dense losses attention"),
    ),
    Honest("every sum rounded once", _summed(_totals.rounded_once, "dense losses"), "math.fsum"),
    Honest(
        "every sum in the next wider format",
        _over(_dots.all_wider, _totals.in_wider, "dense losses rnn lstm attention heads"),
        "float64 for float32, longdouble for float64; each sum rounded to the dtype",
    ),
    Honest(
        "multiply-add with one rounding",
        _over(_dots.fused, _totals.last_to_first, "dense lstm heads"),
        "as FMA units round; for float64 in longdouble, hence twice",
    ),
    Honest(
        "products with their error terms",
        _over(_dots.with_errors, _totals.compensated, "dense attention"),
        "Dot2 of Ogita, Rump & Oishi 2005",
    ),
    Honest("matrices by outer products", _over(_dots.outer_products, _totals.plain, "dense rnn")),
    Honest(
        "BLAS on transposed memory",
        _over(_dots.transposed_memory, _totals.plain, "dense rnn lstm attention heads"),
        "column by column, as Fortran lays matrices out",
    ),
    Honest(
        "each entry of a product by a dot product of its own",
        _over(_dots.single_dots, _totals.pairwise, "dense"),
    ),
    Honest("matrices in tiles of four", _over(_dots.tiles, _totals.eight_lanes, "dense rnn")),
    Honest("einsum's own loops", _over(_dots.contracted, _totals.strided, "dense heads")),
)
