"""The money behind the programmes: budget lines, batches of payments, other spending.

Money is moved in :mod:`registry.funds.ledger` alone, for people (the desks) and for processes
(:mod:`registry.funds.operations`) alike.
"""
