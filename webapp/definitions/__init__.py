"""Processes with their diagrams, versions and open cases; checking and deploying files."""
