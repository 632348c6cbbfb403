"""One dense layer: its four gradients, and why linear layers gain nothing from depth."""

from ..kernel import Σ, Definition, System, dg, dims, g, index, tensor
from ._chapter import Chapter, Hypothesis, Law, Using

N, D, H, K = dims("N D H K")
n, d, h, k = index("n", N), index("d", D), index("h", H), index("k", K)

x, weight, bias = tensor("x", N, D), tensor("weight", D, H), tensor("bias", H)
a, y, da, dy = tensor("a", N, H), tensor("y", N, H), tensor("da", N, H), tensor("dy", N, H)
dx, dweight, dbias = tensor("dx", N, D), tensor("dweight", D, H), tensor("dbias", H)
weight_2, bias_2 = tensor("weight_2", H, K), tensor("bias_2", K)

CHAPTER = Chapter(
    title="The perceptron",
    about="A weighted sum of the inputs, a bias, and an activation g, any differentiable function.",
    system=System(
        name="perceptron",
        given=(x, weight, bias),
        definitions=(
            Definition(a[n, h], Σ(x[n, d] * weight[d, h], d) + bias[h]),
            Definition(y[n, h], g(a[n, h])),
        ),
        outputs=(y,),
    ),
    gradients=(
        Definition(da[n, h], dy[n, h] * dg(a[n, h])),
        Definition(dx[n, d], Σ(da[n, h] * weight[d, h], h)),
        Definition(dweight[d, h], Σ(x[n, d] * da[n, h], n)),
        Definition(dbias[h], Σ(da[n, h], n)),
    ),
    notes={
        "a": "the weighted sum, or pre-activation",
        "da": "every slope of g is taken where the forward pass stood",
        "dx": "da @ weightᵀ",
        "dweight": "xᵀ @ da: each weight hears of its own input and its own output, over the whole batch",
        "dbias": "one bias serves all N, so it collects from all N",
    },
    hypotheses=(
        Hypothesis(name="identity", lhs=g(a[n, h]), rhs=a[n, h], about="the activation is the identity"),
        Hypothesis(
            name="saturated", lhs=dg(a[n, h]), rhs=0, about="the activation is flat where the units stand"
        ),
    ),
    laws=(
        Law(
            name="law.depth",
            lhs=Σ(y[n, h] * weight_2[h, k], h) + bias_2[k],
            rhs=Σ(x[n, d] * Σ(weight[d, h] * weight_2[h, k], h), d)
            + Σ(bias[h] * weight_2[h, k], h)
            + bias_2[k],
            by=("y", "a"),
            using=(Using(of="identity", times=weight_2[h, k], over=(h,)),),
            about="without a bend between them, two layers are one, with weight W₁ W₂ and bias b₁ W₂ + b₂",
        ),
        Law(
            name="law.inputs",
            lhs=Σ(dx[n, d] * x[n, d], d),
            rhs=Σ(da[n, h] * (a[n, h] - bias[h]), h),
            by=("dx", "a"),
            about="Σ dx x = Σ da (a − b) for every example: a transposed weight matrix breaks it",
        ),
        Law(
            name="law.weights",
            lhs=Σ(dweight[d, h] * weight[d, h], d) + dbias[h] * bias[h],
            rhs=Σ(da[n, h] * a[n, h], n),
            by=("dweight", "dbias", "a"),
            about="a unit is linear in its parameters, so they and their gradients give back Σ da a",
        ),
        Law(
            name="law.saturated",
            lhs=dweight[d, h],
            rhs=0,
            by=("dweight", "da"),
            using=(Using(of="saturated", times=x[n, d] * dy[n, h], over=(n,)),),
            about="where the activation is flat nothing is learned, however wrong the output is",
        ),
    ),
)
