"""Signals: how far one reaches, and what its name may be.

A signal is a broadcast by its name (BPMN 2.0.2, 10.5.1): it has no key, nobody is addressed, and
whoever waits for it at that moment goes on. A thrown signal says with ``signalReach`` whether it
reaches every case, as the standard has it, or only the case it is thrown in.
"""

REACH = "signalReach"
"""On an event that throws a signal: ``all``, which is the default, or ``case``."""

REACH_ALL, REACH_CASE = "all", "case"

LONGEST_NAME = 100
"""Letters of a signal's name: those waiting are found by it."""
