"""What is run: the experiment as a frozen value, what of it fits together, and what it costs."""
