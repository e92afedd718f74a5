"""The command line, one module a group of commands. Chinese for people, JSON with ``--json``."""
