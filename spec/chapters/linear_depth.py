"""Why a deep network needs a bend: linear layers, however many, are one linear layer."""

from sympy import Function

from ..kernel import Σ, Definition, System, delta, dims, index, tensor
from ._chapter import Chapter, Induction, Law

L, N = dims("L N")
D = Function("D", integer=True, positive=True)
t, n = index("t", L), index("n", N)
i, j, k = index("i", D(0)), index("j", D(t - 1)), index("k", D(t))
k_0, k_last = index("k", D(0)), index("k", D(L))

x, weight, bias = tensor("x", N, D(0)), tensor("weight", L, D(t - 1), D(t)), tensor("bias", L, D(t))
a, product, offset = tensor("a", L, N, D(t)), tensor("product", L, D(0), D(t)), tensor("offset", L, D(t))
y = tensor("y", N, D(L))

CHAPTER = Chapter(
    title="Linear layers gain nothing from depth",
    about=(
        "The layers of a network whose activation is the identity, counted by t, D(t) wide. Whatever L of"
        " them compute, one does with the product of their weights. So an activation must not be linear."
    ),
    system=System(
        name="linear_depth",
        given=(x, weight, bias),
        time=t,
        initial=(
            Definition(a[0, n, k_0], x[n, k_0]),
            Definition(product[0, i, k_0], delta(i, k_0)),
            Definition(offset[0, k_0], 0),
        ),
        definitions=(
            Definition(a[t, n, k], Σ(a[t - 1, n, j] * weight[t, j, k], j) + bias[t, k]),
            Definition(product[t, i, k], Σ(product[t - 1, i, j] * weight[t, j, k], j)),
            Definition(offset[t, k], Σ(offset[t - 1, j] * weight[t, j, k], j) + bias[t, k]),
            Definition(y[n, k_last], a[L, n, k_last]),
        ),
    ),
    notes={
        "a": "a layer, its activation the identity",
        "product": "W₁ W₂ … W_t, starting from the identity matrix",
        "offset": "what the biases have become after t layers",
        "y": "the output of the last layer",
    },
    laws=(
        Induction(
            name="law.one_layer",
            time=t,
            lhs=a[t, n, k],
            rhs=Σ(x[n, i] * product[t, i, k], i) + offset[t, k],
            by=("a", "product", "offset"),
            about="what t layers compute, one layer does, with the product as its weight",
        ),
        Law(
            name="law.output",
            lhs=y[n, k_last],
            rhs=Σ(x[n, i] * product[L, i, k_last], i) + offset[L, k_last],
            by=("y", "law.one_layer"),
            about="so is that of the whole network",
        ),
    ),
    pitfalls=(
        "Depth of linear layers does change how gradient descent moves, and a narrow layer limits the rank;"
        " neither adds a function that one layer lacks.",
    ),
    references=(
        "Minsky & Papert, Perceptrons, MIT Press, 1969",
        "Saxe, McClelland & Ganguli, Exact Solutions to the Nonlinear Dynamics of Learning in Deep Linear"
        " Neural Networks, ICLR 2014",
    ),
)
