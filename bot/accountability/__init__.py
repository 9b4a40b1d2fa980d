"""Keeping promises: commitments, nudges, sessions, air cover."""
