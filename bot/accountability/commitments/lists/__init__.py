"""Lists of commitments: somebody's own, and a channel's."""
