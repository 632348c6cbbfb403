"""Kinds of number on which the reference runs exactly: residues, duals over any kind, and balls.

NumPy asks the elements of an object array for what it does not know itself: `np.exp(x)` calls `x.exp()`. So
a class with the reference's vocabulary needs no array of its own. docs/prime-tower.md says what it proves.
"""
