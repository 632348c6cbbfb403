"""What every optimizer takes and gives: one parameter and the gradient of each step, from fresh state."""

from ._declare import Array
from ._dims import ANY, P

INPUTS = (Array("parameter", (ANY,)), Array("gradients", (P, ANY)))
OUTPUTS = (Array("parameters", (P, ANY)),)
"""The parameter after each step."""
