"""Regular sessions for the customer agenda alone: their times, lists, and what came of them."""
