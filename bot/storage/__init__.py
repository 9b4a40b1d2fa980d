"""State: the SQLAlchemy engine, units of work and migrations."""
