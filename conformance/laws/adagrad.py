"""Laws of AdaGrad."""

from ._optimizer import ADAPTIVE, DELAY

LAWS = (*ADAPTIVE, DELAY)
