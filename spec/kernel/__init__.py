"""The trusted kernel: index calculus on SymPy terms, for all sizes.

`terms` has the typed indices and the operations that cannot capture one, `normal` the normal form and with it
equality, `system` the definitions, `calculus` the derivative rules and the chain rule, `conditions` where a
statement has a value, `theorem` the rules that make theorems. Whatever the project proves goes through them:
a mistake elsewhere can fail to prove, but not prove what is false.
"""

from .normal import canonical as canonical
from .system import Definition as Definition
from .system import System as System
from .terms import Σ as Σ
from .terms import KernelError as KernelError
from .terms import Tensor as Tensor
from .terms import delta as delta
from .terms import dg as dg
from .terms import dims as dims
from .terms import g as g
from .terms import index as index
from .terms import relu as relu
from .terms import sigma as sigma
from .terms import step as step
from .terms import tensor as tensor
from .theorem import NotProved as NotProved
from .theorem import Theorem as Theorem
