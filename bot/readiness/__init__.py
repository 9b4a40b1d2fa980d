"""The wing that runs the readiness check: rounds, ballots, tallies, and what of them may be shown."""
