"""What can be chosen: every optimizer, activation, initialization, task and so on, with parameters, bounds and help."""
