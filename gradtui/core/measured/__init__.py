"""What was measured: frames, their history, findings, and the lines in which they travel."""
