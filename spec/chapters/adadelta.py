"""AdaDelta: steps in the units of the parameter, which have to grow from √ε before anything moves."""

from sympy import Add, exp

from ..kernel import Σ, Definition, System, tensor
from ._chapter import Bound, Chapter, Hypothesis, Induction, Law
from ._optimizer import (
    DECAY,
    SCALED,
    I,
    P,
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
    t,
)

u, d = tensor("u", P, I), tensor("d", P, I)
log_s = tensor("log_s", P, I)

CHAPTER = Chapter(
    title="AdaDelta",
    about=(
        "s is a running mean of the squared gradients, d one of the squared steps, both under a root with "
        "ε. `scaled` is the mean s for gradients that are c times as large; `latest` is the gradient of the "
        "present step, 0 before the first, as u is."
    ),
    system=System(
        name="adadelta",
        given=(parameter, gradients),
        fixed=(parameter, gradients, s, u, d, p, latest, scaled),
        time=t,
        initial=(
            Definition(s[0, i], 0),
            Definition(u[0, i], 0),
            Definition(d[0, i], 0),
            Definition(p[0, i], parameter[i]),
            Definition(latest[0, i], 0),
            Definition(scaled[0, i], 0),
        ),
        definitions=(
            Definition(s[t, i], decay * s[t - 1, i] + (1 - decay) * gradients[t, i] ** 2),
            Definition(
                u[t, i], (d[t - 1, i] + epsilon) ** half / (s[t, i] + epsilon) ** half * gradients[t, i]
            ),
            Definition(d[t, i], decay * d[t - 1, i] + (1 - decay) * u[t, i] ** 2),
            Definition(p[t, i], p[t - 1, i] - learning_rate * u[t, i]),
            Definition(parameters[t, i], p[t, i]),
            Definition(latest[t, i], gradients[t, i]),
            Definition(scaled[t, i], decay * scaled[t - 1, i] + (1 - decay) * (c * gradients[t, i]) ** 2),
        ),
        outputs=(parameters,),
    ),
    hypotheses=(
        DECAY,
        Hypothesis(
            name="positive",
            lhs=s[t, i],
            rhs=exp(log_s[t, i]) - epsilon,
            about="s + ε is above 0, so it has a logarithm: always so, as s ≥ 0 and ε > 0",
        ),
    ),
    laws=(
        Induction(
            name="law.mean",
            time=t,
            lhs=s[t, i],
            rhs=Σ((1 - decay) * decay ** (t - k) * gradients[k, i] ** 2, k),
            by=("s",),
            about="s is a weighted sum of all squared gradients, the older the lighter",
        ),
        Induction(
            name="law.mean_step",
            time=t,
            lhs=d[t, i],
            rhs=Σ((1 - decay) * decay ** (t - k) * u[k, i] ** 2, k),
            by=("d",),
            about="and d the same of all steps so far, without the learning rate",
        ),
        Induction(
            name="law.closed",
            time=t,
            lhs=p[t, i],
            rhs=parameter[i] - learning_rate * Σ(u[k, i], k),
            by=("p",),
            about="the parameter has moved by the sum of the steps",
        ),
        Bound(
            name="law.nonnegative",
            lhs=s[t, i],
            rhs=0,
            witness=Σ((1 - decay) * decay ** (t - k) * gradients[k, i] ** 2, k),
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
        Induction(
            name="law.latest_step",
            time=t,
            lhs=d[t, i],
            rhs=(1 - decay) * u[t, i] ** 2,
            by=("d",),
            base_witness=0,
            witness=decay * (d[t - 1, i] - (1 - decay) * u[t - 1, i] ** 2)
            + decay * (1 - decay) * u[t - 1, i] ** 2,
            given=("hypothesis", "decay"),
            about="and so does d",
        ),
        Bound(
            name="law.before",
            lhs=d[t - 1, i],
            rhs=0,
            witness=(d[t, i] - (1 - decay) * u[t, i] ** 2) / decay,
            by=("d",),
            given=("law.latest_step",),
            about="d was not negative before the step either",
        ),
        Bound(
            name="law.step",
            lhs=(d[t - 1, i] + epsilon) / (1 - decay),
            rhs=u[t, i] ** 2,
            witness=(d[t - 1, i] + epsilon)
            * Add(s[t, i] - (1 - decay) * latest[t, i] ** 2, epsilon, evaluate=False)
            / ((1 - decay) * (s[t, i] + epsilon)),
            by=("latest", "u"),
            given=("decay", "law.nonnegative", "law.latest", "law.before"),
            about="a step is at most 1 / √(1 − decay) times the root mean square of the steps before it",
        ),
        Law(
            name="law.first",
            lhs=u[1, i] ** 2 * (s[1, i] + epsilon),
            rhs=epsilon * gradients[1, i] ** 2,
            by=("u", "d.0"),
            about="so the first step is of the size of √ε: without ε it would be 0, and with it all others",
        ),
        Induction(
            name="law.growth",
            time=t,
            lhs=2**t * epsilon,
            rhs=d[t, i] + epsilon,
            by=("d", "u", "latest"),
            base_witness=0,
            witness=Add(
                2 ** (t - 1) * epsilon - (d[t - 1, i] + epsilon),
                2 ** (t - 1) * epsilon - (d[t - 1, i] + epsilon),
                (1 - decay) * d[t - 1, i],
                (d[t - 1, i] + epsilon)
                * Add(s[t, i] - (1 - decay) * latest[t, i] ** 2, epsilon, evaluate=False)
                / (s[t, i] + epsilon),
                evaluate=False,  # the first two stay together: each is the hypothesis
            ),
            given=("hypothesis", "decay", "law.nonnegative", "law.latest", "law.before"),
            about="d + ε at most doubles in a step, so many steps pass before they are of a useful size",
        ),
        SCALED,
        Law(
            name="law.invariant",
            lhs=c * gradients[t, i] / (scaled[t, i] + c**2 * epsilon) ** half,
            rhs=gradients[t, i] / (s[t, i] + epsilon) ** half,
            by=("law.scaled", "positive"),
            about=(
                "a step does not change when the gradients are multiplied by c > 0, if the ε beside s is "
                "multiplied by c² with them: it has the unit of a squared gradient"
            ),
        ),
    ),
    notes={
        "s": "the square of the present gradient is in s before the step is taken",
        "u": "the gradient in units of its own recent size, times the recent size of a step",
        "d": "the present step enters d only after it is taken",
        "p": "the learning rate scales what is taken off, not what is remembered",
        "scaled": "what s would be for the gradients c g",
    },
)
