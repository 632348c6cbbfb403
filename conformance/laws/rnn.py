"""Laws of the simple recurrent network."""

from ._recurrent import RECURRENT

LAWS = RECURRENT
