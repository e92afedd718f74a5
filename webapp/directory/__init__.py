"""Organisations, people and roles, kept by administrators."""
