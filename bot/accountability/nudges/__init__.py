"""Reminding people of what they promised, in their time and never too often."""
