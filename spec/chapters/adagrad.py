"""AdaGrad: no step is longer than the learning rate, and the scale of the gradients makes no difference."""

from sympy import Add

from ..kernel import Σ, Definition, System, tensor
from ._chapter import Bound, Chapter, Induction, Law, Using
from ._optimizer import (
    CONSTANT,
    INVARIANT,
    SCALED,
    I,
    P,
    c,
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

spent = tensor("spent", P, I)
squares = Σ(gradients[k, i] ** 2, k)
root = s[t, i] ** half + epsilon

CHAPTER = Chapter(
    title="AdaGrad",
    about=(
        "s gathers the squares of all gradients of an entry, and each step is divided by its root. `scaled` "
        "is the same sum for gradients that are c times as large; `spent` gathers g² / √s; `latest` is the "
        "gradient of the present step, 0 before the first."
    ),
    system=System(
        name="adagrad",
        given=(parameter, gradients),
        fixed=(parameter, gradients, s, p, latest, scaled, spent),
        time=t,
        initial=(
            Definition(s[0, i], 0),
            Definition(p[0, i], parameter[i]),
            Definition(latest[0, i], 0),
            Definition(scaled[0, i], 0),
            Definition(spent[0, i], 0),
        ),
        definitions=(
            Definition(s[t, i], s[t - 1, i] + gradients[t, i] ** 2),
            Definition(p[t, i], p[t - 1, i] - learning_rate * gradients[t, i] / root),
            Definition(parameters[t, i], p[t, i]),
            Definition(latest[t, i], gradients[t, i]),
            Definition(scaled[t, i], scaled[t - 1, i] + (c * gradients[t, i]) ** 2),
            Definition(spent[t, i], spent[t - 1, i] + gradients[t, i] ** 2 / s[t, i] ** half),
        ),
        outputs=(parameters,),
    ),
    hypotheses=(CONSTANT,),
    laws=(
        Induction(
            name="law.squares",
            time=t,
            lhs=s[t, i],
            rhs=squares,
            by=("s",),
            about="s is the sum of all squared gradients so far, with that of the present step",
        ),
        Bound(
            name="law.nonnegative",
            lhs=s[t, i],
            rhs=0,
            witness=squares,
            by=("law.squares",),
            about="so it has a root, and never falls",
        ),
        Induction(
            name="law.latest",
            time=t,
            lhs=s[t, i],
            rhs=latest[t, i] ** 2,
            by=("s", "latest"),
            base_witness=0,
            witness=Add(s[t - 1, i] - latest[t - 1, i] ** 2, latest[t - 1, i] ** 2, evaluate=False),
            given=("hypothesis",),
            about="s holds the square of the present gradient, and what else it holds is not negative",
        ),
        Law(
            name="law.output",
            lhs=(parameters[t, i] - p[t - 1, i]) * (squares**half + epsilon),
            rhs=-learning_rate * gradients[t, i],
            by=("parameters", "p", "law.squares"),
            about="one step, in terms of the gradients alone",
        ),
        Bound(
            name="law.step",
            lhs=learning_rate**2,
            rhs=(p[t, i] - p[t - 1, i]) ** 2,
            witness=learning_rate**2
            * Add(s[t, i] - latest[t, i] ** 2, 2 * epsilon * s[t, i] ** half, epsilon**2, evaluate=False)
            / root**2,
            by=("latest", "p"),
            given=("law.latest", "law.nonnegative"),
            about="no entry moves by more than the learning rate in one step, since s_t ≥ g_t²",
        ),
        Induction(
            name="law.constant",
            time=t,
            lhs=s[t, i],
            rhs=t * steady[i] ** 2,
            by=("s", "constant"),
            about="under a constant gradient the root grows as √t, so the steps shrink as lr / √t",
        ),
        Induction(
            name="law.spent",
            time=t,
            lhs=2 * s[t, i] ** half,
            rhs=spent[t, i],
            by=("spent",),
            using=(Using(of="s", times=s[t, i] ** -half),),
            base_witness=0,
            witness=Add(
                2 * s[t - 1, i] ** half - spent[t - 1, i],
                (s[t, i] ** half - s[t - 1, i] ** half) ** 2 / s[t, i] ** half,
                evaluate=False,  # the first part stays together: it is the hypothesis
            ),
            given=("hypothesis", "law.nonnegative"),
            about="Σ g² / √s never exceeds 2 √s: the lemma from which Duchi, Hazan & Singer bound the regret",
        ),
        SCALED,
        INVARIANT,
    ),
    notes={
        "s.0": "nothing gathered yet",
        "s": "the square of the present gradient is in s before the step is taken",
        "p": "ε is added to the root, not under it",
        "scaled": "what s would be for the gradients c g",
    },
)
