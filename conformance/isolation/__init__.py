"""Backends in processes of their own: one that hangs or dies takes with it nothing but the case it was given.

`crew` shares the operators out among workers, `process` is one of them as seen from outside, `worker` what
runs inside, `guard` what it puts between the suite and the backend, `bulletin` the page on which it says what
it is at.
"""
