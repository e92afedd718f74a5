"""The duty roster (值班表): who is on duty on which day at a union, who is away, who swapped.

What may be planned is decided in :mod:`registry.duty.planning` alone, for people (the desk) and
for processes (:mod:`registry.duty.operations`) alike.
"""
