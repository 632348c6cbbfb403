"""Vanishing and exploding gradients: a bound on the product of Jacobians over any number of steps."""

from sympy import Rational, Symbol, exp

from ..kernel import Σ, Definition, System, delta, dg, dims, g, index, tensor
from ._chapter import Bound, Chapter, Hypothesis, Induction

T, H = dims("T H")
u = index("u", T)
h, j, k = index("h j k", H)
gamma, growth = Symbol("gamma", positive=True), Symbol("growth", positive=True)
rate = Symbol("rate", real=True)

before, weight_h, z = tensor("before", H), tensor("weight_h", H, H), tensor("z", H)
a, after, da, dafter = tensor("a", H), tensor("after", H), tensor("da", H), tensor("dafter", H)
dbefore, y_tanh, y_sigmoid = tensor("dbefore", H), tensor("y_tanh", H), tensor("y_sigmoid", H)
last, d, back = tensor("last", H), tensor("d", T, H), tensor("back", T, H)

size = Σ(weight_h[k, h] ** 2, k, h)
"""|weight_h|², by Frobenius."""
both = exp(a[h]) + exp(-a[h])
before_back, last_size = Σ(back[u - 1, h] ** 2, h), Σ(last[h] ** 2, h)
cross = weight_h[k, h] * d[u, j] * back[u - 1, j] - weight_h[k, j] * d[u, h] * back[u - 1, h]

