"""Adam: what the bias corrections undo, and that the scale of the gradients makes no difference."""

from sympy import Symbol, exp

from ..kernel import Σ, Definition, System, tensor
from ._chapter import Bound, Chapter, Hypothesis, Induction, Law, Using
from ._optimizer import (
    CONSTANT,
    I,
    P,
    c,
    epsilon,
    gradients,
    half,
    i,
    k,
    learning_rate,
    p,
    parameter,
    parameters,
    steady,
    t,
)

beta1, beta2 = Symbol("beta1", nonnegative=True), Symbol("beta2", nonnegative=True)

m, v, m_hat, v_hat = (tensor(name, P, I) for name in ("m", "v", "m_hat", "v_hat"))
scaled_m, scaled_v = tensor("scaled_m", P, I), tensor("scaled_v", P, I)
log_v, log_fade = tensor("log_v", P, I), tensor("log_fade", P)
root = v_hat[t, i] ** half + epsilon

CHAPTER = Chapter(
    title="Adam",
    about=(
        "m is a running mean of the gradients, v one of their squares. Both start at 0 and are too small at "
        "first; m_hat and v_hat are corrected for that. `scaled_m` and `scaled_v` are m and v for "
        "gradients that are c times as large. How long a step can be is in the chapter adam_step."
    ),
    system=System(
        name="adam",
        given=(parameter, gradients),
        fixed=(parameter, gradients, m, v, m_hat, v_hat, p, scaled_m, scaled_v),
        time=t,
        initial=(
            Definition(m[0, i], 0),
            Definition(v[0, i], 0),
            Definition(p[0, i], parameter[i]),
            Definition(scaled_m[0, i], 0),
            Definition(scaled_v[0, i], 0),
        ),
        definitions=(
            Definition(m[t, i], beta1 * m[t - 1, i] + (1 - beta1) * gradients[t, i]),
            Definition(v[t, i], beta2 * v[t - 1, i] + (1 - beta2) * gradients[t, i] ** 2),
            Definition(m_hat[t, i], m[t, i] / (1 - beta1**t)),
            Definition(v_hat[t, i], v[t, i] / (1 - beta2**t)),
            Definition(p[t, i], p[t - 1, i] - learning_rate * m_hat[t, i] / root),
            Definition(parameters[t, i], p[t, i]),
            Definition(scaled_m[t, i], beta1 * scaled_m[t - 1, i] + (1 - beta1) * (c * gradients[t, i])),
            Definition(scaled_v[t, i], beta2 * scaled_v[t - 1, i] + (1 - beta2) * (c * gradients[t, i]) ** 2),
        ),
        outputs=(parameters,),
    ),
    hypotheses=(
        CONSTANT,
        Hypothesis(
            name="positive",
            lhs=v[t, i],
            rhs=exp(log_v[t, i]),
            about="v is above 0, so it has a logarithm: some gradient of the entry was not 0",
        ),
        Hypothesis(
            name="fading",
            lhs=beta2**t,
            rhs=1 - exp(log_fade[t]),
            about="1 − β₂^t is above 0, so it has a logarithm: always so, as β₂ < 1",
        ),
    ),
    laws=(
        Induction(
            name="law.mean",
            time=t,
            lhs=m[t, i],
            rhs=Σ((1 - beta1) * beta1 ** (t - k) * gradients[k, i], k),
            by=("m",),
            about="m is a weighted sum of all gradients, the older the lighter",
        ),
        Induction(
            name="law.mean_square",
            time=t,
            lhs=v[t, i],
            rhs=Σ((1 - beta2) * beta2 ** (t - k) * gradients[k, i] ** 2, k),
            by=("v",),
            about="and v one of their squares",
        ),
        Induction(
            name="law.weights",
            time=t,
            lhs=Σ((1 - beta1) * beta1 ** (t - k), k),
            rhs=1 - beta1**t,
            using=(Using(of="hypothesis", times=beta1),),
            about="the weights sum to 1 − β^t, not to 1: this is what the correction divides by",
        ),
        Induction(
            name="law.constant_m",
            time=t,
            lhs=m[t, i],
            rhs=(1 - beta1**t) * steady[i],
            by=("m", "constant"),
            about="under a constant gradient, m is too small by exactly that factor",
        ),
        Induction(
            name="law.constant_v",
            time=t,
            lhs=v[t, i],
            rhs=(1 - beta2**t) * steady[i] ** 2,
            by=("v", "constant"),
            about="and so is v",
        ),
        Law(
            name="law.corrected_m",
            lhs=m_hat[t, i],
            rhs=steady[i],
            by=("m_hat", "law.constant_m"),
            about="corrected, the mean of a constant gradient is that gradient, from the first step on",
        ),
        Law(
            name="law.corrected_v",
            lhs=v_hat[t, i],
            rhs=steady[i] ** 2,
            by=("v_hat", "law.constant_v"),
            about="and the mean of its square is its square",
        ),
        Bound(
            name="law.square",
            lhs=v_hat[t, i],
            rhs=0,
            witness=steady[i] ** 2,
            by=("law.corrected_v",),
            about="so it has a root",
        ),
        Bound(
            name="law.steady_step",
            lhs=learning_rate**2,
            rhs=(p[t, i] - p[t - 1, i]) ** 2,
            witness=learning_rate**2 * (2 * epsilon * v_hat[t, i] ** half + epsilon**2) / root**2,
            by=("p", "law.corrected_m"),
            using=(Using(of="law.corrected_v", times=learning_rate**2 / root**2),),
            given=("law.square",),
            about="a constant gradient moves an entry by at most lr in every step, however large it is",
        ),
        Law(
            name="law.first_m",
            lhs=m_hat[1, i],
            rhs=gradients[1, i],
            by=("m_hat", "m", "m.0"),
            about="at the first step the corrected mean is the gradient itself",
        ),
        Law(
            name="law.first_v",
            lhs=v_hat[1, i],
            rhs=gradients[1, i] ** 2,
            by=("v_hat", "v", "v.0"),
            about="and its mean square the square",
        ),
        Bound(
            name="law.first_square",
            lhs=v_hat[1, i],
            rhs=0,
            witness=gradients[1, i] ** 2,
            by=("law.first_v",),
            about="which has a root",
        ),
        Bound(
            name="law.first_bound",
            lhs=learning_rate**2,
            rhs=(p[1, i] - parameter[i]) ** 2,
            witness=learning_rate**2
            * (2 * epsilon * v_hat[1, i] ** half + epsilon**2)
            / (v_hat[1, i] ** half + epsilon) ** 2,
            by=("p", "p.0", "law.first_m"),
            using=(Using(of="law.first_v", times=learning_rate**2 / (v_hat[1, i] ** half + epsilon) ** 2),),
            given=("law.first_square",),
            about="so the first step is at most lr long, whatever the gradient",
        ),
        Law(
            name="law.first_step",
            lhs=(p[1, i] - parameter[i]) * (v_hat[1, i] ** half + epsilon),
            rhs=-learning_rate * gradients[1, i],
            by=("p", "p.0", "law.first_m"),
            about="and it is lr g / (|g| + ε), of almost that length unless g is as small as ε",
        ),
        Induction(
            name="law.scaled_m",
            time=t,
            lhs=scaled_m[t, i],
            rhs=c * m[t, i],
            by=("scaled_m", "m"),
            about="gradients c times as large make m c times as large",
        ),
        Induction(
            name="law.scaled_v",
            time=t,
            lhs=scaled_v[t, i],
            rhs=c**2 * v[t, i],
            by=("scaled_v", "v"),
            about="and v c² times",
        ),
        Law(
            name="law.invariant",
            lhs=scaled_m[t, i] / scaled_v[t, i] ** half,
            rhs=m[t, i] / v[t, i] ** half,
            by=("law.scaled_m", "law.scaled_v", "positive"),
            about="without ε, a step does not change when all gradients of an entry are multiplied by c > 0",
        ),
        Law(
            name="law.before_correction",
            lhs=m[t, i] / (1 - beta1**t) * (1 - beta2**t) ** half / (v[t, i] ** half + epsilon),
            rhs=m_hat[t, i] / (v_hat[t, i] ** half + epsilon / (1 - beta2**t) ** half),
            by=("m_hat", "v_hat", "positive", "fading"),
            about=(
                "the other form, which corrects the learning rate and adds ε to √v, is this one with an ε "
                "that is 1 / √(1 − β₂^t) times as large: not the same in the first steps"
            ),
        ),
    ),
    notes={
        "m.0": "the means start at 0",
        "m_hat": "the correction is largest at the first step and fades with β₁^t",
        "p": "ε is added to √v̂, after the correction",
        "scaled_m": "what m would be for the gradients c g",
        "scaled_v": "what v would be for the gradients c g",
    },
)
