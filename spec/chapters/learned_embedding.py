"""The learned embedding as a linear layer on one-hot codes, from which scatter-add is derived."""

from ..kernel import Σ, Definition, System, delta, dims, index, tensor
from ._chapter import Chapter, Law

V, D, N, H = dims("V D N H")
v, d, n, h = index("v", V), index("d", D), index("n", N), index("h", H)
u = index("u", V)

indices, hot = tensor("indices", N, below=V), tensor("hot", N, V)
table, weight = tensor("table", V, D), tensor("weight", D, H)
y, z = tensor("y", N, D), tensor("z", N, H)
dz, dy, dhot = tensor("dz", N, H), tensor("dy", N, D), tensor("dhot", N, V)
dtable, dweight = tensor("dtable", V, D), tensor("dweight", D, H)

CHAPTER = Chapter(
    title="The learned embedding",
    about=(
        "A network reads a word as its one-hot code. Its first layer, without bias, is the table; the "
        "second is here for what comes after it. All gradients follow by the chain rule for matrix "
        "products, and that of the table turns out to be what an embedding does: add dy to the rows that "
        "were looked up."
    ),
    system=System(
        name="learned_embedding",
        given=(indices, table, weight),
        fixed=(indices,),
        definitions=(
            Definition(hot[n, v], delta(v, indices[n])),
            Definition(y[n, d], Σ(hot[n, v] * table[v, d], v)),
            Definition(z[n, h], Σ(y[n, d] * weight[d, h], d)),
        ),
        outputs=(z,),
    ),
    gradients=(
        Definition(dy[n, d], Σ(dz[n, h] * weight[d, h], h)),
        Definition(dhot[n, v], Σ(dy[n, d] * table[v, d], d)),
        Definition(dtable[v, d], Σ(hot[n, v] * dy[n, d], n)),
        Definition(dweight[d, h], Σ(y[n, d] * dz[n, h], n)),
    ),
    laws=(
        Law(
            name="law.lookup",
            lhs=y[n, d],
            rhs=table[indices[n], d],
            by=("y", "hot"),
            about="the product with a one-hot code is a row of the table",
        ),
        Law(
            name="law.scatter",
            lhs=dtable[v, d],
            rhs=Σ(delta(v, indices[n]) * dy[n, d], n),
            by=("dtable", "hot"),
            about="the gradient of the table: dy added to row v from every n with the index v",
        ),
        Law(
            name="law.fused",
            lhs=z[n, h],
            rhs=Σ(table[indices[n], d] * weight[d, h], d),
            by=("z", "law.lookup"),
            about="so the large product with the code need never be computed",
        ),
        Law(
            name="law.occurrences",
            lhs=Σ(hot[n, v] * hot[n, u], n),
            rhs=delta(v, u) * Σ(delta(v, indices[n]), n),
            by=("hot",),
            about=(
                "the codes' second moments are diagonal, with the number of occurrences: rows learn "
                "independently"
            ),
        ),
    ),
    notes={
        "hot": "the one-hot code of the index",
        "y": "the first layer: its weight is the table",
        "dtable": "the transposed code times dy, as in every linear layer",
        "dhot": "how much a word of each kind would change the loss; the indices themselves have no gradient",
    },
    pitfalls=(
        "As a linear layer the table is [V, D]; libraries that store weights as [out, in] hold its "
        "transpose.",
        "The gradient of a repeated index adds up; `dtable[indices] = dy` keeps only the last.",
    ),
    references=(
        "Bengio, Ducharme, Vincent & Jauvin, A Neural Probabilistic Language Model, "
        "Journal of Machine Learning Research 3, 2003",
    ),
)
