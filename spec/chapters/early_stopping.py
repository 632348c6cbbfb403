"""Early stopping: the bar only ever falls, and how long training can last is known before it starts."""

from sympy import Add, Symbol

from ..kernel import Σ, Definition, System, dims, index, step, tensor
from ._chapter import Bound, Chapter, Hypothesis, Induction, Law

P = dims("P")
t = index("t", P)
patience = Symbol("patience", integer=True, positive=True)
min_delta = Symbol("min_delta", nonnegative=True)
floor = Symbol("floor", real=True)

losses, progress, bar, k = (tensor(name, P) for name in ("losses", "progress", "bar", "k"))
count, running = tensor("count", P), tensor("running", P)
stopped, best = tensor("stopped"), tensor("best")
gain = bar[t - 1] - min_delta - losses[t]
waited = t - 1 - k[t - 1]

CHAPTER = Chapter(
    title="Early stopping",
    about=(
        "Time t = 1 … P is the step t − 1, since steps count from 0. The bar is the loss to beat: that of "
        "step k, the last one that made progress. `progress` is 1 where the loss of the step lies below the "
        "bar by more than min_delta, else 0, and `count` is how often it was 1; `running` is 1 until the "
        "rule stops."
    ),
    system=System(
        name="early_stopping",
        given=(losses,),
        fixed=(losses, progress, bar, k, count, running),
        time=t,
        initial=(
            Definition(bar[0], losses[1]),
            Definition(k[0], 0),
            Definition(count[0], 0),
            Definition(running[0], 1),
        ),
        definitions=(
            Definition(progress[t], step(gain)),
            Definition(bar[t], progress[t] * losses[t] + (1 - progress[t]) * bar[t - 1]),
            Definition(k[t], progress[t] * (t - 1) + (1 - progress[t]) * k[t - 1]),
            Definition(count[t], count[t - 1] + progress[t]),
            Definition(running[t], running[t - 1] * step(patience - (t - 1 - k[t]))),
            Definition(stopped[()], Σ(running[t - 1], t) - 1),
            Definition(best[()], Σ(running[t - 1] * (k[t] - k[t - 1]), t)),
        ),
        outputs=(stopped, best),
    ),
    hypotheses=(
        Hypothesis(
            name="axiom.step",
            lhs=progress[t] * gain,
            rhs=0,
            relation="≥",
            about="step(x) x is never below 0: step(x) is 1 where x is above 0, and 0 elsewhere",
        ),
        Hypothesis(
            name="axiom.rest",
            lhs=(1 - progress[t]) * -gain,
            rhs=0,
            relation="≥",
            about="nor is −(1 − step(x)) x: where step(x) is not 1, x is not above 0",
        ),
        Hypothesis(
            name="patient",
            lhs=patience,
            rhs=waited,
            relation="≥",
            about=(
                "training has not stopped before step t − 1: that is fewer than `patience` steps after k "
                "then was"
            ),
        ),
        Hypothesis(
            name="going_on",
            lhs=patience,
            rhs=t - k[t],
            relation="≥",
            about="nor does it stop at the step t − 1",
        ),
        Hypothesis(name="floor", lhs=bar[t], rhs=floor, relation="≥", about="no loss lies below `floor`"),
        Hypothesis(name="idle", lhs=progress[t], rhs=0, about="the step makes no progress"),
    ),
    laws=(
        Bound(
            name="law.progress",
            lhs=progress[t],
            rhs=0,
            witness=step(gain),
            by=("progress",),
            about="progress is 0 or 1",
        ),
        Bound(
            name="law.falls",
            lhs=bar[t - 1] - bar[t],
            rhs=min_delta * progress[t],
            witness=progress[t] * gain,
            by=("bar",),
            given=("axiom.step",),
            about="the bar never rises, and falls by at least min_delta wherever there is progress",
        ),
        Bound(
            name="law.close",
            lhs=losses[t] + min_delta,
            rhs=bar[t],
            witness=progress[t] * min_delta + (1 - progress[t]) * -gain,
            by=("bar",),
            given=("law.progress", "axiom.rest"),
            about="no loss lies below the bar by more than min_delta: what is kept is that close to the best",
        ),
        Induction(
            name="law.counted",
            time=t,
            lhs=losses[1] - bar[t],
            rhs=min_delta * count[t],
            by=("count", "bar"),
            base_witness=0,
            witness=Add(
                losses[1] - bar[t - 1] - min_delta * count[t - 1],
                progress[t] * gain,
                evaluate=False,
            ),
            given=("hypothesis", "axiom.step"),
            about="in all it has fallen by at least min_delta for every step that made progress",
        ),
        Induction(
            name="law.waited",
            time=t,
            lhs=patience * count[t],
            rhs=k[t],
            by=("count", "k"),
            base_witness=0,
            witness=Add(
                patience * count[t - 1] - k[t - 1],
                progress[t] * (patience - waited),
                evaluate=False,
            ),
            given=("hypothesis", "law.progress", "patient"),
            about="while training goes on, two steps of progress are never more than `patience` steps apart",
        ),
        Bound(
            name="law.length",
            lhs=patience * (min_delta + losses[1] - floor),
            rhs=min_delta * t,
            witness=min_delta * (patience - (t - k[t]))
            + min_delta * (patience * count[t] - k[t])
            + patience * (losses[1] - bar[t] - min_delta * count[t])
            + patience * (bar[t] - floor),
            by=(),
            given=("going_on", "law.waited", "law.counted", "floor"),
            about=(
                "t steps have been taken and training goes on: then t is at most patience (1 + (first loss "
                "− floor) / min_delta), which tells before training how long it can last"
            ),
        ),
        Law(
            name="law.idle",
            lhs=k[t],
            rhs=k[t - 1],
            by=("k", "idle"),
            about="without progress k stays, so every such step brings the end one step nearer",
        ),
    ),
    notes={
        "progress": "the comparison is strict: a loss that equals the bar − min_delta is no progress",
        "bar": "a small gain that is no progress does not lower the bar",
        "k": "the number of the last step that made progress, counted from 0",
        "count": "how many steps made progress",
        "running": "1 as long as fewer than `patience` steps have passed since step k, and 0 ever after",
        "stopped": (
            "one less than the number of steps taken, since steps count from 0: the first t − 1 with "
            "t − 1 − k = patience, P − 1 where there is none. That it is the first is what the product in "
            "`running` says; as a statement about a least number it lies outside this language"
        ),
        "best": "k at the step at which it stops: all that k has moved up to then",
    },
)
