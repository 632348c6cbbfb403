"""Clipping by value: every entry ends within the limit, keeps its sign, and needs no second clipping."""

from sympy import Mul, Symbol

from ..kernel import Σ, Definition, System, dims, index, step, tensor
from ._chapter import Bound, Chapter, Hypothesis, Law, Using

I = dims("I")  # noqa: E741
i = index("i", I)
limit = Symbol("limit", nonnegative=True)

gradient, clipped, again = tensor("gradient", I), tensor("clipped", I), tensor("again", I)
above, below = tensor("above", I), tensor("below", I)
above_again, below_again = tensor("above_again", I), tensor("below_again", I)

CHAPTER = Chapter(
    title="Clipping by value",
    about=(
        "`above` is 1 where an entry lies above −limit, `below` where it lies below the limit, else 0. "
        "`again` is what a second clipping would make of the result."
    ),
    system=System(
        name="clip_by_value",
        given=(gradient,),
        fixed=(gradient, above, below, clipped, above_again, below_again),
        definitions=(
            Definition(above[i], step(gradient[i] + limit)),
            Definition(below[i], step(limit - gradient[i])),
            Definition(
                clipped[i],
                above[i] * below[i] * gradient[i] + (1 - below[i]) * limit - (1 - above[i]) * limit,
            ),
            Definition(above_again[i], step(clipped[i] + limit)),
            Definition(below_again[i], step(limit - clipped[i])),
            Definition(
                again[i],
                above_again[i] * below_again[i] * clipped[i]
                + (1 - below_again[i]) * limit
                - (1 - above_again[i]) * limit,
            ),
        ),
        outputs=(clipped,),
    ),
    hypotheses=(
        Hypothesis(name="inside.above", lhs=above[i], rhs=1, about="the entry lies above −limit"),
        Hypothesis(name="inside.below", lhs=below[i], rhs=1, about="the entry lies below the limit"),
        Hypothesis(name="too_high", lhs=below[i], rhs=0, about="the entry does not lie below the limit"),
        Hypothesis(name="too_low", lhs=above[i], rhs=0, about="the entry does not lie above −limit"),
        Hypothesis(
            name="axiom.above",
            lhs=above[i] * (gradient[i] + limit),
            rhs=0,
            relation="≥",
            about="step(x) x is never below 0: step(x) is 1 where x is above 0, and 0 elsewhere",
        ),
        Hypothesis(
            name="axiom.below",
            lhs=below[i] * (limit - gradient[i]),
            rhs=0,
            relation="≥",
            about="the same for the upper limit",
        ),
        Hypothesis(
            name="axiom.not_above",
            lhs=-(1 - above[i]) * (gradient[i] + limit),
            rhs=0,
            relation="≥",
            about="nor is −(1 − step(x)) x ever below 0: where step(x) is not 1, x is not above 0",
        ),
        Hypothesis(
            name="axiom.not_below",
            lhs=(1 - below[i]) * (gradient[i] - limit),
            rhs=0,
            relation="≥",
            about="the same for the upper limit",
        ),
        Hypothesis(name="axiom.above_one", lhs=1, rhs=above[i], relation="≥", about="step is at most 1"),
        Hypothesis(name="axiom.below_one", lhs=1, rhs=below[i], relation="≥", about="step is at most 1"),
        Hypothesis(
            name="axiom.above_again",
            lhs=(1 - above_again[i]) * (clipped[i] + limit),
            rhs=0,
            about="(1 − step(x)) x is 0 where x is not below 0; that clipped + limit is not is law.lower",
        ),
        Hypothesis(
            name="axiom.below_again",
            lhs=(1 - below_again[i]) * (limit - clipped[i]),
            rhs=0,
            about="the same for the upper limit, by law.upper",
        ),
    ),
    laws=(
        Law(
            name="law.inside",
            lhs=clipped[i],
            rhs=gradient[i],
            by=("clipped", "inside.above", "inside.below"),
            about="an entry within the limit is left as it is",
        ),
        Law(
            name="law.too_high",
            lhs=clipped[i],
            rhs=limit,
            by=("clipped", "too_high", "inside.above"),
            about="one that is too high becomes the limit",
        ),
        Law(
            name="law.too_low",
            lhs=clipped[i],
            rhs=-limit,
            by=("clipped", "too_low", "inside.below"),
            about="and one that is too low −limit",
        ),
        Bound(
            name="law.above",
            lhs=above[i],
            rhs=0,
            witness=step(gradient[i] + limit),
            by=("above",),
            about="0 or 1",
        ),
        Bound(
            name="law.below",
            lhs=below[i],
            rhs=0,
            witness=step(limit - gradient[i]),
            by=("below",),
            about="0 or 1",
        ),
        Bound(
            name="law.upper",
            lhs=limit,
            rhs=clipped[i],
            witness=Mul(above[i], below[i] * (limit - gradient[i]), evaluate=False)
            + limit * (1 - above[i]) * (1 + below[i]),
            by=("clipped",),
            given=("law.above", "law.below", "axiom.below", "axiom.above_one"),
            about="no entry of the result is above the limit",
        ),
        Bound(
            name="law.lower",
            lhs=clipped[i],
            rhs=-limit,
            witness=Mul(below[i], above[i] * (gradient[i] + limit), evaluate=False)
            + limit * (1 - below[i]) * (1 + above[i]),
            by=("clipped",),
            given=("law.above", "law.below", "axiom.above", "axiom.below_one"),
            about="and none below −limit",
        ),
        Bound(
            name="law.descent",
            lhs=Σ(clipped[i] * gradient[i], i),
            rhs=0,
            witness=Σ(
                above[i] * below[i] * gradient[i] ** 2
                + Mul(limit, (1 - below[i]) * (gradient[i] - limit), evaluate=False)
                + Mul(limit, -(1 - above[i]) * (gradient[i] + limit), evaluate=False)
                + limit**2 * (1 - below[i])
                + limit**2 * (1 - above[i]),
                i,
            ),
            by=("clipped",),
            given=(
                "law.above",
                "law.below",
                "axiom.not_above",
                "axiom.not_below",
                "axiom.above_one",
                "axiom.below_one",
            ),
            about="the direction changes, but no sign does: a step against the result still goes downhill",
        ),
        Law(
            name="law.again",
            lhs=again[i],
            rhs=clipped[i],
            by=("again",),
            using=(
                Using(of="axiom.below_again", times=1 - (1 - above_again[i]) / 2),
                Using(of="axiom.above_again", times=-(1 - (1 - below_again[i]) / 2)),
            ),
            about="clipping a second time changes nothing",
        ),
    ),
    notes={
        "clipped": (
            "min(max(gradient, −limit), limit): the entry where it is within, else the limit on its side"
        ),
    },
)
