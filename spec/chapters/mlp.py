"""The multilayer perceptron: backpropagation through any number of layers, of any widths."""

from sympy import Function

from ..kernel import Σ, Definition, System, dg, dims, g, index, tensor
from ._chapter import Chapter, Hypothesis, Law, Using

L, N = dims("L N")
D = Function("D", integer=True, positive=True)
i, n = index("i", L), index("n", N)
j, k, q = index("j", D(i - 1)), index("k", D(i)), index("q", D(i + 1))
d, q_1, q_last = index("d", D(0)), index("q", D(1)), index("q", D(L + 1))
j_next, k_next, k_last = index("j", D(i)), index("k", D(i + 1)), index("k", D(L))

x, weights, biases = tensor("x", N, D(0)), tensor("weights", L, D(i - 1), D(i)), tensor("biases", L, D(i))
a, h, y = tensor("a", L, N, D(i)), tensor("h", L, N, D(i)), tensor("y", L, N, D(i))
da, dh, dy = tensor("da", L, N, D(i)), tensor("dh", L, N, D(i)), tensor("dy", L, N, D(i))
dx, dweights = tensor("dx", N, D(0)), tensor("dweights", L, D(i - 1), D(i))
dbiases = tensor("dbiases", L, D(i))
back = Σ(da[i + 1, n, q] * weights[i + 1, k, q], q)

CHAPTER = Chapter(
    title="The multilayer perceptron",
    about=(
        "Time here is depth: layer i, of width D(i), reads h of layer i − 1, and one induction from the last"
        " layer back holds for every number L of layers and all their widths. y[i] is what the network would"
        " answer were layer i its last: the operator's output is y[L], and dy is 0 in every layer before it."
    ),
    system=System(
        name="mlp",
        given=(x, weights, biases),
        time=i,
        initial=(Definition(h[0, n, d], x[n, d]),),
        definitions=(
            Definition(a[i, n, k], Σ(h[i - 1, n, j] * weights[i, j, k], j) + biases[i, k]),
            Definition(h[i, n, k], g(a[i, n, k])),
            Definition(y[i, n, k], a[i, n, k]),
        ),
        outputs=(y,),
    ),
    gradients=(
        Definition(dh[i, n, k], back),
        Definition(da[i, n, k], dy[i, n, k] + dg(a[i, n, k]) * back),
        Definition(dx[n, d], Σ(da[1, n, q_1] * weights[1, d, q_1], q_1)),
        Definition(dweights[i, j, k], Σ(h[i - 1, n, j] * da[i, n, k], n)),
        Definition(dbiases[i, k], Σ(da[i, n, k], n)),
    ),
    by={"da": ("dh",)},
    notes={
        "a": "the weighted sums of layer i",
        "h.0": "the first layer reads the input",
        "h": "the activation, which the last layer's sums do not go through",
        "y": "the output is the last layer's weighted sum",
        "dh": "back through the weights of the layer after it; there is none after the last",
        "da": "dy enters at the last layer; every other hears from the next, through its own activation",
        "dx": "h of layer 0 is x",
        "dweights": "what came into the layer times the gradient of what left it",
    },
    hypotheses=(
        Hypothesis(name="end", lhs=da[L + 1, n, q_last], rhs=0, about="no layer comes after the last"),
    ),
    laws=(
        Law(
            name="law.forward",
            lhs=a[i + 1, n, k_next],
            rhs=Σ(g(a[i, n, j_next]) * weights[i + 1, j_next, k_next], j_next) + biases[i + 1, k_next],
            by=("h",),
            using=(Using(of="a", at={i: i + 1}),),
            about="from one layer's weighted sums to the next",
        ),
        Law(
            name="law.output",
            lhs=y[i, n, k],
            rhs=Σ(h[i - 1, n, j] * weights[i, j, k], j) + biases[i, k],
            by=("y", "a"),
            about="a last layer is linear in what it reads",
        ),
        Law(
            name="law.last",
            lhs=da[L, n, k_last],
            rhs=dy[L, n, k_last],
            by=(),
            using=(
                Using(of="da", at={i: L}),
                Using(of="end", times=dg(a[L, n, k_last]) * weights[L + 1, k_last, q_last], over=(q_last,)),
            ),
            about="it starts from da = dy: no slope of an activation stands before it",
        ),
        Law(
            name="law.layer",
            lhs=Σ(dweights[i, j, k] * weights[i, j, k], j) + dbiases[i, k] * biases[i, k],
            rhs=Σ(da[i, n, k] * a[i, n, k], n),
            by=("dweights", "dbiases", "a"),
            about="each layer is linear in its own parameters, however deep it lies",
        ),
    ),
)
