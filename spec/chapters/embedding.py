"""The embedding: a row is looked up, and its gradient is added back to that row, once for each time."""

from ..kernel import Σ, Definition, System, delta, dims, index, tensor
from ._chapter import Chapter, Hypothesis, Law, Using

V, D, N, T = dims("V D N T")
v, d = index("v", V), index("d", D)
n, t = index("n", N), index("t", T)

table, indices = tensor("table", V, D), tensor("indices", N, T, below=V)
y, hot = tensor("y", N, T, D), tensor("hot", N, T, V)
dtable, dy = tensor("dtable", V, D), tensor("dy", N, T, D)
word = tensor("word", below=V)[()]

CHAPTER = Chapter(
    title="Embedding",
    about=(
        "`hot` is the one-hot code of the indices, and `word` one row of the table. The chapter "
        "learned_embedding derives the same gradient from the product of that code with the table."
    ),
    system=System(
        name="embedding",
        given=(table, indices),
        fixed=(indices,),
        definitions=(
            Definition(y[n, t, d], table[indices[n, t], d]),
            Definition(hot[n, t, v], delta(v, indices[n, t])),
        ),
        outputs=(y,),
    ),
    gradients=(Definition(dtable[v, d], Σ(delta(v, indices[n, t]) * dy[n, t, d], n, t)),),
    hypotheses=(
        Hypothesis(
            name="unused", lhs=delta(word, indices[n, t]), rhs=0, about="no index names the row `word`"
        ),
        Hypothesis(
            name="repeated", lhs=delta(word, indices[n, t]), rhs=1, about="every index names the row `word`"
        ),
    ),
    laws=(
        Law(
            name="law.one_hot",
            lhs=y[n, t, d],
            rhs=Σ(hot[n, t, v] * table[v, d], v),
            about="looking up is the product of the one-hot code with the table, without the zeros",
        ),
        Law(
            name="law.scatter",
            lhs=dtable[v, d],
            rhs=Σ(hot[n, t, v] * dy[n, t, d], n, t),
            about="and the gradient that of a linear layer: the transposed code times dy",
        ),
        Law(
            name="law.all",
            lhs=Σ(dtable[v, d], v),
            rhs=Σ(dy[n, t, d], n, t),
            by=("dtable",),
            about="nothing of dy is lost: summed over the rows, it all arrives",
        ),
        Law(
            name="law.repeated",
            lhs=dtable[word, d],
            rhs=Σ(dy[n, t, d], n, t),
            by=("dtable",),
            using=(Using(of="repeated", times=dy[n, t, d], over=(n, t)),),
            about="the gradients of a repeated index add up; assigning them instead would keep only the last",
        ),
        Law(
            name="law.unused",
            lhs=dtable[word, d],
            rhs=0,
            by=("dtable",),
            using=(Using(of="unused", times=dy[n, t, d], over=(n, t)),),
            about=(
                "a row that no index names has the gradient 0, and no step of plain gradient descent moves it"
            ),
        ),
        Law(
            name="law.adjoint",
            lhs=Σ(dtable[v, d] * table[v, d], v, d),
            rhs=Σ(dy[n, t, d] * y[n, t, d], n, t, d),
            by=("dtable", "y"),
            about="looking up and adding back are transposes of each other",
        ),
    ),
    notes={
        "y": "the row that the index names",
        "dtable": "dy added to row v from everywhere where the index is v",
        "hot": "1 where the index is v, else 0",
    },
)
