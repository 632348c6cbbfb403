"""The embedding of words (Bengio, Ducharme, Vincent & Jauvin 2003): y[n,t] = table[indices[n,t]].

table[V,D], indices int[N,T] in 0 … V−1 → y[N,T,D]. dtable[v] = Σ dy[n,t] over all n, t with indices[n,t] = v.
"""

import numpy as np

from . import Array
from ._validate import fit, within


def embedding(table: Array, indices: Array) -> Array:
    fit("embedding", table=(table, "V D"), indices=(indices, "N* T*"))
    within("embedding", 0, table.shape[0] - 1, indices=indices)
    return table[indices]


def embedding_vjp(dy: Array, table: Array, indices: Array) -> tuple[Array]:
    fit("embedding", table=(table, "V D"), indices=(indices, "N* T*"), dy=(dy, "N* T* D"))
    within("embedding", 0, table.shape[0] - 1, indices=indices)
    dtable = np.zeros_like(table)
    np.add.at(dtable, indices, dy)  # `dtable[indices] += dy` would count a repeated index once
    return (dtable,)
