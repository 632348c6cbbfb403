"""RMSProp: steps in units of the recent root mean square, and how long the first ones are."""

from sympy import Add

from ..kernel import Σ, Definition, System
from ._chapter import Bound, Chapter, Induction, Law, Using
from ._optimizer import (
    CONSTANT,
    DECAY,
    INVARIANT,
    SCALED,
    c,
    decay,
    epsilon,
    gradients,
    half,
    i,
    k,
    latest,
    learning_rate,
    p,
    parameter,
    parameters,
    s,
    scaled,
    steady,
    t,
)

mean = Σ((1 - decay) * decay ** (t - k) * gradients[k, i] ** 2, k)
root = s[t, i] ** half + epsilon

CHAPTER = Chapter(
    title="RMSProp",
    about=(
        "s is a running mean of the squared gradients of an entry, in which a square fades by `decay` at "
        "every step. `scaled` is the same mean for gradients that are c times as large; `latest` is the "
        "gradient of the present step, 0 before the first."
    ),
    system=System(
        name="rmsprop",
        given=(parameter, gradients),
        fixed=(parameter, gradients, s, p, latest, scaled),
        time=t,
        initial=(
            Definition(s[0, i], 0),
            Definition(p[0, i], parameter[i]),
            Definition(latest[0, i], 0),
            Definition(scaled[0, i], 0),
        ),
        definitions=(
            Definition(s[t, i], decay * s[t - 1, i] + (1 - decay) * gradients[t, i] ** 2),
            Definition(p[t, i], p[t - 1, i] - learning_rate * gradients[t, i] / root),
            Definition(parameters[t, i], p[t, i]),
            Definition(latest[t, i], gradients[t, i]),
            Definition(scaled[t, i], decay * scaled[t - 1, i] + (1 - decay) * (c * gradients[t, i]) ** 2),
        ),
        outputs=(parameters,),
    ),
    hypotheses=(
        DECAY,
        CONSTANT,
    ),
    laws=(
        Induction(
            name="law.mean",
            time=t,
            lhs=s[t, i],
            rhs=mean,
            by=("s",),
            about="s is a weighted sum of all squared gradients, the older the lighter",
        ),
        Induction(
            name="law.weights",
            time=t,
            lhs=Σ((1 - decay) * decay ** (t - k), k),
            rhs=1 - decay**t,
            using=(Using(of="hypothesis", times=decay),),
            about="the weights sum to 1 − decay^t, not to 1: s starts at 0 and is too small at first",
        ),
        Induction(
            name="law.constant",
            time=t,
            lhs=s[t, i],
            rhs=(1 - decay**t) * steady[i] ** 2,
            by=("s", "constant"),
            about=(
                "under a constant gradient √s rises to its magnitude from below, so steps sink to lr from "
                "above"
            ),
        ),
        Bound(
            name="law.nonnegative",
            lhs=s[t, i],
            rhs=0,
            witness=mean,
            by=("law.mean",),
            given=("decay",),
            about="so it has a root",
        ),
        Induction(
            name="law.latest",
            time=t,
            lhs=s[t, i],
            rhs=(1 - decay) * latest[t, i] ** 2,
            by=("s", "latest"),
            base_witness=0,
            witness=decay * (s[t - 1, i] - (1 - decay) * latest[t - 1, i] ** 2)
            + decay * (1 - decay) * latest[t - 1, i] ** 2,
            given=("hypothesis", "decay"),
            about="s holds its share of the present square, and what else it holds is not negative",
        ),
        Law(
            name="law.output",
            lhs=(parameters[t, i] - p[t - 1, i]) * (mean**half + epsilon),
            rhs=-learning_rate * gradients[t, i],
            by=("parameters", "p", "law.mean"),
            about="one step, in terms of the gradients alone",
        ),
        Bound(
            name="law.step",
            lhs=learning_rate**2 / (1 - decay),
            rhs=(p[t, i] - p[t - 1, i]) ** 2,
            witness=learning_rate**2
            / (1 - decay)
            * Add(
                s[t, i] - (1 - decay) * latest[t, i] ** 2,
                2 * epsilon * s[t, i] ** half,
                epsilon**2,
                evaluate=False,  # the first part stays together: it is law.latest
            )
            / root**2,
            by=("latest", "p"),
            given=("law.latest", "law.nonnegative", "decay"),
            about="no entry moves by more than lr / √(1 − decay) in one step, since s_t ≥ (1 − decay) g_t²",
        ),
        Law(
            name="law.first",
            lhs=(1 - decay) * (p[1, i] - parameter[i]) ** 2 * (s[1, i] ** half + epsilon) ** 2,
            rhs=learning_rate**2 * s[1, i],
            by=("p", "p.0", "s", "s.0"),
            about="the first step is as long as that allows, up to ε: the price of a mean that starts at 0",
        ),
        SCALED,
        INVARIANT,
    ),
    notes={
        "s.0": "the mean starts at 0, and nothing corrects it for that",
        "s": "the square of the present gradient is in s before the step is taken",
        "p": "ε is added to the root, not under it",
        "scaled": "what s would be for the gradients c g",
    },
)
