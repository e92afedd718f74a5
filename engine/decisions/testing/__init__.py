"""Tests that designers keep beside their decisions, in the public DMN TCK's XML format.

    for result in run_folder(Path("processes/archiving"), context):
        result.verdict, result.expected, result.got

A test file names the decision file it is for, gives values to inputs, and says what decisions,
knowledge models or decision services must then be worth.
"""

from engine.decisions.testing.running import CaseResult, run_folder

__all__ = ["CaseResult", "run_folder"]
