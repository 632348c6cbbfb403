"""Clipping by the joint norm: the direction stays, the length is at most max_norm, and once is enough."""

from sympy import Add, Mul, Rational, Symbol

from ..kernel import Σ, Definition, System, dims, index, step, tensor
from ._chapter import Bound, Chapter, Hypothesis, Law, Using

I = dims("I")  # noqa: E741
i, j = index("i j", I)
half = Rational(1, 2)
max_norm = Symbol("max_norm", positive=True)

gradients, clipped, again = tensor("gradients", I), tensor("clipped", I), tensor("again", I)
norm, over, longest = tensor("norm")[()], tensor("over")[()], tensor("longest")[()]
norm_after, over_after, longest_after = (tensor(f"{name}_after")[()] for name in ("norm", "over", "longest"))

CHAPTER = Chapter(
    title="Clipping by the joint norm",
    about=(
        "i runs over all entries of all gradients, as if they were one long vector. `over` is 1 where the "
        "norm exceeds max_norm, else 0, and `longest` is the larger of the two. `again` is what a second "
        "clipping would make of the result."
    ),
    system=System(
        name="clip_by_global_norm",
        given=(gradients,),
        fixed=(
            gradients,
            clipped,
            *(e.base for e in (norm, over, longest, norm_after, over_after, longest_after)),
        ),
        definitions=(
            Definition(norm, Σ(gradients[i] ** 2, i) ** half),
            Definition(over, step(norm - max_norm)),
            Definition(longest, max_norm + over * (norm - max_norm)),
            Definition(clipped[i], gradients[i] * max_norm / longest),
            Definition(norm_after, Σ(clipped[i] ** 2, i) ** half),
            Definition(over_after, step(norm_after - max_norm)),
            Definition(longest_after, max_norm + over_after * (norm_after - max_norm)),
            Definition(again[i], clipped[i] * max_norm / longest_after),
        ),
        outputs=(clipped,),
    ),
    hypotheses=(
        Hypothesis(name="too_long", lhs=over, rhs=1, about="the norm exceeds max_norm"),
        Hypothesis(name="within", lhs=over, rhs=0, about="the norm does not exceed max_norm"),
        Hypothesis(
            name="axiom.over",
            lhs=over * (norm - max_norm),
            rhs=0,
            relation="≥",
            about="step(x) x is never below 0: step(x) is 1 where x is above 0, and 0 elsewhere",
        ),
        Hypothesis(
            name="axiom.not_over",
            lhs=(1 - over) * (max_norm - norm),
            rhs=0,
            relation="≥",
            about="nor is −(1 − step(x)) x: where step(x) is not 1, x is not above 0",
        ),
        Hypothesis(
            name="axiom.after",
            lhs=over_after * (norm_after - max_norm),
            rhs=0,
            about=(
                "step(x) x is 0 where x is not above 0; that the clipped norm does not exceed max_norm is "
                "law.norm"
            ),
        ),
    ),
    laws=(
        Law(
            name="law.squares",
            lhs=norm**2,
            rhs=Σ(gradients[i] ** 2, i),
            by=("norm",),
            about="the squared norm is the sum of all squares",
        ),
        Bound(
            name="law.length",
            lhs=norm,
            rhs=0,
            witness=Σ(gradients[i] ** 2, i) ** half,
            by=("norm",),
            about="a root is not negative",
        ),
        Law(
            name="law.too_long",
            lhs=Σ(clipped[i] ** 2, i),
            rhs=max_norm**2,
            by=("clipped", "longest", "too_long"),
            using=(Using(of="law.squares", times=-(max_norm**2) / norm**2),),
            about="gradients that are too long end with the norm max_norm, exactly",
        ),
        Law(
            name="law.within",
            lhs=clipped[i],
            rhs=gradients[i],
            by=("clipped", "longest", "within"),
            about="gradients that are not too long are left as they are",
        ),
        Bound(
            name="law.longest",
            lhs=longest,
            rhs=max_norm,
            witness=over * (norm - max_norm),
            by=("longest",),
            given=("axiom.over",),
            about="so the factor max_norm / longest is at most 1: no gradient is ever made longer",
        ),
        Bound(
            name="law.norm",
            lhs=max_norm**2,
            rhs=Σ(clipped[i] ** 2, i),
            witness=Mul(
                max_norm**2 / longest**2,
                (1 - over) * (max_norm - norm),
                Add(longest - max_norm, max_norm, norm, evaluate=False),
                evaluate=False,
            ),
            by=("clipped",),
            using=(
                Using(of="law.squares", times=max_norm**2 / longest**2),
                Using(of="longest", times=max_norm**2 / longest**2 * (longest + norm)),
            ),
            given=("axiom.not_over", "law.longest", "law.length"),
            about="in either case the norm is at most max_norm afterwards",
        ),
        Law(
            name="law.direction",
            lhs=clipped[i] * gradients[j],
            rhs=clipped[j] * gradients[i],
            by=("clipped",),
            about="all entries are scaled alike, so the direction stays",
        ),
        Law(
            name="law.again",
            lhs=again[i],
            rhs=clipped[i],
            by=("again",),
            using=(
                Using(of="longest_after", times=-clipped[i] / longest_after),
                Using(of="axiom.after", times=-clipped[i] / longest_after),
            ),
            about="clipping a second time changes nothing",
        ),
    ),
    notes={
        "norm": "one norm over all entries of all gradients",
        "longest": "the larger of the norm and max_norm",
        "clipped": "gradients · min(1, max_norm / norm)",
    },
)
