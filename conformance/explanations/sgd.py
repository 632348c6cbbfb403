"""What implementations of `sgd` get wrong."""

from ._optimizer import explanations

EXPLANATIONS = tuple(explanations())
