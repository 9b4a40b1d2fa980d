"""Everything that happens later: due actions as rows, claimed under a lease, done by one ticker a process."""
