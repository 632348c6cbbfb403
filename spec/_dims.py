"""The letters of the contract, the same in every declaration."""

from ._declare import ANY as ANY
from ._declare import dims

N, T, D, H, K, V, L, S, E, F, P = dims("N T D H K V L S E F P")
"""Batch, time, input width, hidden width, classes, vocabulary, queries, keys, key and value width, steps."""
