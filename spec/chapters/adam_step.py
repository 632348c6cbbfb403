"""How long a step of Adam can be, whatever the gradients: a bound in the learning rate, β₁ and β₂ alone."""

from sympy import Add, Symbol

from ..kernel import Σ, System
from ._chapter import Bound, Chapter, Hypothesis, Induction, Using
from ._optimizer import epsilon, gradients, half, i, k, learning_rate, p, t
from .adam import CHAPTER as ADAM
from .adam import beta1, beta2, m, root, v, v_hat

ratio = Symbol("ratio", positive=True)
mean_square = Σ((1 - beta2) * beta2 ** (t - k) * gradients[k, i] ** 2, k)

CHAPTER = Chapter(
    title="How long a step of Adam can be",
    about=(
        "A step is m̂ / √v̂ learning rates long, and m² / v never exceeds a number that depends on β₁ and β₂ "
        "alone, `ratio`. It is finite where β₁² < β₂; the usual β₁ = 0.9 and β₂ = 0.999 make it 52.9."
    ),
    system=System(
        name="adam_step",
        given=ADAM.system.given,
        fixed=(*ADAM.system.fixed, *(d.tensor for d in ADAM.system.definitions)),
        time=t,
        initial=ADAM.system.initial[:3],
        definitions=ADAM.system.definitions[:5],
    ),
    hypotheses=(
        Hypothesis(name="beta2", lhs=1, rhs=beta2, relation="≥", about="beta2 is at most 1"),
        Hypothesis(
            name="ratio",
            lhs=(1 - beta1) ** 2 * beta2,
            rhs=ratio * (1 - beta2) * (beta2 - beta1**2),
            about="ratio is (1 − β₁)² β₂ / ((1 − β₂) (β₂ − β₁²)), which is above 0 where β₁² < β₂ < 1",
        ),
    ),
    laws=(
        Induction(
            name="law.mean_square",
            time=t,
            lhs=v[t, i],
            rhs=mean_square,
            by=("v",),
            about="v is a weighted sum of squares",
        ),
        Induction(
            name="law.fading",
            time=t,
            lhs=1,
            rhs=beta2**t,
            base_witness=0,
            witness=Add(beta2 * (1 - beta2 ** (t - 1)), 1 - beta2, evaluate=False),
            given=("hypothesis", "beta2"),
            about="1 − β₂^t is never below 0",
        ),
        Bound(
            name="law.root",
            lhs=v_hat[t, i],
            rhs=0,
            witness=mean_square / (1 - beta2**t),
            by=("v_hat", "law.mean_square"),
            given=("beta2", "law.fading"),
            about="so v̂ has a root",
        ),
        Induction(
            name="law.ratio",
            time=t,
            lhs=ratio * v[t, i],
            rhs=m[t, i] ** 2,
            by=("m", "v"),
            using=(Using(of="ratio", times=-v[t - 1, i] / (1 - beta2) - gradients[t, i] ** 2 / beta2),),
            base_witness=0,
            witness=beta1**2 * (ratio * v[t - 1, i] - m[t - 1, i] ** 2)
            + (1 - beta1) ** 2 * beta2 / ((1 - beta2) * ratio) * (ratio * v[t - 1, i] - m[t - 1, i] ** 2)
            + (beta1 * ratio * (1 - beta2) * gradients[t, i] - (1 - beta1) * beta2 * m[t - 1, i]) ** 2
            / (ratio * beta2 * (1 - beta2)),
            given=("hypothesis", "beta2"),
            about="the square of the mean never exceeds `ratio` times the mean square (Cauchy and Schwarz)",
        ),
        Bound(
            name="law.step",
            lhs=learning_rate**2 * ratio * (1 - beta2**t) / (1 - beta1**t) ** 2,
            rhs=(p[t, i] - p[t - 1, i]) ** 2,
            witness=learning_rate**2
            / ((1 - beta1**t) ** 2 * root**2)
            * Add(
                ratio * v[t, i] - m[t, i] ** 2,
                ratio * (1 - beta2**t) * (2 * epsilon * v_hat[t, i] ** half + epsilon**2),
                evaluate=False,  # the first part stays together: it is law.ratio
            ),
            by=("p", "m_hat"),
            using=(
                Using(
                    of="v_hat",
                    times=learning_rate**2 * ratio * (1 - beta2**t) / ((1 - beta1**t) ** 2 * root**2),
                ),
            ),
            given=("law.ratio", "law.fading", "law.root"),
            about=(
                "no entry ever moves by more than lr √(ratio (1 − β₂^t)) / (1 − β₁^t) in one step: about "
                "7.3 lr after many steps for β₁ = 0.9 and β₂ = 0.999"
            ),
        ),
    ),
    pitfalls=(
        "(1 − β₁) / √(1 − β₂), 3.2 learning rates, is the step for one gradient after nothing but zeros,"
        " and not the longest: m / √v comes as near to √ratio as one likes where gradients grow by β₂ / β₁"
        " a step.",
    ),
    references=("Kingma & Ba, Adam: A Method for Stochastic Optimization, ICLR 2015, section 2.1",),
)
