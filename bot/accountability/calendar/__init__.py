"""Days, times and rules as people write them, and as clocks and calendars have them."""