CHAPTER = Chapter(
    title="Vanishing and exploding gradients",
    about="One step of a recurrent network, whose gradients show what it does to a gradient on its way"
    " back; then u steps, counted from the end: `back` repeats that, with the slope d of the activation at"
    " each step.",
    system=System(
        name="vanishing_gradients",
        given=(before, weight_h, z),
        fixed=(weight_h, z),
        time=u,
        initial=(Definition(back[0, h], last[h]),),
        definitions=(
            Definition(a[h], Σ(before[k] * weight_h[k, h], k) + z[h]),
            Definition(after[h], g(a[h])),
            Definition(back[u, k], Σ(weight_h[k, h] * d[u, h] * back[u - 1, h], h)),
            Definition(y_tanh[h], (exp(a[h]) - exp(-a[h])) / both),
            Definition(y_sigmoid[h], 1 / (1 + exp(-a[h]))),
        ),
        outputs=(after,),
    ),
    gradients=(
        Definition(da[h], dg(a[h]) * dafter[h]),
        Definition(dbefore[k], Σ(weight_h[k, h] * da[h], h)),
    ),
    hypotheses=(
        Hypothesis(
            name="slope",
            lhs=gamma**2,
            rhs=dg(a[h]) ** 2,
            relation="≥",
            about="no slope of g is steeper than gamma",
        ),
        Hypothesis(
            name="slopes", lhs=gamma**2, rhs=d[u, h] ** 2, relation="≥", about="nor is one at any step"
        ),
        Hypothesis(
            name="factor",
            lhs=1 / growth,
            rhs=gamma**2 * size,
            relation="≥",
            about="growth is a number of which (gamma |weight_h|)² is at most the reciprocal",
        ),
        Hypothesis(name="counted", lhs=u, rhs=1, relation="≥", about="steps are counted from 1"),
        Hypothesis(name="scaled", lhs=weight_h[k, h], rhs=rate * delta(k, h), about="weight_h is rate · 1"),
        Hypothesis(name="linear", lhs=d[u, h], rhs=1, about="the activation is the identity"),
    ),
    laws=(
        Bound(
            name="law.frobenius",
            lhs=size * Σ(da[h] ** 2, h),
            rhs=Σ(dbefore[k] ** 2, k),
            witness=Σ((weight_h[k, h] * da[j] - weight_h[k, j] * da[h]) ** 2, h, j, k) / 2,
            by=("dbefore",),
            about="a matrix stretches no vector by more than its size: |A v|² ≤ |A|² |v|², by Lagrange's"
            " identity",
        ),
        Bound(
            name="law.slope",
            lhs=gamma**2 * Σ(dafter[h] ** 2, h),
            rhs=Σ(da[h] ** 2, h),
            witness=Σ((gamma**2 - dg(a[h]) ** 2) * dafter[h] ** 2, h),
            by=("da",),
            given=("slope",),
            about="the activation stretches none by more than its steepest slope",
        ),
        Induction(
            name="law.product",
            time=u,
            lhs=growth ** (-u) * last_size,
            rhs=Σ(back[u, k] ** 2, k),
            witness=(growth ** (1 - u) * last_size - before_back) / growth
            + (1 / growth - gamma**2 * size) * before_back
            + size * Σ((gamma**2 - d[u, h] ** 2) * back[u - 1, h] ** 2, h)
            + Σ(cross**2, h, j, k) / 2,
            by=("back",),
            given=("hypothesis", "factor", "slopes"),
            about="over u steps a gradient gets at most (gamma |weight_h|)^u times as long: below 1 it"
            " vanishes, and only above 1 can it explode",
        ),
        Induction(
            name="law.bernoulli",
            time=u,
            lhs=growth**u,
            rhs=1 + u * (growth - 1),
            witness=growth * (growth ** (u - 1) - 1 - (u - 1) * (growth - 1)) + (u - 1) * (growth - 1) ** 2,
            given=("hypothesis", "counted"),
            about="a power grows at least linearly (Bernoulli)",
        ),
        Bound(
            name="law.vanishing",
            lhs=last_size,
            rhs=(1 + u * (growth - 1)) * Σ(back[u, k] ** 2, k),
            witness=growth**u * (growth ** (-u) * last_size - Σ(back[u, k] ** 2, k))
            + (growth**u - 1 - u * (growth - 1)) * Σ(back[u, k] ** 2, k),
            by=(),
            given=("law.product", "law.bernoulli"),
            about="so for growth > 1 it falls below any bound, given enough steps: early steps learn nothing",
        ),
        Induction(
            name="law.exact",
            time=u,
            lhs=back[u, k],
            rhs=rate**u * last[k],
            by=("back", "scaled", "linear"),
            about="in the simplest case the factor is rate^u: |rate| < 1 vanishes, |rate| > 1 explodes",
        ),
        Bound(
            name="law.tanh",
            lhs=1,
            rhs=(1 - y_tanh[h] ** 2) ** 2,
            witness=y_tanh[h] ** 2 * (1 + 4 / both**2),
            by=("y_tanh",),
            about="gamma is 1 for tanh",
        ),
        Bound(
            name="law.sigmoid",
            lhs=Rational(1, 16),
            rhs=(y_sigmoid[h] * (1 - y_sigmoid[h])) ** 2,
            witness=(Rational(1, 2) - y_sigmoid[h]) ** 2
            * (Rational(1, 4) + exp(-a[h]) / (1 + exp(-a[h])) ** 2),
            by=("y_sigmoid",),
            about="gamma is 1/4 for the sigmoid: each step takes three quarters of the gradient at least",
        ),
    ),
    notes={
        "dbefore": "one step back: times the slope of g, then times weight_h",
        "back": "u steps back from the gradient of the last state",
    },
    pitfalls=(
        "The bound says that gradients vanish where it is below 1, not that they explode where it is above"
        " 1.",
        "The size is the Frobenius norm, which is at least the spectral norm of the sharper bound.",
    ),
    references=(
        "Hochreiter, Untersuchungen zu dynamischen neuronalen Netzen, diploma thesis, TU München, 1991",
        "Bengio, Simard & Frasconi, Learning Long-Term Dependencies is Difficult, IEEE TNN 5(2), 1994",
        "Pascanu, Mikolov & Bengio, On the Difficulty of Training Recurrent Neural Networks, ICML 2013",
    ),
)
