"""The wing that answers questions from the cards."""
