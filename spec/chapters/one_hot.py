"""One-hot codes: rows that sum to 1, equally far apart, whose product with a table looks up a row."""

from ..kernel import Σ, Definition, System, delta, dims, index, tensor
from ._chapter import Chapter, Law

N, depth, D = dims("N depth D")
n, m = index("n m", N)
k, d = index("k", depth), index("d", D)

indices, table, y = tensor("indices", N, below=depth), tensor("table", depth, D), tensor("y", N, depth)

CHAPTER = Chapter(
    title="One-hot codes",
    about=(
        "n runs over all entries of the indices, whatever their shape. Classes count from 1 here, as all "
        "indices of these chapters do, and from 0 in a program."
    ),
    system=System(
        name="one_hot",
        given=(indices,),
        fixed=(indices,),
        definitions=(Definition(y[n, k], delta(k, indices[n])),),
        outputs=(y,),
    ),
    laws=(
        Law(
            name="law.sum",
            lhs=Σ(y[n, k], k),
            rhs=1,
            about="every row sums to 1: it is a distribution, all on one class",
        ),
        Law(name="law.binary", lhs=y[n, k] ** 2, rhs=y[n, k], about="every entry is 0 or 1"),
        Law(
            name="law.decode",
            lhs=Σ(k * y[n, k], k),
            rhs=indices[n],
            about="the index can be read off its row",
        ),
        Law(
            name="law.same",
            lhs=Σ(y[n, k] * y[m, k], k),
            rhs=delta(indices[n], indices[m]),
            about="the product of two rows is 1 where their classes are the same, else 0",
        ),
        Law(
            name="law.distance",
            lhs=Σ((y[n, k] - y[m, k]) ** 2, k),
            rhs=2 - 2 * delta(indices[n], indices[m]),
            about="any two different classes are equally far apart: the code says nothing of which are alike",
        ),
        Law(
            name="law.counts",
            lhs=Σ(y[n, k], n, k),
            rhs=N,
            about="a column sums to the number of times that its class occurs, all columns together to N",
        ),
        Law(
            name="law.lookup",
            lhs=Σ(y[n, k] * table[k, d], k),
            rhs=table[indices[n], d],
            about="times a table, it picks a row: this is what an embedding does without the zeros",
        ),
    ),
    notes={"y": "1 where the class is that of the index, else 0"},
)
