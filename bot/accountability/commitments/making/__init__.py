"""How a commitment comes to be: one sentence, a form, a message or a weak statement; said back before it is saved."""
