"""Laws of AdaDelta."""

from ._optimizer import ADAPTIVE, DELAY

LAWS = (*ADAPTIVE, DELAY)
