"""What is wrong with a run, and why: rules over the history and the experiment, and what would mend it."""
