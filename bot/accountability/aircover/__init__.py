"""Asking a sponsor to step in where the work stalls."""
