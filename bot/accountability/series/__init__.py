"""Setting up and changing series of sessions, and their calendar files."""
