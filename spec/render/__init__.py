"""Terms and derivations for people: in a terminal, and in LaTeX.

SymPy keeps sums and products in an order of its own; `_layout` puts them in reading order, and gives the
indices that the kernel bound the letters of their dims.
"""

from ._established import STATUS as STATUS
from ._established import established as established
from ._tex import document as document
from ._tex import tex as tex
from ._text import text as text
