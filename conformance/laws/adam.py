"""Laws of Adam."""

from ._optimizer import ADAPTIVE

LAWS = ADAPTIVE
