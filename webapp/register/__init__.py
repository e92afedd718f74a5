"""Household files (困难职工档案)."""
