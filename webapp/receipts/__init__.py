"""Receipts: the printed slip, and what the applicant sees and does with its code."""
