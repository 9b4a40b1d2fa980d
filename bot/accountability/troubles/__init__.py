"""Telling whoever leads, once, that somebody or something that the rhythm needs is missing."""
