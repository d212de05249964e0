"""Studies: what varies, the cells that follow, how they are packed into stacks, and what they show. Pure functions of values."""
