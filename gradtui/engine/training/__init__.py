"""How networks are trained: losses, updates, schedules, the stack of lanes and the loop over its steps."""
