"""The benchmark: each figure beside its limit, measured in the same run, in turns with it.

``bangfu bench [--json] [--only WORK,…] [--db sqlite|postgres]``; docs/performance.md explains
each figure. Nothing here asserts a time.
"""
